#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "adapters/postgres/migration.h"
#include "adapters/postgres/transaction.h"
#include "core/ports/crypto.h"

namespace runners::postgres {

// A migration as a database has it.
struct AppliedMigration {
  int level = 0;
  std::string name;
  std::string checksum;  // SHA-256 of its text, 64 hex characters
  int oldest_binary = 1;
  absl::Time applied_at;
};

// A database against this binary.
struct SchemaState {
  std::vector<AppliedMigration> applied;  // by level; may hold levels this binary does not know
  std::vector<std::string> pending;       // names of what this binary would add, in order
  int binary_level = 0;                   // the newest level this binary knows

  int database_level() const { return applied.empty() ? 0 : applied.back().level; }
};

struct MigrationTimes {
  absl::Duration wait_for_others = absl::Minutes(2);     // while another replica migrates
  absl::Duration lock_timeout = absl::Seconds(5);        // for a table that is in use
  absl::Duration statement_timeout = absl::Minutes(10);  // of one migration's statement
};

// Brings a database to the schema of this binary, and tells whether it is there. Any number of
// replicas may do so at the same time. Thread-safe.
//
// Errors of every method besides those of Transactor: FAILED_PRECONDITION, with a sentence that
// says what to do, when a migration was changed after it was applied, when one is missing below
// newer ones, or when the database needs a newer binary than this.
class Migrator {
 public:
  // Everything given must outlive this; `migrations` as EmbeddedMigrations gives them.
  Migrator(Transactor& transactor, const Hasher& hasher,
           std::span<const Migration> migrations = EmbeddedMigrations(), MigrationTimes times = {})
      : transactor_(transactor), hasher_(hasher), migrations_(migrations), times_(times) {}

  // Applies what is pending, each migration in a transaction of its own, and returns their names.
  absl::StatusOr<std::vector<std::string>> Up(absl::Time deadline = absl::InfiniteFuture());

  // What is there and what is pending; changes nothing. A dry run of Up prints `pending`.
  absl::StatusOr<SchemaState> Inspect(absl::Time deadline = absl::InfiniteFuture());

  // OK when this binary can run on the database: as Inspect, and nothing is pending
  // (FAILED_PRECONDITION).
  absl::Status Verify(absl::Time deadline = absl::InfiniteFuture());

 private:
  absl::StatusOr<SchemaState> StateOf(pqxx::transaction_base& transaction) const;
  absl::Status Check(const std::vector<AppliedMigration>& applied) const;
  absl::Status CheckKnown(const AppliedMigration& applied, const Migration& known) const;
  absl::StatusOr<std::optional<std::string>> ApplyNext(const Call& call, std::string& under_way);
  void Prepare(pqxx::transaction_base& transaction) const;
  void Apply(pqxx::transaction_base& transaction, const Migration& migration) const;
  std::string ChecksumOf(const Migration& migration) const;

  Transactor& transactor_;
  const Hasher& hasher_;
  const std::span<const Migration> migrations_;
  const MigrationTimes times_;
};

}  // namespace runners::postgres
