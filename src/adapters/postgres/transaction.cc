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

std::string LocalStatementTimeout(absl::Duration left, absl::Duration limit) {
  const std::int64_t ms = absl::ToInt64Milliseconds(std::min(left, limit));
  return "SET LOCAL statement_timeout = " + std::to_string(std::max<std::int64_t>(1, ms));
}

// Whether the connection is as good as before once the transaction is rolled back.
bool StillUsable(const Failure& failure) {
  return failure.reason == ErrorReason::kConcurrentUpdate ||
         failure.reason == ErrorReason::kLockTimeout ||
         failure.reason == ErrorReason::kStatementTimeout;
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
  absl::StatusOr<ConnectionPool::Lease> lease = pool_.Acquire(call.deadline);
  if (!lease.ok()) return {lease.status()};
  Stage stage = Stage::kBefore;
  try {
    if (access == Access::kWrite) return {RunStages(call, *lease, body, stage)};
    pqxx::nontransaction statements(lease->connection());
    return {body(statements)};
  } catch (const std::exception& error) {
    const Failure failure = Classify(error, stage);
    Report(call, failure);
    // A connection that died while it lay in the pool did not die alone.
    if (failure.connection_lost() && lease->reused()) pool_.DiscardOpen();
    if (!StillUsable(failure)) lease->Discard();
    return {ToStatus(failure), RepeatAfter(failure, access, stage, lease->reused())};
  }
}

absl::Status Transactor::RunStages(const Call& call, ConnectionPool::Lease& lease,
                                   const AnyBody& body, Stage& stage) {
  pqxx::work transaction(lease.connection());
  transaction.exec(LocalStatementTimeout(call.deadline - clock_.Now(), pool_.statement_timeout()));
  stage = Stage::kWorking;
  absl::Status status = body(transaction);
  if (!status.ok()) {
    transaction.abort();
    return status;
  }
  stage = Stage::kCommitting;
  transaction.commit();
  return absl::OkStatus();
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
