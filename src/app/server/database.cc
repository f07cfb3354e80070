#include "app/server/database.h"

#include <utility>

#include "core/support/status_macros.h"

namespace runners::server {

absl::StatusOr<std::unique_ptr<Database>> Database::Make(const Secret& url, int connections,
                                                         const std::string& name,
                                                         const Clock& clock, system::Log& log) {
  postgres::ConnectionOptions options;
  options.dsn = url;
  options.max_connections = connections;
  options.application_name = name;
  RUNNERS_ASSIGN_OR_RETURN(std::unique_ptr<postgres::ConnectionPool> pool,
                           postgres::ConnectionPool::Create(std::move(options), clock));
  return std::unique_ptr<Database>(new Database(std::move(pool), clock, log));
}

}  // namespace runners::server
