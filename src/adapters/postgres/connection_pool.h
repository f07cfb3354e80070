#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "adapters/postgres/connection.h"
#include "adapters/postgres/errands.h"
#include "adapters/postgres/watchdog.h"
#include "core/ports/call.h"
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
  StatementUse statement_use = StatementUse::kUnprepared;
};

// Connections to one database, opened when first needed and kept. Thread-safe; one connection is
// used by one thread at a time.
//
// Opening blocks for as long as the connection string says, so it is done by threads of the pool,
// at most as many as it has connections, and each only for so long. Who waits for one waits no
// longer than a call does; what was opened for somebody who left serves the next.
class ConnectionPool {
 public:
  class Lease;

  // `clock` must outlive the pool. Opens no connection yet. Errors: INVALID_ARGUMENT (bad
  // connection string).
  static absl::StatusOr<std::unique_ptr<ConnectionPool>> Create(ConnectionOptions options,
                                                                const Clock& clock);

  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;

  // A connection: one that lies here, or a new one. Waits for it no longer than `call` does.
  // Errors: kDeadlineExceeded, kCancelled. Throws what pqxx throws when none can be opened.
  absl::StatusOr<Lease> Acquire(const Call& call);

  // Forgets all connections that were opened before now: those in use are closed when they come
  // back. After a restart or failover of the server all of them are of no use.
  void DiscardOpen();

  absl::Duration statement_timeout() const { return options_.statement_timeout; }

  // Statements that set, for one transaction, the times a pooler may not have told the server.
  const std::string& local_settings() const { return local_settings_; }

 private:
  struct Session {
    Session(const std::string& connection_string, StatementUse statement_use,
            std::int64_t epoch_opened)
        : connection(connection_string, statement_use), epoch(epoch_opened) {}

    Connection connection;
    std::int64_t epoch;
  };

  // One attempt to open a connection.
  struct Opening {
    bool ended = false;            // the rest is read by nobody before
    std::exception_ptr failure{};  // of libpqxx, for who started it
  };

  ConnectionPool(ConnectionOptions options, Secret connection_string, const Clock& clock);

  absl::Status StillWanted(const Call& call) const;
  std::shared_ptr<Opening> StartOpening() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Open(Opening& opening, std::int64_t epoch);
  Lease TakeIdle(const Opening* opening) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Return(std::unique_ptr<Session> session);
  std::size_t size() const { return static_cast<std::size_t>(options_.max_connections); }

  const ConnectionOptions options_;
  const Secret connection_string_;
  const std::string local_settings_;
  const Clock& clock_;
  Watchdog watchdog_;
  Mutex mutex_;
  CondVar changed_;
  std::vector<std::unique_ptr<Session>> idle_ ABSL_GUARDED_BY(mutex_);
  std::size_t leased_ ABSL_GUARDED_BY(mutex_) = 0;
  std::size_t opening_ ABSL_GUARDED_BY(mutex_) = 0;
  std::int64_t epoch_ ABSL_GUARDED_BY(mutex_) = 0;  // moves with DiscardOpen
  Errands openers_;                                 // last: they use the others
};

// A connection for as long as it lives. Must not outlive the pool. Thread-compatible.
class ConnectionPool::Lease {
 public:
  Lease(Lease&& other) noexcept = default;
  Lease& operator=(Lease&&) = delete;
  ~Lease();

  // Not to be used after Discard.
  Connection& connection() { return session_->connection; }

  // Whether the connection lay in the pool before: then it may have died unnoticed.
  bool reused() const { return reused_; }

  // From here to its end the use of the connection is watched. A connection that was interfered
  // with is closed then. To be called once.
  Watchdog::Watch& StartWatch(Patience patience);

  // Closes the connection instead of keeping it for the next.
  void Discard();

 private:
  friend class ConnectionPool;
  Lease(ConnectionPool& pool, std::unique_ptr<Session> session, bool reused)
      : pool_(&pool), session_(std::move(session)), reused_(reused) {}

  struct Release {
    void operator()(ConnectionPool*) const noexcept {}
  };
  std::unique_ptr<ConnectionPool, Release> pool_;  // null once moved from; owns nothing
  std::unique_ptr<Session> session_;
  std::unique_ptr<Watchdog::Watch> watch_;
  bool reused_;
};

}  // namespace runners::postgres
