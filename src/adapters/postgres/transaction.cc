#include "adapters/postgres/transaction.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <string>
#include <thread>

namespace runners::postgres {
namespace {

constexpr int kMaxConflicts = 3;

// Spreads those who got in each other's way: 5 to 20 ms, doubling. The request id makes it differ
// between them.
absl::Duration Pause(const Call& call, int conflicts) {
  const std::size_t chance = std::hash<std::string>{}(call.request_id + std::to_string(conflicts));
  return absl::Milliseconds(static_cast<std::int64_t>(5 + chance % 16)) * (1 << (conflicts - 1));
}

// At a call's deadline the watchdog comes first and the server's statement timeout is behind it; at
// the limit of one statement it is the other way round.
constexpr absl::Duration kBehindWatchdog = absl::Milliseconds(150);
constexpr absl::Duration kBehindServer = absl::Milliseconds(150);

std::string LocalStatementTimeout(absl::Duration left, absl::Duration limit) {
  const std::int64_t ms = absl::ToInt64Milliseconds(std::min(left + kBehindWatchdog, limit));
  return "SET LOCAL statement_timeout = " + std::to_string(std::max<std::int64_t>(1, ms));
}

// Whether the connection is as good as before once the transaction is rolled back.
bool StillUsable(const Failure& failure) {
  return failure.reason == ErrorReason::kConcurrentUpdate ||
         failure.reason == ErrorReason::kLockTimeout ||
         failure.reason == ErrorReason::kStatementTimeout;
}

// Of some ends of a connection libpqxx says no more than that something failed.
bool IsUnexplained(const Failure& failure) {
  return failure.reason == ErrorReason::kInternal && failure.sqlstate.empty();
}

}  // namespace

absl::Status Transactor::Run(const Call& call, Access access, const AnyBody& body) {
  int conflicts = 0;
  bool replaced = false;
  while (true) {
    Outcome outcome = RunOnce(call, access, body);
    switch (outcome.repeat) {
      case Repeat::kNever:
        return outcome.status;
      case Repeat::kOnFreshConnection:
        if (replaced) return outcome.status;
        replaced = true;
        break;
      case Repeat::kAfterPause:
        if (++conflicts > kMaxConflicts) return outcome.status;
        const absl::Duration pause = Pause(call, conflicts);
        if (clock_.Now() + pause >= call.deadline) return outcome.status;
        std::this_thread::sleep_for(absl::ToChronoMilliseconds(pause));
        break;
    }
  }
}

Transactor::Outcome Transactor::RunOnce(const Call& call, Access access, const AnyBody& body) {
  try {
    absl::StatusOr<ConnectionPool::Lease> lease = pool_.Acquire(call);
    if (!lease.ok()) return {lease.status()};
    return RunOn(*lease, call, access, body);
  } catch (const std::exception& error) {  // nothing could be opened
    Failure failure = Classify(error, Stage::kBefore);
    if (IsUnexplained(failure)) failure.reason = ErrorReason::kDatabaseUnavailable;
    Report(call, failure);
    return {ToStatus(failure)};
  }
}

Transactor::Outcome Transactor::RunOn(ConnectionPool::Lease& lease, const Call& call, Access access,
                                      const AnyBody& body) {
  Stage stage = Stage::kBefore;
  Watchdog::Watch& watch = lease.StartWatch(PatienceOf(call, access));
  try {
    if (access == Access::kWrite) {
      return {RunStages(call, lease.connection(), watch, body, stage)};
    }
    pqxx::nontransaction statements(lease.connection());
    return {body(statements)};
  } catch (const std::exception& error) {
    Failure failure = Classify(error, stage);
    const bool lost = IsUnexplained(failure) && !lease.connection().is_open();
    if (lost) failure.reason = ErrorReason::kDatabaseUnavailable;
    const std::optional<ErrorReason> ended_for = watch.ended_for();
    const bool ended_by_us = ended_for.has_value() && stage != Stage::kCommitting;
    if (ended_by_us) failure.reason = *ended_for;
    Report(call, failure);
    // A connection that died while it lay in the pool did not die alone.
    if (failure.connection_lost() && lease.reused()) pool_.DiscardOpen();
    if (!StillUsable(failure)) lease.Discard();
    return {ToStatus(failure), RepeatAfter(failure, access, stage, lease.reused())};
  }
}

absl::Status Transactor::RunStages(const Call& call, Connection& connection, Watchdog::Watch& watch,
                                   const AnyBody& body, Stage& stage) {
  pqxx::work transaction(connection);
  transaction.exec(LocalStatementTimeout(call.deadline - clock_.Now(), pool_.statement_timeout()) +
                   pool_.local_settings());
  stage = Stage::kWorking;
  absl::Status status = body(transaction);
  if (!status.ok()) {
    transaction.abort();
    return status;
  }
  if (!watch.StartCommit()) {
    transaction.abort();
    return ToStatus({*watch.ended_for(), {}, {}});
  }
  stage = Stage::kCommitting;
  transaction.commit();
  return absl::OkStatus();
}

// A read has no statement timeout of the server behind a pooler that keeps session settings away,
// so the watchdog stands in for it, a little later.
Patience Transactor::PatienceOf(const Call& call, Access access) const {
  Patience patience{call.deadline, ErrorReason::kDeadlineExceeded, call.caller_gone};
  const absl::Time limit = clock_.Now() + pool_.statement_timeout() + kBehindServer;
  if (access == Access::kRead && limit < call.deadline) {
    patience.until = limit;
    patience.when_late = ErrorReason::kStatementTimeout;
  }
  return patience;
}

Transactor::Repeat Transactor::RepeatAfter(const Failure& failure, Access access, Stage stage,
                                           bool reused) const {
  if (failure.reason == ErrorReason::kConcurrentUpdate) return Repeat::kAfterPause;
  // The server was restarted or failed over since the connection was last used, and nothing was
  // lost with it.
  const bool harmless = access == Access::kRead || stage == Stage::kBefore;
  if (failure.connection_lost() && reused && harmless) return Repeat::kOnFreshConnection;
  return Repeat::kNever;
}

void Transactor::Report(const Call& call, const Failure& failure) {
  const std::vector<system::LogField> fields = {
      {"reason", RowOf(failure.reason).name},
      {"sqlstate", failure.sqlstate},
      {"hint", failure.hint},
      {"rpc", call.rpc},
      {"request_id", call.request_id},
  };
  switch (failure.reason) {
    case ErrorReason::kInternal:
    case ErrorReason::kCommitInDoubt:
      log_.Error("database.failed", fields);
      return;
    case ErrorReason::kConcurrentUpdate:
    case ErrorReason::kCancelled:
      log_.Debug("database.failed", fields);
      return;
    default:
      log_.Warn("database.failed", fields);
  }
}

absl::Status Transactor::Ping(absl::Time deadline) {
  const Call call{"Ping", "", std::nullopt, deadline};
  return Read(call, [this](pqxx::transaction_base& statements) {
    // On in a standby, and where an administrator or a full disk made it so.
    const pqxx::result rows = statements.exec("SELECT current_setting('transaction_read_only')");
    if (rows[0][0].as<std::string>() == "off") return absl::OkStatus();
    pool_.DiscardOpen();  // another server may have taken over, and new connections find it
    return ToStatus({ErrorReason::kDatabaseUnavailable, {}, {}});
  });
}

}  // namespace runners::postgres
