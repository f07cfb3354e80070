#pragma once

#include <sys/types.h>

#include <string>

#include <pqxx/pqxx>

#include "core/support/secret.h"

namespace runners::testing {

// A private PostgreSQL cluster: made in a temporary folder, reached by a unix socket there only,
// stopped by its pid and removed with this object. Works as root (the server then runs as user
// `postgres` or `nobody`) and as anybody else. Failures to set it up are thrown
// (std::runtime_error): the test cannot go on. Thread-compatible.
//
// With RUNNERS_TEST_POOLER=pgbouncer in the environment a PgBouncer in transaction mode stands in
// front of it: the databases of tests are reached through that.
class TempPostgres {
 public:
  // The one cluster of this test program, started at the first call, which must be made by the main
  // thread: the kernel stops the server when the thread that started it ends.
  static TempPostgres& Shared();

  TempPostgres();
  ~TempPostgres();
  TempPostgres(const TempPostgres&) = delete;
  TempPostgres& operator=(const TempPostgres&) = delete;

  // Stops the server at once, as a crashed machine does; clients lose their connections.
  void Stop();

  // Starts it again with the same data; returns when it accepts connections.
  void Start();

  // SIGSTOP to all its processes: connections are taken, nothing is answered. Thaw undoes it.
  void Freeze();
  void Thaw();

  // For the user who owns the databases of tests, or the superuser.
  std::string Dsn(const std::string& database) const { return DsnFor("runners", database); }
  std::string SuperuserDsn(const std::string& database) const { return DsnFor("admin", database); }

  // The same as Dsn, through the pooler when there is one.
  std::string PooledDsn(const std::string& database) const;
  bool pooled() const { return pooler_ != 0; }

  // One statement of the superuser, outside a transaction.
  pqxx::result AsSuperuser(const std::string& sql, const std::string& database = "postgres");

  // The name of a database with the newest schema, made at the first call; nobody connects to it.
  const std::string& MigratedTemplate();

 private:
  std::string DsnFor(const std::string& user, const std::string& database) const;
  pid_t Spawn(const std::string& command_line) const;
  void MakeFolder();
  void StartPooler();
  void AwaitPooler();
  void Signal(int signal) const;
  void AwaitConnections();
  [[noreturn]] void Fail(const std::string& what) const;

  std::string binaries_;  // folder of initdb and postgres
  std::string folder_;
  std::string log_;
  uid_t uid_ = 0;
  gid_t gid_ = 0;
  pid_t server_ = 0;  // 0: not running
  pid_t pooler_ = 0;  // 0: there is none
  std::string template_;
};

// A database for one test, dropped with this object. Thread-compatible.
class TempDatabase {
 public:
  enum class Schema { kMigrated, kEmpty };

  explicit TempDatabase(Schema schema = Schema::kMigrated,
                        TempPostgres& cluster = TempPostgres::Shared());
  ~TempDatabase();
  TempDatabase(const TempDatabase&) = delete;
  TempDatabase& operator=(const TempDatabase&) = delete;

  const std::string& name() const { return name_; }
  Secret dsn() const { return Secret(cluster_.PooledDsn(name_)); }
  TempPostgres& cluster() const { return cluster_; }

  // One statement of the owner on a connection of its own, outside a transaction.
  pqxx::result Query(const std::string& sql) const;

  // How many connections with that application name run a statement or are in a transaction.
  int Busy(const std::string& application) const;

  // Ends all connections to this database, as an administrator would.
  void KillConnections() const;

 private:
  TempPostgres& cluster_;
  std::string name_;
};

}  // namespace runners::testing
