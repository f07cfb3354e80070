#include "adapters/postgres/statements.h"

#include <gmock/gmock.h>

#include "tests/integration/postgres/store_fixture.h"

namespace runners::testing {
namespace {

using postgres::ConnectionOptions;
using postgres::StatementUse;
using Transaction = pqxx::transaction_base;

// Everything on one connection, so that the server can be asked what is prepared on it.
ConnectionOptions OneConnection(StatementUse use) {
  return {.max_connections = 1, .statement_use = use};
}

int PreparedOn(DatabaseRig& rig) {
  return rig.transactor()
      .Read(rig.CallBy(),
            [](Transaction& transaction) -> absl::StatusOr<int> {
              return transaction
                  .exec("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'runners%'")[0]
                                                                                                 [0]
                  .as<int>();
            })
      .value();
}

TEST(Statements, AreUnpreparedUnlessTheOptionsSayOtherwise) {
  Stores stores(OneConnection(ConnectionOptions().statement_use));
  stores.Registered("a");
  stores.Registered("b");

  EXPECT_EQ(PreparedOn(stores.rig), 0);
}

TEST(Statements, ArePreparedOnceOnEachConnection) {
  if (TempPostgres::Shared().pooled()) GTEST_SKIP() << "not to be prepared behind a pooler";
  Stores stores(OneConnection(StatementUse::kPrepared));
  stores.Registered("a");
  const int prepared = PreparedOn(stores.rig);
  stores.Registered("b");

  EXPECT_GE(prepared, 2);
  EXPECT_EQ(PreparedOn(stores.rig), prepared);
}

// The stores work the same either way, the second time with what was prepared the first.
TEST(Statements, PreparedOnesDoTheSame) {
  if (TempPostgres::Shared().pooled()) GTEST_SKIP() << "not to be prepared behind a pooler";
  Stores stores(OneConnection(StatementUse::kPrepared));
  for (const char* name : {"a", "b", "c"}) {
    const Runner runner = stores.Registered(name);
    EXPECT_EQ(stores.Enrolled(runner.id).status, RunnerStatus::kEnrolled);
    const auto found = stores.runners.Get(stores.call(), runner.id);
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_EQ((*found)->name, name);
  }
}

TEST(Statements, ConnectionThatReplacesALostOnePreparesThemAnew) {
  if (TempPostgres::Shared().pooled()) GTEST_SKIP() << "not to be prepared behind a pooler";
  Stores stores(OneConnection(StatementUse::kPrepared));
  const Runner runner = stores.Registered("a");
  stores.rig.database().KillConnections();

  EXPECT_TRUE(stores.runners.Get(stores.call(), runner.id).ok());
  EXPECT_EQ(PreparedOn(stores.rig), 1);
}

}  // namespace
}  // namespace runners::testing
