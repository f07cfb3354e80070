#pragma once

#include <optional>
#include <vector>

#include "adapters/postgres/transaction.h"
#include "core/ports/legacy_source.h"

namespace runners::postgres {

// The table `runners` of the earlier service, in a database of its own. Thread-safe.
class PostgresLegacySource final : public LegacySource {
 public:
  // `transactor`, on that database, must outlive this.
  explicit PostgresLegacySource(Transactor& transactor) : transactor_(transactor) {}

  absl::StatusOr<std::vector<LegacyRunner>> ReadAfter(
      const Call& call, const std::optional<RunnerId>& after) override;

 private:
  Transactor& transactor_;
};

}  // namespace runners::postgres
