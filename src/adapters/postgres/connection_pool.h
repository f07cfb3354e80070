#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <pqxx/pqxx>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "core/ports/clock.h"
#include "core/support/mutex.h"
#include "core/support/secret.h"

namespace runners::postgres {

// How the database is reached. The times are defaults; the connection string may set its own.
struct ConnectionOptions {
  Secret dsn{};             // postgres:// URI or libpq connection string
  int max_connections = 8;  // >= 1; open at a time
  std::string application_name = "runners";
  absl::Duration connect_timeout = absl::Seconds(3);               // whole seconds, >= 2, per host
  absl::Duration statement_timeout = absl::Seconds(5);             // milliseconds, >= 1
  absl::Duration lock_timeout = absl::Seconds(2);                  // milliseconds, >= 1
  absl::Duration idle_in_transaction_timeout = absl::Seconds(10);  // milliseconds, >= 1
  absl::Duration tcp_user_timeout =
      absl::Seconds(10);  // until unacknowledged data ends the connection
};

// Connections to one database, opened when first needed and kept. Thread-safe; one connection is
// used by one thread at a time.
class ConnectionPool {
 public:
  class Lease;

  // `clock` must outlive the pool. Opens no connection yet. Errors: INVALID_ARGUMENT (bad
  // connection string).
  static absl::StatusOr<std::unique_ptr<ConnectionPool>> Create(ConnectionOptions options,
                                                                const Clock& clock);

  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;

  // Waits for a free place until `deadline`. Errors: kDeadlineExceeded.
  absl::StatusOr<Lease> Acquire(absl::Time deadline);

  // Forgets all connections that were opened before now: those in use are closed when they come
  // back. After a restart or failover of the server all of them are of no use.
  void DiscardOpen();

  absl::Duration statement_timeout() const { return options_.statement_timeout; }
  absl::Duration lock_timeout() const { return options_.lock_timeout; }

 private:
  // A connection whose notices go nowhere: libpq prints them on stderr, with the data of rows in
  // them.
  struct Session {
    Session(const std::string& connection_string, std::int64_t epoch_opened)
        : connection(connection_string), quiet(connection), epoch(epoch_opened) {}

    pqxx::connection connection;
    pqxx::quiet_errorhandler quiet;
    std::int64_t epoch;
  };

  ConnectionPool(ConnectionOptions options, Secret connection_string, const Clock& clock);

  std::unique_ptr<Session> Open();
  void Return(std::unique_ptr<Session> session);

  const ConnectionOptions options_;
  const Secret connection_string_;
  const Clock& clock_;
  Mutex mutex_;
  CondVar returned_;
  std::vector<std::unique_ptr<Session>> idle_ ABSL_GUARDED_BY(mutex_);
  int leased_ ABSL_GUARDED_BY(mutex_) = 0;
  std::int64_t epoch_ ABSL_GUARDED_BY(mutex_) = 0;  // moves with DiscardOpen
};

// A place in the pool for as long as it lives. Must not outlive the pool. Thread-compatible.
class ConnectionPool::Lease {
 public:
  Lease(Lease&& other) noexcept = default;
  Lease& operator=(Lease&&) = delete;
  ~Lease();

  // The connection, opened at the first call. Throws what pqxx throws when that fails.
  pqxx::connection& connection();

  // Whether the connection served somebody before: then it may have died unnoticed.
  bool reused() const { return reused_; }

  // Closes the connection instead of keeping it for the next.
  void Discard() { session_.reset(); }

 private:
  friend class ConnectionPool;
  Lease(ConnectionPool& pool, std::unique_ptr<Session> session);

  struct Release {
    void operator()(ConnectionPool*) const noexcept {}
  };
  std::unique_ptr<ConnectionPool, Release> pool_;  // null once moved from; owns nothing
  std::unique_ptr<Session> session_;
  bool reused_;
};

}  // namespace runners::postgres
