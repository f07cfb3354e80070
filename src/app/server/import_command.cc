#include "app/server/import_command.h"

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "adapters/postgres/import_store.h"
#include "adapters/postgres/legacy_source.h"
#include "adapters/postgres/migrator.h"
#include "adapters/system/crypto.h"
#include "adapters/system/log.h"
#include "adapters/system/system_clock.h"
#include "app/server/database.h"
#include "app/server/exit_codes.h"
#include "core/registry/import_runners.h"
#include "core/support/status_macros.h"

namespace runners::server {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(30);

const char* WordsOf(ImportOutcome outcome, Doing doing) {
  switch (outcome) {
    case ImportOutcome::kImported:
      return doing == Doing::kDryRun ? "would import " : "imported ";
    case ImportOutcome::kThereAlready:
      return "there already ";
    case ImportOutcome::kSkipped:
      return "skipped ";
  }
  return "";
}

void Print(const ImportLine& line, Doing doing, std::ostream& out) {
  out << WordsOf(line.outcome, doing) << line.id.text();
  if (!line.remark.empty()) out << ": " << line.remark;
  out << "\n";
}

absl::StatusOr<ImportCounts> Import(const Secret& source_url, const Settings& settings, Doing doing,
                                    std::ostream& out) {
  const system::SystemClock clock;
  system::OsEntropy entropy;
  const system::OpenSslHasher hasher;
  system::Log log{system::LogLevel::kWarn, system::LogFormat::kText};
  const auto make = [&](const Secret& url, const std::string& name) {
    return Database::Make({.dsn = url, .max_connections = 1, .application_name = name}, clock, log);
  };
  RUNNERS_ASSIGN_OR_RETURN(const std::unique_ptr<Database> target,
                           make(settings.database_url, "runners-command"));
  const absl::StatusOr<std::unique_ptr<Database>> origin = make(source_url, "runners-import");
  if (!origin.ok()) {
    return absl::InvalidArgumentError(
        "--from is neither a postgres:// URI nor a libpq connection string");
  }
  postgres::Migrator migrator(target->transactor(), hasher);
  RUNNERS_RETURN_IF_ERROR(migrator.Verify(clock.Now() + kTimeout));

  postgres::PostgresLegacySource source((*origin)->transactor());
  postgres::PostgresImportStore store(target->transactor());
  ImportRunners import_runners(source, store, entropy, hasher, clock);
  return import_runners.Run(doing == Doing::kDryRun ? ImportMode::kDryRun : ImportMode::kForReal,
                            [&](const ImportLine& line) { Print(line, doing, out); });
}

}  // namespace

int ImportFrom(const Secret& source, const Environment& environment, Doing doing, std::ostream& out,
               std::ostream& err) {
  const absl::StatusOr<Settings> settings = ReadSettings(environment, Purpose::kDatabaseCommand);
  if (!settings.ok()) return ReportSettings(settings.status(), err);
  const absl::StatusOr<ImportCounts> counts = Import(source, *settings, doing, out);
  if (!counts.ok()) return ReportFailure(counts.status(), err);
  out << counts->imported << (doing == Doing::kDryRun ? " would be imported, " : " imported, ")
      << counts->there_already << " there already, " << counts->skipped << " skipped\n";
  return counts->skipped == 0 ? kExitOk : kExitFailed;
}

}  // namespace runners::server
