#include "app/server/database_commands.h"

#include <memory>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "adapters/postgres/grant_store.h"
#include "adapters/postgres/migrator.h"
#include "adapters/system/crypto.h"
#include "adapters/system/log.h"
#include "adapters/system/system_clock.h"
#include "app/server/database.h"
#include "app/server/exit_codes.h"
#include "core/support/error.h"
#include "core/support/status_macros.h"
#include "runners/grant.h"
#include "runners/ids.h"

namespace runners::server {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(30);

// What a command works with.
struct Bench {
  system::SystemClock clock;
  system::OsEntropy entropy;
  system::OpenSslHasher hasher;
  system::Log log{system::LogLevel::kWarn, system::LogFormat::kText};
};

absl::StatusOr<std::unique_ptr<Database>> MakeDatabase(const Settings& settings, Bench& bench) {
  return Database::Make(
      {.dsn = settings.database_url, .max_connections = 1, .application_name = "runners-command"},
      bench.clock, bench.log);
}

void PrintApplied(const std::vector<std::string>& applied, std::ostream& out) {
  for (const std::string& name : applied) out << "applied " << name << "\n";
  if (applied.empty()) out << "nothing to do: the database is up to date\n";
}

void PrintPending(const std::vector<std::string>& pending, std::ostream& out) {
  for (const std::string& name : pending) out << "would apply " << name << "\n";
  if (pending.empty()) out << "nothing to do: the database is up to date\n";
}

void PrintState(const postgres::SchemaState& state, std::ostream& out) {
  out << "the database is at level " << state.database_level() << ", this binary knows level "
      << state.binary_level << "\n";
  for (const postgres::AppliedMigration& migration : state.applied) {
    out << "applied "
        << absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", migration.applied_at, absl::UTCTimeZone()) << " "
        << migration.name << "\n";
  }
  for (const std::string& name : state.pending) out << "pending " << name << "\n";
}

absl::Status Up(const Settings& settings, Doing doing, std::ostream& out) {
  Bench bench;
  RUNNERS_ASSIGN_OR_RETURN(const std::unique_ptr<Database> database, MakeDatabase(settings, bench));
  postgres::Migrator migrator(database->transactor(), bench.hasher);
  if (doing == Doing::kDryRun) {
    RUNNERS_ASSIGN_OR_RETURN(const postgres::SchemaState state,
                             migrator.Inspect(bench.clock.Now() + kTimeout));
    PrintPending(state.pending, out);
    return absl::OkStatus();
  }
  RUNNERS_ASSIGN_OR_RETURN(const std::vector<std::string> applied, migrator.Up());
  PrintApplied(applied, out);
  return absl::OkStatus();
}

absl::Status Status(const Settings& settings, std::ostream& out) {
  Bench bench;
  RUNNERS_ASSIGN_OR_RETURN(const std::unique_ptr<Database> database, MakeDatabase(settings, bench));
  postgres::Migrator migrator(database->transactor(), bench.hasher);
  RUNNERS_ASSIGN_OR_RETURN(const postgres::SchemaState state,
                           migrator.Inspect(bench.clock.Now() + kTimeout));
  PrintState(state, out);
  return absl::OkStatus();
}

absl::Status PutAdmin(const Settings& settings, const IdentityId& identity) {
  Bench bench;
  RUNNERS_ASSIGN_OR_RETURN(const std::unique_ptr<Database> database, MakeDatabase(settings, bench));
  const absl::Time deadline = bench.clock.Now() + kTimeout;
  postgres::Migrator migrator(database->transactor(), bench.hasher);
  RUNNERS_RETURN_IF_ERROR(migrator.Verify(deadline));
  postgres::PostgresGrantStore grants(database->transactor());
  const Call call{"GrantAdmin", bench.entropy.NewUuid(), std::nullopt, deadline};
  return grants.Put(call, {identity, Relation::kAdmin, GrantObject{}, bench.clock.Now()});
}

}  // namespace

int MigrateUp(const Environment& environment, Doing doing, std::ostream& out, std::ostream& err) {
  const absl::StatusOr<Settings> settings = ReadSettings(environment, Purpose::kDatabaseCommand);
  if (!settings.ok()) return ReportSettings(settings.status(), err);
  const absl::Status done = Up(*settings, doing, out);
  return done.ok() ? kExitOk : ReportFailure(done, err);
}

int MigrateStatus(const Environment& environment, std::ostream& out, std::ostream& err) {
  const absl::StatusOr<Settings> settings = ReadSettings(environment, Purpose::kDatabaseCommand);
  if (!settings.ok()) return ReportSettings(settings.status(), err);
  const absl::Status done = Status(*settings, out);
  return done.ok() ? kExitOk : ReportFailure(done, err);
}

int GrantAdmin(const Environment& environment, const std::string& identity, std::ostream& out,
               std::ostream& err) {
  const std::optional<IdentityId> admin = IdentityId::Parse(identity);
  if (!admin) {
    err << "runners: grant-admin takes the UUID of an identity" << std::endl;
    return kExitUsage;
  }
  const absl::StatusOr<Settings> settings = ReadSettings(environment, Purpose::kDatabaseCommand);
  if (!settings.ok()) return ReportSettings(settings.status(), err);
  const absl::Status done = PutAdmin(*settings, *admin);
  if (!done.ok()) return ReportFailure(done, err);
  out << admin->text() << " is a cluster admin\n";
  return kExitOk;
}

}  // namespace runners::server
