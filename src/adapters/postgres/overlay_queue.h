#pragma once

#include <optional>
#include <string>

#include "adapters/postgres/transaction.h"
#include "core/ports/enrollment_store.h"

namespace runners::postgres {

// OverlayQueue on table work, shared by the workers of all replicas. Thread-safe.
class PostgresOverlayQueue final : public OverlayQueue {
 public:
  // `transactor` must outlive this.
  explicit PostgresOverlayQueue(Transactor& transactor) : transactor_(transactor) {}

  absl::StatusOr<int> CloseExpiredAttempts(const Call& call) override;  // at most 100 a call
  absl::StatusOr<std::optional<OverlayWork>> Claim(const Call& call, absl::Duration lease) override;
  absl::StatusOr<bool> HasOpenAttempt(const Call& call, const RunnerId& runner) override;
  absl::Status Finish(const Call& call, const OverlayWork& work) override;
  absl::Status Retry(const Call& call, const OverlayWork& work, absl::Duration delay,
                     const std::string& reason) override;
  absl::Status LookAgain(const Call& call, const OverlayWork& work, absl::Duration delay) override;

 private:
  Transactor& transactor_;
};

}  // namespace runners::postgres
