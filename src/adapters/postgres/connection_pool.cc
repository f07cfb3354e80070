#include "adapters/postgres/connection_pool.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "adapters/postgres/connection_string.h"
#include "core/support/error.h"
#include "core/support/status_macros.h"

namespace runners::postgres {
namespace {

std::string Milliseconds(absl::Duration duration) {
  return std::to_string(std::max<std::int64_t>(1, absl::ToInt64Milliseconds(duration)));
}

std::map<std::string, std::string> Defaults(const ConnectionOptions& options) {
  const std::int64_t connect_seconds = absl::ToInt64Seconds(options.connect_timeout);
  return {
      {"application_name", options.application_name},
      {"client_encoding", "UTF8"},
      {"connect_timeout", std::to_string(std::max<std::int64_t>(2, connect_seconds))},
      {"keepalives", "1"},
      {"keepalives_idle", "10"},
      {"keepalives_interval", "5"},
      {"keepalives_count", "3"},
      {"tcp_user_timeout", Milliseconds(options.tcp_user_timeout)},
      {"options", "-c statement_timeout=" + Milliseconds(options.statement_timeout) +
                      " -c lock_timeout=" + Milliseconds(options.lock_timeout) +
                      " -c idle_in_transaction_session_timeout=" +
                      Milliseconds(options.idle_in_transaction_timeout)},
  };
}

}  // namespace

absl::StatusOr<std::unique_ptr<ConnectionPool>> ConnectionPool::Create(ConnectionOptions options,
                                                                       const Clock& clock) {
  RUNNERS_ASSIGN_OR_RETURN(Secret connection_string, WithDefaults(options.dsn, Defaults(options)));
  options.max_connections = std::max(1, options.max_connections);
  return std::unique_ptr<ConnectionPool>(
      new ConnectionPool(std::move(options), std::move(connection_string), clock));
}

ConnectionPool::ConnectionPool(ConnectionOptions options, Secret connection_string,
                               const Clock& clock)
    : options_(std::move(options)),
      connection_string_(std::move(connection_string)),
      clock_(clock) {}

absl::StatusOr<ConnectionPool::Lease> ConnectionPool::Acquire(absl::Time deadline) {
  MutexLock lock(mutex_);
  while (true) {
    const absl::Duration left = deadline - clock_.Now();
    if (left <= absl::ZeroDuration()) {
      return MakeError(ErrorReason::kDeadlineExceeded,
                       "the deadline passed before the database was asked");
    }
    if (leased_ < options_.max_connections) break;
    // In slices, so that a clock that was set back cannot make the wait endless.
    returned_.WaitFor(mutex_, absl::ToChronoNanoseconds(std::min(left, absl::Seconds(1))));
  }
  ++leased_;
  std::unique_ptr<Session> session;
  if (!idle_.empty()) {
    session = std::move(idle_.back());
    idle_.pop_back();
  }
  return Lease(*this, std::move(session));
}

void ConnectionPool::DiscardOpen() {
  std::vector<std::unique_ptr<Session>> closing;  // outlives the lock: closing talks to the server
  MutexLock lock(mutex_);
  ++epoch_;
  closing.swap(idle_);
}

std::unique_ptr<ConnectionPool::Session> ConnectionPool::Open() {
  std::int64_t epoch = 0;
  {
    MutexLock lock(mutex_);
    epoch = epoch_;
  }
  return std::make_unique<Session>(connection_string_.Reveal(), epoch);
}

void ConnectionPool::Return(std::unique_ptr<Session> session) {
  {
    MutexLock lock(mutex_);
    --leased_;
    if (session != nullptr && session->epoch == epoch_) idle_.push_back(std::move(session));
  }
  returned_.NotifyOne();
}

ConnectionPool::Lease::Lease(ConnectionPool& pool, std::unique_ptr<Session> session)
    : pool_(&pool), session_(std::move(session)), reused_(session_ != nullptr) {}

ConnectionPool::Lease::~Lease() {
  if (pool_ != nullptr) pool_->Return(std::move(session_));
}

pqxx::connection& ConnectionPool::Lease::connection() {
  if (session_ == nullptr) session_ = pool_->Open();
  return session_->connection;
}

}  // namespace runners::postgres
