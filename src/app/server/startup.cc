#include "app/server/startup.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

#include "adapters/postgres/migrator.h"
#include "app/server/waiting.h"
#include "core/support/error.h"
#include "core/support/status_macros.h"

namespace runners::server {
namespace {

constexpr absl::Duration kFirstPause = absl::Milliseconds(250);
constexpr absl::Duration kLongestPause = absl::Seconds(5);
constexpr absl::Duration kSettingsTimeout = absl::Seconds(10);

// Migrations may be repeated after any of these: each looks first at what is there.
bool Passes(const absl::Status& status) {
  switch (ReasonOf(status)) {
    case ErrorReason::kDatabaseUnavailable:
    case ErrorReason::kConcurrentUpdate:
    case ErrorReason::kCommitInDoubt:
    case ErrorReason::kDeadlineExceeded:
    case ErrorReason::kLockTimeout:
    case ErrorReason::kStatementTimeout:
      return true;
    default:
      return false;
  }
}

absl::Status PrepareSchema(postgres::Migrator& migrator, SchemaPolicy policy, system::Log& log) {
  if (policy == SchemaPolicy::kVerifyOnly) return migrator.Verify();
  RUNNERS_ASSIGN_OR_RETURN(const std::vector<std::string> applied, migrator.Up());
  for (const std::string& name : applied) log.Info("migration.applied", {{"name", name}});
  return absl::OkStatus();
}

absl::StatusOr<postgres::SharedSettings> Prepare(postgres::Transactor& transactor,
                                                 SchemaPolicy policy, const Hasher& hasher,
                                                 system::Log& log) {
  postgres::Migrator migrator(transactor, hasher);
  RUNNERS_RETURN_IF_ERROR(PrepareSchema(migrator, policy, log));
  const Call call{"Start", "", std::nullopt, absl::Now() + kSettingsTimeout};
  return postgres::PostgresSettings(transactor).Load(call);
}

}  // namespace

absl::StatusOr<postgres::SharedSettings> PrepareDatabase(postgres::Transactor& transactor,
                                                         SchemaPolicy policy, const Hasher& hasher,
                                                         system::Log& log,
                                                         const std::stop_token& stop) {
  absl::Duration pause = kFirstPause;
  while (true) {
    absl::StatusOr<postgres::SharedSettings> shared = Prepare(transactor, policy, hasher, log);
    if (shared.ok() || !Passes(shared.status())) return shared;
    log.Warn("database.awaited", {{"reason", RowOf(ReasonOf(shared.status())).name},
                                  {"next_try_ms", absl::ToInt64Milliseconds(pause)}});
    if (WaitFor(stop, pause) == WaitEnd::kStopRequested) {
      return absl::CancelledError("the server was stopped before it could start");
    }
    pause = std::min(2 * pause, kLongestPause);
  }
}

}  // namespace runners::server
