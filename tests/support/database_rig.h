#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"

#include "adapters/postgres/connection_pool.h"
#include "adapters/postgres/transaction.h"
#include "adapters/system/crypto.h"
#include "adapters/system/log.h"
#include "adapters/system/system_clock.h"
#include "core/ports/call.h"
#include "tests/support/temp_postgres.h"

namespace runners::testing {

// What a test of the postgres adapter needs: a database of its own and a Transactor on it.
// Thread-safe but for Query.
class DatabaseRig {
 public:
  explicit DatabaseRig(TempDatabase::Schema schema = TempDatabase::Schema::kMigrated);

  // `options.dsn` is filled in.
  explicit DatabaseRig(postgres::ConnectionOptions options,
                       TempDatabase::Schema schema = TempDatabase::Schema::kMigrated);

  TempDatabase& database() { return database_; }
  postgres::ConnectionPool& pool() { return *pool_; }
  postgres::Transactor& transactor() { return transactor_; }
  system::SystemClock& clock() { return clock_; }
  system::OsEntropy& entropy() { return entropy_; }
  system::OpenSslHasher& hasher() { return hasher_; }
  system::Log& log() { return log_; }

  // One statement on a connection of its own.
  pqxx::result Query(const std::string& sql) { return database_.Query(sql); }

  // The single value of such a statement; empty for NULL.
  std::string Value(const std::string& sql);

  // A call that may take half a minute.
  Call CallBy(std::optional<IdentityId> caller = std::nullopt, const std::string& rpc = "Test");

 private:
  TempDatabase database_;
  system::SystemClock clock_;
  system::OsEntropy entropy_;
  system::OpenSslHasher hasher_;
  system::Log log_;
  std::unique_ptr<postgres::ConnectionPool> pool_;
  postgres::Transactor transactor_;
};

}  // namespace runners::testing
