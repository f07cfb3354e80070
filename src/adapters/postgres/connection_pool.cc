#include "adapters/postgres/connection_pool.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <stop_token>
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

// Behind a pooler the `options` above may never have reached the server, or another of its
// connections. What the connection string says of these times stays as it is.
std::string LocalSettings(const ConnectionOptions& options) {
  std::string statements;
  const auto add = [&](const std::string& name, absl::Duration value) {
    if (options.dsn.Reveal().find(name) != std::string::npos) return;
    statements += "; SET LOCAL " + name + " = " + Milliseconds(value);
  };
  add("lock_timeout", options.lock_timeout);
  add("idle_in_transaction_session_timeout", options.idle_in_transaction_timeout);
  return statements;
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
      local_settings_(LocalSettings(options_)),
      clock_(clock),
      watchdog_(clock, size()),
      openers_(2 * size()) {}  // some have opened theirs and are about to end

absl::StatusOr<ConnectionPool::Lease> ConnectionPool::Acquire(const Call& call) {
  const std::stop_callback wake_when_gone(call.caller_gone, [this] {
    MutexLock lock(mutex_);
    changed_.NotifyAll();
  });
  MutexLock lock(mutex_);
  std::shared_ptr<Opening> opening;
  while (true) {
    RUNNERS_RETURN_IF_ERROR(StillWanted(call));
    if (!idle_.empty()) return TakeIdle(opening.get());
    if (opening != nullptr && opening->ended) {
      if (opening->failure != nullptr) std::rethrow_exception(opening->failure);
      opening.reset();  // somebody else took what was opened
    }
    const bool has_room = leased_ + opening_ < size();
    if (opening == nullptr && has_room) opening = StartOpening();
    // In slices, so that a clock that was set back cannot make the wait endless.
    const absl::Duration left = call.deadline - clock_.Now();
    changed_.WaitFor(mutex_, absl::ToChronoNanoseconds(std::min(left, absl::Seconds(1))));
  }
}

absl::Status ConnectionPool::StillWanted(const Call& call) const {
  if (clock_.Now() >= call.deadline) {
    return MakeError(ErrorReason::kDeadlineExceeded,
                     "the deadline passed before the database was asked");
  }
  if (call.caller_gone.stop_requested()) {
    return MakeError(ErrorReason::kCancelled, "the caller went away");
  }
  return absl::OkStatus();
}

ConnectionPool::Lease ConnectionPool::TakeIdle(const Opening* opening) {
  std::unique_ptr<Session> session = std::move(idle_.back());
  idle_.pop_back();
  ++leased_;
  const bool fresh = opening != nullptr && opening->ended;
  return {*this, std::move(session), !fresh};
}

std::shared_ptr<ConnectionPool::Opening> ConnectionPool::StartOpening() {
  // Shared with the opener, who may be longer about it than the caller waits.
  auto opening = std::make_shared<Opening>();
  if (!openers_.TryRun([this, opening, epoch = epoch_] { Open(*opening, epoch); })) return nullptr;
  ++opening_;
  return opening;
}

// Runs on a thread of its own.
void ConnectionPool::Open(Opening& opening, std::int64_t epoch) {
  std::unique_ptr<Session> session;
  std::exception_ptr failure;
  try {
    session = std::make_unique<Session>(connection_string_.Reveal(), options_.statement_use, epoch);
  } catch (const std::exception&) {
    failure = std::current_exception();  // whoever waits for it classifies it
  }
  MutexLock lock(mutex_);
  --opening_;
  opening.ended = true;
  opening.failure = std::move(failure);
  if (session != nullptr && session->epoch == epoch_) idle_.push_back(std::move(session));
  changed_.NotifyAll();
}

void ConnectionPool::DiscardOpen() {
  std::vector<std::unique_ptr<Session>> closing;  // outlives the lock: closing talks to the server
  MutexLock lock(mutex_);
  ++epoch_;
  closing.swap(idle_);
}

void ConnectionPool::Return(std::unique_ptr<Session> session) {
  MutexLock lock(mutex_);
  --leased_;
  if (session != nullptr && session->epoch == epoch_) idle_.push_back(std::move(session));
  changed_.NotifyAll();
}

ConnectionPool::Lease::~Lease() {
  if (watch_ != nullptr && !watch_->End()) session_.reset();
  if (pool_ != nullptr) pool_->Return(std::move(session_));
}

Watchdog::Watch& ConnectionPool::Lease::StartWatch(Patience patience) {
  watch_ = std::make_unique<Watchdog::Watch>(pool_->watchdog_, session_->connection.interrupter(),
                                             std::move(patience));
  return *watch_;
}

void ConnectionPool::Lease::Discard() {
  if (watch_ != nullptr) watch_->End();
  session_.reset();
}

}  // namespace runners::postgres
