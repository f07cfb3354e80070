#pragma once

#include <string>

#include "adapters/postgres/transaction.h"
#include "core/ports/enrollment_store.h"

namespace runners::postgres {

// EnrollmentStore on PostgreSQL; see the port for what each step promises. Thread-safe.
class PostgresEnrollmentStore final : public EnrollmentStore {
 public:
  // `transactor` must outlive this.
  explicit PostgresEnrollmentStore(Transactor& transactor) : transactor_(transactor) {}

  absl::StatusOr<EnrollmentAttempt> Begin(const Call& call, const Sha256Digest& digest,
                                          const std::string& attempt_id,
                                          absl::Duration lease) override;

  // Also completes an attempt that is completed already and was not superseded since, so that a
  // caller who asks again after kCommitInDoubt learns the outcome.
  absl::StatusOr<Runner> Complete(const Call& call, const EnrollmentAttempt& attempt,
                                  const std::string& overlay_id) override;

  absl::Status Abandon(const Call& call, const EnrollmentAttempt& attempt,
                       Leftovers leftovers) override;
  absl::StatusOr<int> ForgetOldAttempts(const Call& call, absl::Duration age) override;

 private:
  Transactor& transactor_;
};

}  // namespace runners::postgres
