#pragma once

#include <string>

#include "absl/status/statusor.h"

#include "adapters/postgres/transaction.h"
#include "core/model/page_token.h"
#include "core/ports/call.h"

namespace runners::postgres {

// What all replicas of one installation share. It is made with the schema and does not change by
// itself.
struct SharedSettings {
  std::string instance_id;  // UUID; tags what this installation makes in the overlay
  PageTokenKeys page_token_keys;
};

// Reads table settings. Thread-safe.
class PostgresSettings {
 public:
  // `transactor` must outlive this.
  explicit PostgresSettings(Transactor& transactor) : transactor_(transactor) {}

  // Errors: those of Transactor::Read.
  absl::StatusOr<SharedSettings> Load(const Call& call);

 private:
  Transactor& transactor_;
};

}  // namespace runners::postgres
