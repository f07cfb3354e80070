#include "tests/support/database_rig.h"

#include <utility>

namespace runners::testing {

DatabaseRig::DatabaseRig(TempDatabase::Schema schema)
    : DatabaseRig(postgres::ConnectionOptions{}, schema) {}

DatabaseRig::DatabaseRig(postgres::ConnectionOptions options, TempDatabase::Schema schema)
    : database_(schema),
      log_(system::LogLevel::kDebug, system::LogFormat::kText),
      pool_([&] {
        options.dsn = database_.dsn();
        return std::move(postgres::ConnectionPool::Create(std::move(options), clock_)).value();
      }()),
      transactor_(*pool_, clock_, log_) {}

std::string DatabaseRig::Value(const std::string& sql) {
  return Query(sql)[0][0].c_str();
}

Call DatabaseRig::CallBy(std::optional<IdentityId> caller, const std::string& rpc) {
  return {rpc, entropy_.NewUuid(), std::move(caller), clock_.Now() + absl::Seconds(30)};
}

}  // namespace runners::testing
