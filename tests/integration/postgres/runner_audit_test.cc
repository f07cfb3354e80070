#include <gmock/gmock.h>

#include "tests/integration/postgres/store_fixture.h"

namespace runners::testing {
namespace {

TEST(RunnerAudit, TellsWhoChangedWhatAndNoSecret) {
  Stores stores;
  const Call call = stores.call();
  const NewRunner description = stores.Described("before");
  ASSERT_TRUE(stores.runners.Register(call, description).ok());
  ASSERT_TRUE(stores.runners.Update(call, {description.id, "after", {}, {}, {}}).ok());
  ASSERT_TRUE(stores.runners.Delete(call, description.id, std::nullopt).ok());

  const pqxx::result rows = stores.rig.Query(
      "SELECT actor, rpc, request_id, subject_id, before ->> 'name', after ->> 'name' FROM audit "
      "WHERE subject_kind = 'runner' ORDER BY id");
  ASSERT_EQ(rows.size(), 3U);
  for (const pqxx::row& row : rows) {
    EXPECT_STREQ(row[0].c_str(), kAlice.text().c_str());
    EXPECT_STREQ(row[1].c_str(), call.rpc.c_str());
    EXPECT_STREQ(row[2].c_str(), call.request_id.c_str());
    EXPECT_STREQ(row[3].c_str(), description.id.text().c_str());
  }
  EXPECT_TRUE(rows[0][4].is_null());
  EXPECT_STREQ(rows[0][5].c_str(), "before");
  EXPECT_STREQ(rows[1][4].c_str(), "before");
  EXPECT_STREQ(rows[1][5].c_str(), "after");
  EXPECT_STREQ(rows[2][4].c_str(), "after");
  EXPECT_TRUE(rows[2][5].is_null());

  const std::string digest = stores.rig.Value("SELECT encode(digest, 'hex') FROM service_tokens");
  ASSERT_EQ(digest.size(), 64U);
  EXPECT_EQ(
      stores.rig.Value("SELECT count(*) FROM audit WHERE audit::text LIKE '%" + digest + "%'"),
      "0");
}

TEST(RunnerAudit, ChangeThatFailsLeavesNoTraceAtAll) {
  Stores stores;
  const NewRunner first = stores.Described("first");
  stores.Registered(first);
  NewRunner twin = stores.Described("twin");
  twin.organization_id = kAcme;
  twin.token.digest = first.token.digest;  // refused by the second of its statements
  const std::string trace =
      "SELECT concat_ws(' ', (SELECT count(*) FROM runners), (SELECT count(*) FROM audit), "
      "(SELECT count(*) FROM work), (SELECT count(*) FROM grants))";
  const std::string before = stores.rig.Value(trace);

  EXPECT_TRUE(Fails(stores.runners.Register(stores.call(), twin).status(), ErrorReason::kInternal));

  EXPECT_EQ(stores.rig.Value(trace), before);
}

TEST(RunnerAudit, MembershipComesAndGoesWithItsAudit) {
  Stores stores;
  NewRunner description = stores.Described("r");
  description.organization_id = kAcme;
  const Runner runner = stores.Registered(description);
  ASSERT_TRUE(stores.runners.Delete(stores.call(), runner.id, std::nullopt).ok());

  EXPECT_EQ(stores.rig.Value("SELECT string_agg(CASE WHEN before IS NULL THEN 'made ' ELSE 'gone ' "
                             "END || subject_id, ', ' ORDER BY id) "
                             "FROM audit WHERE subject_kind = 'grant'"),
            "made " + runner.id.text() + " member organization:" + kAcme.text() + ", gone " +
                runner.id.text() + " member organization:" + kAcme.text());
}

TEST(RunnerAudit, InternalCallHasNoActor) {
  Stores stores;
  const NewRunner description = stores.Described("r");

  ASSERT_TRUE(stores.runners.Register(stores.rig.CallBy(std::nullopt), description).ok());

  EXPECT_EQ(stores.rig.Value("SELECT count(*) FROM audit WHERE actor IS NULL"), "1");
}

}  // namespace
}  // namespace runners::testing
