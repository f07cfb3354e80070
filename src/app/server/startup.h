#pragma once

#include <stop_token>

#include "absl/status/statusor.h"

#include "adapters/postgres/settings.h"
#include "adapters/postgres/transaction.h"
#include "adapters/system/log.h"
#include "core/ports/crypto.h"

namespace runners::server {

// What a start does about the schema.
enum class SchemaPolicy { kMigrate, kVerifyOnly };

// Brings the database to where this binary can run on it, or finds that it is, and reads what all
// replicas share. While the database is away it tries again, with pauses that grow to five seconds,
// until a stop is requested (CANCELLED). Other errors: those of Migrator and PostgresSettings that
// do not pass by themselves, with a sentence that says what to do.
absl::StatusOr<postgres::SharedSettings> PrepareDatabase(postgres::Transactor& transactor,
                                                         SchemaPolicy policy, const Hasher& hasher,
                                                         system::Log& log,
                                                         const std::stop_token& stop);

}  // namespace runners::server
