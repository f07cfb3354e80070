#include "adapters/postgres/import_store.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "adapters/postgres/records.h"
#include "adapters/postgres/row_mapping.h"
#include "adapters/postgres/sql_enrollment.h"
#include "adapters/postgres/sql_import.h"
#include "adapters/postgres/sql_runners.h"
#include "adapters/postgres/statements.h"
#include "core/support/ascii.h"

namespace runners::postgres {
namespace {

using Transaction = pqxx::transaction_base;

std::optional<std::string> OrNull(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return text;
}

ImportVerdict VerdictOn(Transaction& transaction, const ImportedRunner& imported) {
  const pqxx::row row =
      Execute(transaction, sql::kJudgeImport, imported.runner.id.text(), Hex(imported.token.digest),
              OrNull(imported.inherited.service_id), OrNull(imported.inherited.identity_id))[0];
  if (row["known"].as<bool>()) {
    if (row["source_digest"].is_null()) return ImportVerdict::kIdTaken;
    if (row["source_digest"].as<std::string>() != Hex(imported.source_digest)) {
      return ImportVerdict::kSourceChanged;
    }
    if (row["deleted"].as<bool>()) return ImportVerdict::kDeletedSince;
    if (row["changed"].as<bool>()) return ImportVerdict::kChangedSince;
    return ImportVerdict::kThereAlready;
  }
  if (row["token_taken"].as<bool>()) return ImportVerdict::kTokenTaken;
  if (row["overlay_ids_taken"].as<bool>()) return ImportVerdict::kOverlayIdsTaken;
  return ImportVerdict::kNew;
}

// The enrollment at the earlier service, as one that was completed here.
void InsertEnrollment(Transaction& transaction, const Call& call, const ImportedRunner& imported) {
  const std::string& runner = imported.runner.id.text();
  Execute(transaction, sql::kOpenAttempt, imported.attempt_id, runner, kInheritedGeneration,
          imported.token.id, std::int64_t{0}, call.request_id);
  Execute(transaction, sql::kCloseAttempt, imported.attempt_id, "completed");
  Execute(transaction, sql::kInsertIdentity, runner, kInheritedGeneration, imported.attempt_id,
          imported.token.id, imported.inherited.identity_id);
}

void Insert(Transaction& transaction, const Call& call, const ImportedRunner& imported) {
  const Runner& runner = imported.runner;
  const InheritedObjects& inherited = imported.inherited;
  const std::int64_t generation = inherited.identity_id.empty() ? 0 : kInheritedGeneration;
  const Runner made = RunnerFrom(
      Execute(transaction, sql::kImportRunner, runner.id.text(), runner.name,
              Text(runner.organization_id), std::string(RunnerStatusName(runner.status)),
              LabelsJson(runner.labels), JsonArray(runner.capabilities), generation,
              absl::ToUnixMicros(runner.created_at), absl::ToUnixMicros(runner.updated_at))[0]);
  Execute(transaction, sql::kInsertToken, imported.token.id, runner.id.text(),
          Hex(imported.token.digest), imported.token.prefix, Text(call.caller), nullptr);
  Execute(transaction, sql::kRememberImport, runner.id.text(), Hex(imported.source_digest),
          OrNull(inherited.service_id), OrNull(inherited.identity_id));
  if (generation > 0) InsertEnrollment(transaction, call, imported);
  if (const auto membership = OwnMembership(runner.id, runner.organization_id)) {
    InsertGrant(transaction, call, *membership);
  }
  QueueOverlayWork(transaction, OverlayAction::kEnsureRunner, runner.id, 0);

  nlohmann::json after = AuditJson(made);
  after["generation"] = generation;
  after["service_token_id"] = imported.token.id;
  after["overlay_service_id"] = inherited.service_id;
  after["overlay_identity_id"] = inherited.identity_id;
  WriteAudit(transaction, call, {"runner", runner.id.text(), nullptr, std::move(after)});
}

}  // namespace

absl::StatusOr<ImportVerdict> PostgresImportStore::Judge(const Call& call,
                                                         const ImportedRunner& imported) {
  return transactor_.Read(call, [&](Transaction& transaction) -> absl::StatusOr<ImportVerdict> {
    return VerdictOn(transaction, imported);
  });
}

absl::StatusOr<ImportVerdict> PostgresImportStore::Import(const Call& call,
                                                          const ImportedRunner& imported) {
  return transactor_.Write(call, [&](Transaction& transaction) -> absl::StatusOr<ImportVerdict> {
    transaction.exec(sql::kLockImports);
    const ImportVerdict verdict = VerdictOn(transaction, imported);
    if (verdict == ImportVerdict::kNew) Insert(transaction, call, imported);
    return verdict;
  });
}

}  // namespace runners::postgres
