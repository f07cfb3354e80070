#pragma once

#include <vector>

#include "adapters/postgres/transaction.h"
#include "core/ports/access.h"

namespace runners::postgres {

// GrantStore on table grants. Thread-safe.
class PostgresGrantStore final : public GrantStore {
 public:
  // `transactor` must outlive this.
  explicit PostgresGrantStore(Transactor& transactor) : transactor_(transactor) {}

  absl::Status Put(const Call& call, const Grant& grant) override;
  absl::Status Delete(const Call& call, const Grant& grant) override;
  absl::StatusOr<std::vector<Grant>> List(const Call& call, const GrantQuery& query) override;

 private:
  Transactor& transactor_;
};

// AccessChecker by the grants of that table. Thread-safe.
class PostgresAccessChecker final : public AccessChecker {
 public:
  // `transactor` must outlive this.
  explicit PostgresAccessChecker(Transactor& transactor) : transactor_(transactor) {}

  absl::StatusOr<CallerAccess> AccessOf(const Call& call, const IdentityId& identity) override;

 private:
  Transactor& transactor_;
};

}  // namespace runners::postgres
