#include "adapters/postgres/runner_store.h"

#include <utility>

#include "adapters/postgres/records.h"
#include "adapters/postgres/row_mapping.h"
#include "adapters/postgres/sql_runners.h"
#include "adapters/postgres/statements.h"
#include "core/model/runner_rules.h"
#include "core/support/ascii.h"
#include "core/support/error.h"
#include "core/support/status_macros.h"

namespace runners::postgres {
namespace {

using Transaction = pqxx::transaction_base;

std::optional<Runner> OneOrNone(const pqxx::result& rows) {
  if (rows.empty()) return std::nullopt;
  return RunnerFrom(rows[0]);
}

std::string StatusArray(const std::set<RunnerStatus>& statuses) {
  std::string text = "{";
  for (const RunnerStatus status : statuses) {
    if (text.size() > 1) text.push_back(',');
    text += RunnerStatusName(status);
  }
  return text + "}";
}

absl::StatusOr<Runner> LockForChange(Transaction& transaction, const RunnerId& id,
                                     const std::optional<std::string>& expected_etag) {
  std::optional<Runner> runner = OneOrNone(Execute(transaction, sql::kLockRunner, id.text()));
  if (!runner) return MakeError(ErrorReason::kRunnerNotFound, "runner not found");
  if (expected_etag && *expected_etag != runner->etag) {
    return MakeError(ErrorReason::kEtagMismatch,
                     "the runner was edited since its etag was read; nothing was changed");
  }
  return *std::move(runner);
}

std::optional<std::string> RequestIdOf(const NewRunner& runner) {
  if (!runner.request) return std::nullopt;
  return runner.request->id.text();
}

void InsertToken(Transaction& transaction, const Call& call, const RunnerId& id,
                 const NewRunner& runner) {
  Execute(transaction, sql::kInsertToken, runner.token.id, id.text(), Hex(runner.token.digest),
          runner.token.prefix, Text(call.caller), RequestIdOf(runner));
}

// Nothing, and nothing written, when the caller has used this request before.
std::optional<Runner> Insert(Transaction& transaction, const Call& call, const NewRunner& runner) {
  std::optional<std::string> digest;
  if (runner.request) digest = Hex(runner.request->digest);
  const pqxx::result rows =
      Execute(transaction, sql::kInsertRunner, runner.id.text(), runner.name,
              Text(runner.organization_id), LabelsJson(runner.labels),
              JsonArray(runner.capabilities), Text(call.caller), RequestIdOf(runner), digest);
  if (rows.empty()) return std::nullopt;
  InsertToken(transaction, call, runner.id, runner);
  if (const auto membership = OwnMembership(runner.id, runner.organization_id)) {
    InsertGrant(transaction, call, *membership);
  }
  QueueOverlayWork(transaction, OverlayAction::kEnsureRunner, runner.id, 0);
  Runner made = RunnerFrom(rows[0]);
  WriteAudit(transaction, call, {"runner", made.id.text(), nullptr, AuditJson(made)});
  return made;
}

absl::Status RequestIdUsed(const RunnerId& id, const std::string& why) {
  ErrorDetail detail;
  detail.reason = ErrorReason::kRequestIdUsed;
  detail.metadata["runner_id"] = id.text();
  return MakeError(std::move(detail), "this request_id has registered a runner " + why);
}

// Another token for the runner that this request has registered.
absl::StatusOr<Runner> Repeat(Transaction& transaction, const Call& call, const NewRunner& runner) {
  const pqxx::row row =
      Execute(transaction, sql::kLockRunnerOfRequest, Text(call.caller), RequestIdOf(runner))[0];
  Runner found = RunnerFrom(row);
  if (row["request_digest"].as<std::string>() != Hex(runner.request->digest)) {
    return RequestIdUsed(found.id, "for another request");
  }
  if (row["deleted"].as<bool>()) return RequestIdUsed(found.id, "that is deleted");
  if (found.status != RunnerStatus::kPending) {
    return RequestIdUsed(found.id, "that is enrolled");
  }
  Execute(transaction, sql::kRevokeTokensOfRequest, found.id.text(), RequestIdOf(runner));
  InsertToken(transaction, call, found.id, runner);
  nlohmann::json after = AuditJson(found);
  after["service_token_id"] = runner.token.id;
  WriteAudit(transaction, call, {"runner", found.id.text(), AuditJson(found), std::move(after)});
  return found;
}

absl::StatusOr<Runner> Edit(Transaction& transaction, const Call& call, const RunnerEdit& edit) {
  RUNNERS_ASSIGN_OR_RETURN(const Runner before,
                           LockForChange(transaction, edit.id, edit.expected_etag));
  const std::string& name = edit.name ? *edit.name : before.name;
  const Labels& labels = edit.labels ? *edit.labels : before.labels;
  const auto& capabilities = edit.capabilities ? *edit.capabilities : before.capabilities;
  if (name == before.name && labels == before.labels && capabilities == before.capabilities) {
    return before;
  }
  // Only here are both known: an edit may bring one of them.
  Violations violations;
  CheckAttributeBytes(labels, capabilities, violations);
  RUNNERS_RETURN_IF_ERROR(std::move(violations).ToStatus());

  Runner after = RunnerFrom(Execute(transaction, sql::kEditRunner, edit.id.text(), name,
                                    LabelsJson(labels), JsonArray(capabilities))[0]);
  WriteAudit(transaction, call, {"runner", after.id.text(), AuditJson(before), AuditJson(after)});
  return after;
}

absl::Status Bury(Transaction& transaction, const Call& call, const Runner& runner) {
  Execute(transaction, sql::kBuryRunner, runner.id.text(), Text(call.caller));
  Execute(transaction, sql::kRevokeTokens, runner.id.text());
  if (const auto membership = OwnMembership(runner.id, runner.organization_id)) {
    DeleteGrant(transaction, call, *membership);
  }
  QueueOverlayWork(transaction, OverlayAction::kRemoveRunner, runner.id, 0);
  WriteAudit(transaction, call, {"runner", runner.id.text(), AuditJson(runner), nullptr});
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Runner> PostgresRunnerStore::Register(const Call& call, const NewRunner& runner) {
  return transactor_.Write(call, [&](Transaction& transaction) -> absl::StatusOr<Runner> {
    std::optional<Runner> made = Insert(transaction, call, runner);
    if (made) return *std::move(made);
    return Repeat(transaction, call, runner);
  });
}

absl::StatusOr<std::optional<Runner>> PostgresRunnerStore::Get(const Call& call,
                                                               const RunnerId& id) {
  using Found = absl::StatusOr<std::optional<Runner>>;
  return transactor_.Read(call, [&](Transaction& transaction) -> Found {
    return OneOrNone(Execute(transaction, sql::kGetRunner, id.text()));
  });
}

absl::StatusOr<std::vector<Runner>> PostgresRunnerStore::List(const Call& call,
                                                              const RunnerQuery& query) {
  std::optional<std::int64_t> after_micros;
  std::optional<std::string> after_id;
  if (query.after) {
    after_micros = absl::ToUnixMicros(query.after->created_at);
    after_id = query.after->id.text();
  }
  using Page = absl::StatusOr<std::vector<Runner>>;
  return transactor_.Read(call, [&](Transaction& transaction) -> Page {
    const pqxx::result rows = Execute(transaction, sql::kListRunners, query.visibility.everything,
                                      ArrayOf(query.visibility.organizations),
                                      Text(query.organization_id), StatusArray(query.statuses),
                                      LabelsJson(query.labels), JsonArray(query.capabilities),
                                      query.name_prefix, after_micros, after_id, query.limit);
    std::vector<Runner> runners;
    runners.reserve(rows.size());
    for (const pqxx::row& row : rows) runners.push_back(RunnerFrom(row));
    return runners;
  });
}

absl::StatusOr<Runner> PostgresRunnerStore::Update(const Call& call, const RunnerEdit& edit) {
  return transactor_.Write(call,
                           [&](Transaction& transaction) { return Edit(transaction, call, edit); });
}

absl::Status PostgresRunnerStore::Delete(const Call& call, const RunnerId& id,
                                         const std::optional<std::string>& expected_etag) {
  return transactor_.Write(call, [&](Transaction& transaction) -> absl::Status {
    RUNNERS_ASSIGN_OR_RETURN(const Runner runner, LockForChange(transaction, id, expected_etag));
    return Bury(transaction, call, runner);
  });
}

absl::StatusOr<std::optional<Runner>> PostgresRunnerStore::FindByToken(const Call& call,
                                                                       const Sha256Digest& digest) {
  using Found = absl::StatusOr<std::optional<Runner>>;
  return transactor_.Read(call, [&](Transaction& transaction) -> Found {
    return OneOrNone(Execute(transaction, sql::kFindRunnerByToken, Hex(digest)));
  });
}

}  // namespace runners::postgres
