#pragma once

#include <memory>

#include "absl/status/statusor.h"

#include "adapters/postgres/connection_pool.h"
#include "adapters/postgres/transaction.h"
#include "adapters/system/log.h"
#include "core/ports/clock.h"

namespace runners::server {

// Connections to the database and what runs statements on them. Thread-safe.
class Database {
 public:
  // Opens no connection yet. Everything given by reference must outlive this. Error:
  // INVALID_ARGUMENT (bad connection string).
  static absl::StatusOr<std::unique_ptr<Database>> Make(postgres::ConnectionOptions options,
                                                        const Clock& clock, system::Log& log);

  postgres::Transactor& transactor() { return transactor_; }

 private:
  Database(std::unique_ptr<postgres::ConnectionPool> pool, const Clock& clock, system::Log& log)
      : pool_(std::move(pool)), transactor_(*pool_, clock, log) {}

  const std::unique_ptr<postgres::ConnectionPool> pool_;
  postgres::Transactor transactor_;
};

}  // namespace runners::server
