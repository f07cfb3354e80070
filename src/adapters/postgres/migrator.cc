#include "adapters/postgres/migrator.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "adapters/postgres/row_mapping.h"
#include "core/support/ascii.h"
#include "core/support/error.h"
#include "core/support/status_macros.h"

namespace runners::postgres {
namespace {

// Any number will do, as long as every version uses the same: "runners" in ASCII.
constexpr std::int64_t kAdvisoryLock = 0x72756e6e657273;

constexpr char kTableExists[] = "SELECT to_regclass('schema_migrations') IS NOT NULL";

constexpr char kCreateTable[] = R"(
CREATE TABLE schema_migrations (
  level         integer PRIMARY KEY CHECK (level >= 1),
  name          text NOT NULL,
  checksum      text NOT NULL CHECK (length(checksum) = 64),
  oldest_binary integer NOT NULL CHECK (oldest_binary BETWEEN 1 AND level),
  applied_at    timestamptz NOT NULL DEFAULT now()
))";

constexpr char kListApplied[] = R"(
SELECT level, name, checksum, oldest_binary,
       (extract(epoch FROM applied_at) * 1000000)::bigint AS applied_us
FROM schema_migrations
ORDER BY level
LIMIT 9999)";

constexpr char kInsertApplied[] = R"(
INSERT INTO schema_migrations (level, name, checksum, oldest_binary) VALUES ($1, $2, $3, $4))";

std::string SetLocal(const char* name, absl::Duration duration) {
  return std::string("SET LOCAL ") + name + " = " +
         std::to_string(std::max<std::int64_t>(1, absl::ToInt64Milliseconds(duration)));
}

AppliedMigration AppliedFrom(const pqxx::row& row) {
  return {row["level"].as<int>(), row["name"].as<std::string>(), row["checksum"].as<std::string>(),
          row["oldest_binary"].as<int>(), TimeFromMicros(row["applied_us"].as<std::int64_t>())};
}

absl::Status Refusal(const std::string& sentence) {
  return absl::FailedPreconditionError(sentence);
}

Call MigrationCall(absl::Time deadline) {
  return {"Migrate", "", std::nullopt, deadline};
}

}  // namespace

absl::StatusOr<std::vector<std::string>> Migrator::Up(absl::Time deadline) {
  const Call call = MigrationCall(deadline);
  std::vector<std::string> done;
  while (true) {
    std::string under_way;
    absl::StatusOr<std::optional<std::string>> applied = ApplyNext(call, under_way);
    if (!applied.ok()) {
      if (under_way.empty()) return applied.status();
      return MakeError(DetailOf(applied.status()),
                       "migration " + under_way + ": " + std::string(MessageOf(applied.status())));
    }
    if (!*applied) return done;
    done.push_back(**applied);
  }
}

absl::StatusOr<SchemaState> Migrator::Inspect(absl::Time deadline) {
  return transactor_.Read(MigrationCall(deadline), [this](pqxx::transaction_base& transaction) {
    return StateOf(transaction);
  });
}

absl::Status Migrator::Verify(absl::Time deadline) {
  RUNNERS_ASSIGN_OR_RETURN(const SchemaState state, Inspect(deadline));
  if (state.pending.empty()) return absl::OkStatus();
  return Refusal("the database is at schema level " + std::to_string(state.database_level()) +
                 " and this binary needs level " + std::to_string(state.binary_level) +
                 ": run `runners migrate up`, or start with MIGRATE_ON_START=true");
}

absl::StatusOr<SchemaState> Migrator::StateOf(pqxx::transaction_base& transaction) const {
  SchemaState state;
  state.binary_level = migrations_.back().level;
  if (transaction.exec(kTableExists)[0][0].as<bool>()) {
    for (const pqxx::row& row : transaction.exec(kListApplied)) {
      state.applied.push_back(AppliedFrom(row));
    }
  }
  RUNNERS_RETURN_IF_ERROR(Check(state.applied));
  for (const Migration& migration : migrations_) {
    if (migration.level > state.database_level()) state.pending.emplace_back(migration.name);
  }
  return state;
}

absl::Status Migrator::Check(const std::vector<AppliedMigration>& applied) const {
  const int known = migrations_.back().level;
  for (std::size_t i = 0; i < applied.size(); ++i) {
    const AppliedMigration& migration = applied[i];
    if (migration.level != static_cast<int>(i) + 1) {
      return Refusal(
          "the database has migration " + migration.name + " but not level " +
          std::to_string(i + 1) +
          " below it: somebody changed table schema_migrations; restore it from a backup");
    }
    if (migration.oldest_binary > known) {
      return Refusal("the database is at schema level " + std::to_string(applied.back().level) +
                     " and needs a binary that knows at least level " +
                     std::to_string(migration.oldest_binary) + "; this one knows level " +
                     std::to_string(known) + ": deploy a newer release");
    }
    if (migration.level > known) continue;  // newer than this binary, and made to bear it
    RUNNERS_RETURN_IF_ERROR(CheckKnown(migration, migrations_[i]));
  }
  return absl::OkStatus();
}

absl::Status Migrator::CheckKnown(const AppliedMigration& applied, const Migration& known) const {
  if (applied.checksum == ChecksumOf(known)) return absl::OkStatus();
  return Refusal("migration " + std::string(known.name) +
                 " is not the text that was applied to the database: a released migration is never "
                 "edited; deploy the release that applied it, and add a new migration instead");
}

absl::StatusOr<std::optional<std::string>> Migrator::ApplyNext(const Call& call,
                                                               std::string& under_way) {
  using Applied = absl::StatusOr<std::optional<std::string>>;
  return transactor_.Write(call, [&](pqxx::transaction_base& transaction) -> Applied {
    Prepare(transaction);
    RUNNERS_ASSIGN_OR_RETURN(const SchemaState state, StateOf(transaction));
    if (state.pending.empty()) return std::nullopt;
    const Migration& next = migrations_[static_cast<std::size_t>(state.database_level())];
    under_way = next.name;
    Apply(transaction, next);
    return std::string(next.name);
  });
}

void Migrator::Prepare(pqxx::transaction_base& transaction) const {
  transaction.exec(SetLocal("statement_timeout", times_.statement_timeout));
  transaction.exec(SetLocal("lock_timeout", times_.wait_for_others));
  transaction.exec("SELECT pg_advisory_xact_lock(" + std::to_string(kAdvisoryLock) + ")");
  transaction.exec(SetLocal("lock_timeout", times_.lock_timeout));
}

void Migrator::Apply(pqxx::transaction_base& transaction, const Migration& migration) const {
  if (!transaction.exec(kTableExists)[0][0].as<bool>()) transaction.exec(kCreateTable);
  transaction.exec(std::string(migration.sql));
  transaction.exec_params(kInsertApplied, migration.level, std::string(migration.name),
                          ChecksumOf(migration), migration.oldest_binary);
}

std::string Migrator::ChecksumOf(const Migration& migration) const {
  return Hex(hasher_.Sha256(migration.sql));
}

}  // namespace runners::postgres
