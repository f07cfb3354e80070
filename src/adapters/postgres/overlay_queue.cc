#include "adapters/postgres/overlay_queue.h"

#include <cstdint>

#include "adapters/postgres/records.h"
#include "adapters/postgres/row_mapping.h"
#include "adapters/postgres/sql_enrollment.h"
#include "adapters/postgres/statements.h"

namespace runners::postgres {
namespace {

using Transaction = pqxx::transaction_base;

bool IsDeleted(Transaction& transaction, const RunnerId& runner) {
  return Execute(transaction, sql::kIsDeleted, runner.text())[0][0].as<bool>();
}

OverlayWork WorkFrom(const pqxx::row& row) {
  return {row["id"].as<std::string>(),
          row["claim_id"].as<std::string>(),
          ParseOverlayAction(row["action"].c_str()),
          IdFrom<RunnerId>(row["runner_id"]),
          row["live"].as<bool>(),
          row["generation"].as<std::int64_t>(),
          row["tries"].as<int>(),
          row["second_look"].as<bool>(),
          InheritedFrom(row)};
}

// What else changes when a piece of work is done. `mine`: nobody queued it again since it was
// claimed.
void RecordEffect(Transaction& transaction, const OverlayWork& work, bool mine) {
  switch (work.action) {
    case OverlayAction::kEnsureRunner:
      // It may have made service and policy after the removal had looked for them.
      if (IsDeleted(transaction, work.runner_id)) {
        QueueOverlayWork(transaction, OverlayAction::kRemoveRunner, work.runner_id, 0);
      }
      return;
    case OverlayAction::kRemoveIdentity:
      if (mine) {
        Execute(transaction, sql::kMarkIdentitiesRemoved, work.runner_id.text(), work.generation);
      }
      return;
    case OverlayAction::kRemoveRunner:
      if (mine) {
        Execute(transaction, sql::kMarkIdentitiesRemoved, work.runner_id.text(),
                std::optional<std::int64_t>());
      }
      return;
  }
}

}  // namespace

absl::StatusOr<int> PostgresOverlayQueue::CloseExpiredAttempts(const Call& call) {
  return transactor_.Write(call, [&](Transaction& transaction) -> absl::StatusOr<int> {
    int closed = 0;
    for (const pqxx::row& row : transaction.exec(sql::kCloseExpiredAttempts)) {
      const auto runner = IdFrom<RunnerId>(row["runner_id"]);
      QueueOverlayWork(transaction, OverlayAction::kRemoveIdentity, runner,
                       row["generation"].as<std::int64_t>());
      if (IsDeleted(transaction, runner)) {
        QueueOverlayWork(transaction, OverlayAction::kRemoveRunner, runner, 0);
      }
      ++closed;
    }
    return closed;
  });
}

absl::StatusOr<std::optional<OverlayWork>> PostgresOverlayQueue::Claim(const Call& call,
                                                                       absl::Duration lease) {
  using Claimed = absl::StatusOr<std::optional<OverlayWork>>;
  return transactor_.Write(call, [&](Transaction& transaction) -> Claimed {
    const pqxx::result rows = Execute(transaction, sql::kClaimWork, Micros(lease));
    if (rows.empty()) return std::nullopt;
    return WorkFrom(rows[0]);
  });
}

absl::StatusOr<bool> PostgresOverlayQueue::HasOpenAttempt(const Call& call,
                                                          const RunnerId& runner) {
  return transactor_.Read(call, [&](Transaction& transaction) -> absl::StatusOr<bool> {
    return Execute(transaction, sql::kHasOpenAttempt, runner.text())[0][0].as<bool>();
  });
}

absl::Status PostgresOverlayQueue::Finish(const Call& call, const OverlayWork& work) {
  return transactor_.Write(call, [&](Transaction& transaction) {
    const pqxx::result deleted = Execute(transaction, sql::kFinishWork, work.id, work.claim_id);
    if (work.inherited) Execute(transaction, sql::kMarkAdopted, work.runner_id.text());
    RecordEffect(transaction, work, deleted.affected_rows() == 1);
    return absl::OkStatus();
  });
}

absl::Status PostgresOverlayQueue::Retry(const Call& call, const OverlayWork& work,
                                         absl::Duration delay, const std::string& reason) {
  return transactor_.Write(call, [&](Transaction& transaction) {
    Execute(transaction, sql::kRetryWork, work.id, work.claim_id, Micros(delay), reason);
    return absl::OkStatus();
  });
}

absl::Status PostgresOverlayQueue::LookAgain(const Call& call, const OverlayWork& work,
                                             absl::Duration delay) {
  return transactor_.Write(call, [&](Transaction& transaction) {
    Execute(transaction, sql::kLookAgain, work.id, work.claim_id, Micros(delay));
    return absl::OkStatus();
  });
}

}  // namespace runners::postgres
