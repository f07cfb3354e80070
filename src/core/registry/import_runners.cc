#include "core/registry/import_runners.h"

#include <optional>
#include <utility>
#include <vector>

#include "core/registry/legacy_runner.h"
#include "core/support/error.h"
#include "core/support/status_macros.h"

namespace runners {
namespace {

// Of one transaction.
constexpr absl::Duration kTimeout = absl::Seconds(30);

// What no two runners share.
std::vector<std::string> KeysOf(const ImportedRunner& imported) {
  std::vector<std::string> keys = {
      "token " + std::string(imported.token.digest.begin(), imported.token.digest.end())};
  const InheritedObjects& inherited = imported.inherited;
  if (!inherited.service_id.empty()) keys.push_back("service " + inherited.service_id);
  if (!inherited.identity_id.empty()) keys.push_back("identity " + inherited.identity_id);
  return keys;
}

// What is in the way of a runner because another one of this run came first.
ImportVerdict Compare(const ImportedRunner& imported, const std::set<std::string>& taken) {
  const std::vector<std::string> keys = KeysOf(imported);
  if (taken.count(keys.front()) > 0) return ImportVerdict::kTokenTaken;
  for (const std::string& key : keys) {
    if (taken.count(key) > 0) return ImportVerdict::kOverlayIdsTaken;
  }
  return ImportVerdict::kNew;
}

std::string StatusRemark(const LegacyRunner& legacy, const Runner& runner) {
  std::string remark(RunnerStatusName(runner.status));
  if (StatusOf(legacy) != runner.status) remark += ", because it has no identity in OpenZiti";
  return remark;
}

ImportLine LineOf(ImportVerdict verdict, const LegacyRunner& legacy, const Runner& runner) {
  using Outcome = ImportOutcome;
  switch (verdict) {
    case ImportVerdict::kNew:
      return {runner.id, Outcome::kImported, StatusRemark(legacy, runner)};
    case ImportVerdict::kThereAlready:
      return {runner.id, Outcome::kThereAlready, ""};
    case ImportVerdict::kChangedSince:
      return {runner.id, Outcome::kThereAlready, "changed here since, left as it is"};
    case ImportVerdict::kDeletedSince:
      return {runner.id, Outcome::kThereAlready, "deleted here since, left as it is"};
    case ImportVerdict::kSourceChanged:
      return {runner.id, Outcome::kSkipped,
              "the earlier service changed it after it was imported; left as it is here"};
    case ImportVerdict::kIdTaken:
      return {runner.id, Outcome::kSkipped, "a runner with this id is here that was not imported"};
    case ImportVerdict::kTokenTaken:
      return {runner.id, Outcome::kSkipped, "another runner has its service token"};
    case ImportVerdict::kOverlayIdsTaken:
      return {runner.id, Outcome::kSkipped,
              "another imported runner has its identity or service in OpenZiti"};
  }
  return {runner.id, Outcome::kSkipped, "unknown verdict"};
}

void Count(ImportOutcome outcome, ImportCounts& counts) {
  switch (outcome) {
    case ImportOutcome::kImported:
      ++counts.imported;
      return;
    case ImportOutcome::kThereAlready:
      ++counts.there_already;
      return;
    case ImportOutcome::kSkipped:
      ++counts.skipped;
      return;
  }
}

}  // namespace

absl::StatusOr<ImportCounts> ImportRunners::Run(ImportMode mode, const Report& report) {
  const std::string request_id = entropy_.NewUuid();
  ImportCounts counts;
  Taken taken;
  std::optional<RunnerId> last;
  while (true) {
    RUNNERS_ASSIGN_OR_RETURN(const std::vector<LegacyRunner> page,
                             source_.ReadAfter(NewCall(request_id), last));
    if (page.empty()) return counts;
    for (const LegacyRunner& legacy : page) {
      RUNNERS_ASSIGN_OR_RETURN(const ImportLine line,
                               Take(NewCall(request_id), legacy, mode, taken));
      Count(line.outcome, counts);
      report(line);
    }
    last = page.back().id;
  }
}

Call ImportRunners::NewCall(const std::string& request_id) const {
  return {"ImportRunners", request_id, std::nullopt, clock_.Now() + kTimeout};
}

absl::StatusOr<ImportLine> ImportRunners::Take(const Call& call, const LegacyRunner& legacy,
                                               ImportMode mode, Taken& taken) {
  const absl::StatusOr<ImportedRunner> imported = ReadLegacyRunner(legacy, entropy_, hasher_);
  if (!imported.ok()) {
    return ImportLine{legacy.id, ImportOutcome::kSkipped,
                      std::string(MessageOf(imported.status()))};
  }
  ImportVerdict verdict = Compare(*imported, taken);
  if (verdict == ImportVerdict::kNew) {
    RUNNERS_ASSIGN_OR_RETURN(verdict, mode == ImportMode::kDryRun ? store_.Judge(call, *imported)
                                                                  : store_.Import(call, *imported));
  }
  if (verdict == ImportVerdict::kNew) {
    for (std::string& key : KeysOf(*imported)) taken.insert(std::move(key));
  }
  return LineOf(verdict, legacy, imported->runner);
}

}  // namespace runners
