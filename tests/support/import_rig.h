#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapters/postgres/import_store.h"
#include "adapters/postgres/legacy_source.h"
#include "core/registry/import_runners.h"
#include "tests/support/database_rig.h"
#include "tests/support/legacy_database.h"

namespace runners::testing {

// An import from a database of the earlier service's shape. Thread-compatible.
class ImportRig {
 public:
  // The target; must outlive this.
  explicit ImportRig(DatabaseRig& target) : ImportRig(target, Secret()) {}
  // From another database than `legacy`.
  ImportRig(DatabaseRig& target, const Secret& source)
      : target_(target), pool_(PoolOf(source.empty() ? legacy.dsn() : source)) {}

  // The lines as "imported 0: pending", with the last digit of the id, and then "I T S": how many
  // were imported, there already, skipped.
  std::vector<std::string> Import(ImportMode mode = ImportMode::kForReal) {
    std::vector<std::string> lines;
    const ImportCounts counts =
        Run(mode, [&](const ImportLine& line) { lines.push_back(TextOf(line)); }).value();
    lines.push_back(std::to_string(counts.imported) + " " + std::to_string(counts.there_already) +
                    " " + std::to_string(counts.skipped));
    return lines;
  }

  absl::StatusOr<ImportCounts> Run(
      ImportMode mode, const ImportRunners::Report& report = [](const ImportLine&) {}) {
    postgres::PostgresLegacySource source(transactor_);
    postgres::PostgresImportStore store(target_.transactor());
    return ImportRunners(source, store, target_.entropy(), target_.hasher(), target_.clock())
        .Run(mode, report);
  }

  LegacyDatabase legacy;

 private:
  std::unique_ptr<postgres::ConnectionPool> PoolOf(const Secret& dsn) {
    postgres::ConnectionOptions options;
    options.dsn = dsn;
    return postgres::ConnectionPool::Create(std::move(options), target_.clock()).value();
  }

  static std::string TextOf(const ImportLine& line) {
    std::string text;
    switch (line.outcome) {
      case ImportOutcome::kImported:
        text = "imported ";
        break;
      case ImportOutcome::kThereAlready:
        text = "there ";
        break;
      case ImportOutcome::kSkipped:
        text = "skipped ";
        break;
    }
    text.push_back(line.id.text().back());
    return line.remark.empty() ? text : text + ": " + line.remark;
  }

  DatabaseRig& target_;
  const std::unique_ptr<postgres::ConnectionPool> pool_;
  postgres::Transactor transactor_{*pool_, target_.clock(), target_.log()};
};

}  // namespace runners::testing
