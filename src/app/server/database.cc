#include "app/server/database.h"

#include <utility>

#include "core/support/status_macros.h"

namespace runners::server {

absl::StatusOr<std::unique_ptr<Database>> Database::Make(postgres::ConnectionOptions options,
                                                         const Clock& clock, system::Log& log) {
  RUNNERS_ASSIGN_OR_RETURN(std::unique_ptr<postgres::ConnectionPool> pool,
                           postgres::ConnectionPool::Create(std::move(options), clock));
  return std::unique_ptr<Database>(new Database(std::move(pool), clock, log));
}

}  // namespace runners::server
