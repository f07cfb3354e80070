#pragma once

#include "adapters/postgres/transaction.h"
#include "core/ports/import_store.h"

namespace runners::postgres {

// ImportStore on PostgreSQL; see the port for what each method promises. Thread-safe; imports that
// run at the same time wait for each other, runner by runner.
class PostgresImportStore final : public ImportStore {
 public:
  // `transactor` must outlive this.
  explicit PostgresImportStore(Transactor& transactor) : transactor_(transactor) {}

  absl::StatusOr<ImportVerdict> Judge(const Call& call, const ImportedRunner& imported) override;
  absl::StatusOr<ImportVerdict> Import(const Call& call, const ImportedRunner& imported) override;

 private:
  Transactor& transactor_;
};

}  // namespace runners::postgres
