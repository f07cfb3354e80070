#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/postgres/transaction.h"
#include "core/ports/runner_store.h"

namespace runners::postgres {

// RunnerStore on PostgreSQL; see the port for what each method promises. Thread-safe.
class PostgresRunnerStore final : public RunnerStore {
 public:
  // `transactor` must outlive this.
  explicit PostgresRunnerStore(Transactor& transactor) : transactor_(transactor) {}

  absl::StatusOr<Runner> Register(const Call& call, const NewRunner& runner) override;
  absl::StatusOr<std::optional<Runner>> Get(const Call& call, const RunnerId& id) override;
  absl::StatusOr<std::vector<Runner>> List(const Call& call, const RunnerQuery& query) override;
  absl::StatusOr<Runner> Update(const Call& call, const RunnerEdit& edit) override;
  absl::Status Delete(const Call& call, const RunnerId& id,
                      const std::optional<std::string>& expected_etag) override;
  absl::StatusOr<std::optional<Runner>> FindByToken(const Call& call,
                                                    const Sha256Digest& digest) override;

 private:
  Transactor& transactor_;
};

}  // namespace runners::postgres
