#pragma once

#include "adapters/postgres/transaction.h"
#include "core/ports/selection_index.h"

namespace runners::postgres {

// SelectionIndex by SQL, one statement a question. Thread-safe.
class PostgresSelectionIndex final : public SelectionIndex {
 public:
  // `transactor` must outlive this.
  explicit PostgresSelectionIndex(Transactor& transactor) : transactor_(transactor) {}

  absl::StatusOr<Draw> DrawOne(const Call& call, const Criteria& criteria,
                               Counting counting) override;
  absl::StatusOr<ConstraintCounts> CountConstraints(const Call& call,
                                                    const Criteria& criteria) override;

 private:
  Transactor& transactor_;
};

}  // namespace runners::postgres
