#include "adapters/postgres/enrollment_store.h"

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <utility>

#include "adapters/postgres/records.h"
#include "adapters/postgres/row_mapping.h"
#include "adapters/postgres/sql_enrollment.h"
#include "adapters/postgres/statements.h"
#include "core/support/ascii.h"
#include "core/support/error.h"
#include "core/support/status_macros.h"

namespace runners::postgres {
namespace {

using Transaction = pqxx::transaction_base;

absl::Status TokenNotFound() {
  return MakeError(ErrorReason::kServiceTokenNotFound, "service token not found");
}

// Everything that decides what becomes of an attempt; runner and attempt stay locked until the
// transaction ends.
struct Standing {
  Runner runner;
  bool runner_deleted = false;
  std::int64_t completed_generation = 0;
  std::string state;
  std::string token_id;
  bool token_is_live = false;
};

Standing LockStanding(Transaction& transaction, const EnrollmentAttempt& attempt) {
  const pqxx::result runner =
      Execute(transaction, sql::kLockRunnerForCompletion, attempt.runner_id.text());
  const pqxx::result row = Execute(transaction, sql::kLockAttempt, attempt.id);
  if (runner.empty() || row.empty()) throw std::logic_error("attempt without a row");
  return {RunnerFrom(runner[0]),
          runner[0]["deleted"].as<bool>(),
          runner[0]["completed_generation"].as<std::int64_t>(),
          row[0]["state"].as<std::string>(),
          row[0]["token_id"].as<std::string>(),
          row[0]["token_is_live"].as<bool>()};
}

// Why an attempt is in vain by now, or OK.
absl::Status WhyInVain(const Standing& standing, const EnrollmentAttempt& attempt) {
  if (standing.runner_deleted || !standing.token_is_live) return TokenNotFound();
  if (standing.completed_generation > attempt.generation) {
    return MakeError(ErrorReason::kEnrollmentSuperseded,
                     "a later enrollment of this runner completed first");
  }
  return absl::OkStatus();
}

// The error an attempt ends with that may not be completed. Superseded comes before interrupted: a
// caller repeats the latter, and two would take turns cutting each other off.
std::optional<absl::Status> WhyLost(const Standing& standing, const EnrollmentAttempt& attempt) {
  if (absl::Status in_vain = WhyInVain(standing, attempt); !in_vain.ok()) return in_vain;
  if (standing.state != "open" && standing.state != "completed") {
    return MakeError(ErrorReason::kEnrollmentInterrupted,
                     "the enrollment took longer than its lease and was undone");
  }
  return std::nullopt;
}

// Queues the removal of whatever an attempt that came to nothing may have made.
void QueueCleanup(Transaction& transaction, const EnrollmentAttempt& attempt, Leftovers leftovers,
                  const Standing& standing) {
  if (leftovers == Leftovers::kIdentity) {
    QueueOverlayWork(transaction, OverlayAction::kRemoveIdentity, attempt.runner_id,
                     attempt.generation);
  }
  // The attempt may have made service and policy anew after they were removed.
  if (standing.runner_deleted) {
    QueueOverlayWork(transaction, OverlayAction::kRemoveRunner, attempt.runner_id, 0);
  }
}

Runner Win(Transaction& transaction, const Call& call, const EnrollmentAttempt& attempt,
           const Standing& standing, const std::string& overlay_id) {
  const std::string& runner_id = attempt.runner_id.text();
  Execute(transaction, sql::kCloseAttempt, attempt.id, "completed");
  for (const pqxx::row& row : Execute(transaction, sql::kSupersedeIdentity, runner_id)) {
    QueueOverlayWork(transaction, OverlayAction::kRemoveIdentity, attempt.runner_id,
                     row["generation"].as<std::int64_t>());
  }
  Execute(transaction, sql::kInsertIdentity, runner_id, attempt.generation, attempt.id,
          standing.token_id, overlay_id);
  const pqxx::result rows =
      Execute(transaction, sql::kCompleteRunner, runner_id, attempt.generation);
  Runner after = RunnerFrom(rows[0]);

  nlohmann::json before_json = AuditJson(standing.runner);
  before_json["generation"] = standing.completed_generation;
  nlohmann::json after_json = AuditJson(after);
  after_json["generation"] = attempt.generation;
  after_json["service_token_id"] = standing.token_id;
  after_json["overlay_identity_id"] = overlay_id;
  WriteAudit(transaction, call,
             {"runner", runner_id, std::move(before_json), std::move(after_json)});
  return after;
}

}  // namespace

absl::StatusOr<EnrollmentAttempt> PostgresEnrollmentStore::Begin(const Call& call,
                                                                 const Sha256Digest& digest,
                                                                 const std::string& attempt_id,
                                                                 absl::Duration lease) {
  using Begun = absl::StatusOr<EnrollmentAttempt>;
  return transactor_.Write(call, [&](Transaction& transaction) -> Begun {
    const pqxx::result owner = Execute(transaction, sql::kLockRunnerOfToken, Hex(digest));
    if (owner.empty()) return TokenNotFound();
    const auto runner_id = IdFrom<RunnerId>(owner[0]["runner_id"]);
    const auto token_id = owner[0]["token_id"].as<std::string>();
    if (Execute(transaction, sql::kTouchToken, token_id).affected_rows() == 0) {
      return TokenNotFound();
    }
    const auto generation =
        Execute(transaction, sql::kTakeGeneration, runner_id.text())[0][0].as<std::int64_t>();
    Execute(transaction, sql::kOpenAttempt, attempt_id, runner_id.text(), generation, token_id,
            Micros(lease), call.request_id);
    return EnrollmentAttempt{attempt_id, runner_id, generation, InheritedFrom(owner[0])};
  });
}

absl::StatusOr<Runner> PostgresEnrollmentStore::Complete(const Call& call,
                                                         const EnrollmentAttempt& attempt,
                                                         const std::string& overlay_id) {
  // A loss is an error to the caller and a change to the database: it is committed, then returned.
  struct Verdict {
    std::optional<Runner> won;
    absl::Status lost;
  };
  using Decided = absl::StatusOr<Verdict>;
  absl::StatusOr<Verdict> verdict =
      transactor_.Write(call, [&](Transaction& transaction) -> Decided {
        const Standing standing = LockStanding(transaction, attempt);
        if (const std::optional<absl::Status> lost = WhyLost(standing, attempt)) {
          Execute(transaction, sql::kCloseAttempt, attempt.id, "lost");
          QueueCleanup(transaction, attempt, Leftovers::kIdentity, standing);
          return Verdict{std::nullopt, *lost};
        }
        if (standing.state == "completed") return Verdict{standing.runner, {}};
        return Verdict{Win(transaction, call, attempt, standing, overlay_id), {}};
      });
  if (!verdict.ok()) return verdict.status();
  if (!verdict->won) return verdict->lost;
  return *std::move(verdict->won);
}

absl::Status PostgresEnrollmentStore::Abandon(const Call& call, const EnrollmentAttempt& attempt,
                                              Leftovers leftovers) {
  absl::Status in_vain;  // to the caller an error, as a loss is: the change is committed
  RUNNERS_RETURN_IF_ERROR(transactor_.Write(call, [&](Transaction& transaction) {
    const Standing standing = LockStanding(transaction, attempt);
    if (standing.state == "completed") return absl::OkStatus();
    Execute(transaction, sql::kCloseAttempt, attempt.id, "failed");
    QueueCleanup(transaction, attempt, leftovers, standing);
    in_vain = WhyInVain(standing, attempt);
    return absl::OkStatus();
  }));
  return in_vain;
}

absl::StatusOr<int> PostgresEnrollmentStore::ForgetOldAttempts(const Call& call,
                                                               absl::Duration age) {
  return transactor_.Write(call, [&](Transaction& transaction) -> absl::StatusOr<int> {
    const pqxx::result gone = Execute(transaction, sql::kForgetOldAttempts, Micros(age));
    return static_cast<int>(gone.affected_rows());
  });
}

}  // namespace runners::postgres
