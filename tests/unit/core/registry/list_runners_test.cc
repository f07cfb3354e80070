#include "core/registry/list_runners.h"

#include <functional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "adapters/system/crypto.h"
#include "core/support/error.h"
#include "tests/support/fails.h"
#include "tests/support/scripted_access.h"
#include "tests/unit/core/examples.h"
#include "tests/unit/core/registry/scripted_runner_store.h"

namespace runners::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct ListRunnersTest : ::testing::Test {
  const system::OpenSslHasher hasher{};
  ScriptedAccess access;
  ScriptedRunnerStore store;
  const Authorizer authorizer{access};
  const PageTokenSealer sealer{hasher, {Secret("key"), std::nullopt}};
  ListRunners list_runners{authorizer, store, sealer};
};

std::vector<Runner> Many(int count) {
  std::vector<Runner> runners;
  for (int i = 0; i < count; ++i) runners.push_back(ExampleRunner(i % 10));
  return runners;
}

ListRunnersRequest Filtered() {
  ListRunnersRequest request;
  request.organization_id = kAcme;
  request.statuses = {RunnerStatus::kEnrolled};
  request.labels = {{"region", "eu"}};
  request.capabilities = {"docker"};
  request.name_prefix = "r";
  request.page_size = 1;
  return request;
}

TEST_F(ListRunnersTest, QueryHasTheCallersScopeAndTheFilter) {
  access.answer = CallerAccess{false, {kAcme}, {kGlobex}};

  ASSERT_TRUE(list_runners.Run(CallBy(kAlice), Filtered()).ok());

  ASSERT_EQ(store.queries.size(), 1U);
  const RunnerQuery& query = store.queries[0];
  EXPECT_FALSE(query.visibility.everything);
  EXPECT_THAT(query.visibility.organizations, ElementsAre(kAcme, kGlobex));
  EXPECT_EQ(query.organization_id, kAcme);
  EXPECT_THAT(query.statuses, ElementsAre(RunnerStatus::kEnrolled));
  EXPECT_EQ(query.labels, (Labels{{"region", "eu"}}));
  EXPECT_THAT(query.capabilities, ElementsAre("docker"));
  EXPECT_EQ(query.name_prefix, "r");
  EXPECT_EQ(query.after, std::nullopt);
}

TEST_F(ListRunnersTest, ForeignOrganizationIsDenied) {
  access.answer = MemberAccess(kGlobex);

  EXPECT_TRUE(
      Fails(list_runners.Run(CallBy(kAlice), Filtered()).status(), ErrorReason::kPermissionDenied));
  EXPECT_THAT(store.queries, IsEmpty());
}

TEST_F(ListRunnersTest, AdminAndInternalCallsListAnyOrganization) {
  access.answer = AdminAccess();

  EXPECT_TRUE(list_runners.Run(CallBy(kAlice), Filtered()).ok());
  EXPECT_TRUE(list_runners.Run(InternalCall(), Filtered()).ok());

  for (const RunnerQuery& query : store.queries) EXPECT_TRUE(query.visibility.everything);
}

TEST_F(ListRunnersTest, NextPageStartsAfterTheLastRunner) {
  store.listed = Many(3);
  ListRunnersRequest request;
  request.page_size = 2;

  const RunnerPage page = list_runners.Run(InternalCall(), request).value();
  request.page_token = page.next_page_token;
  store.listed = {ExampleRunner(2)};
  const RunnerPage last = list_runners.Run(InternalCall(), request).value();

  EXPECT_THAT(page.runners, ElementsAre(ExampleRunner(0), ExampleRunner(1)));
  EXPECT_THAT(last.runners, ElementsAre(ExampleRunner(2)));
  EXPECT_THAT(last.next_page_token, IsEmpty());
  EXPECT_EQ(store.queries.at(1).after,
            (RunnerCursor{ExampleRunner(1).created_at, ExampleRunner(1).id}));
}

TEST_F(ListRunnersTest, PageSizeIsBroughtIntoItsBounds) {
  store.listed = Many(101);
  const auto size_of = [&](int asked) {
    ListRunnersRequest request;
    request.page_size = asked;
    return list_runners.Run(InternalCall(), request).value().runners.size();
  };

  EXPECT_EQ(size_of(-1), 50U);
  EXPECT_EQ(size_of(0), 50U);
  EXPECT_EQ(size_of(1), 1U);
  EXPECT_EQ(size_of(100), 100U);
  EXPECT_EQ(size_of(101), 100U);
}

TEST_F(ListRunnersTest, FullLastPageHasNoNext) {
  store.listed = Many(50);

  EXPECT_THAT(list_runners.Run(InternalCall(), {}).value().next_page_token, IsEmpty());
}

TEST_F(ListRunnersTest, TokenFitsItsFilterOnly) {
  access.answer = AdminAccess();
  store.listed = Many(2);
  ListRunnersRequest request = Filtered();
  request.page_token = list_runners.Run(CallBy(kAlice), request).value().next_page_token;
  store.queries.clear();
  const std::vector<std::function<void(ListRunnersRequest&)>> changes = {
      [](ListRunnersRequest& r) { r.organization_id.reset(); },
      [](ListRunnersRequest& r) { r.organization_id = kGlobex; },
      [](ListRunnersRequest& r) { r.statuses.clear(); },
      [](ListRunnersRequest& r) { r.statuses.insert(RunnerStatus::kOffline); },
      [](ListRunnersRequest& r) { r.labels["region"] = "us"; },
      [](ListRunnersRequest& r) { r.labels.clear(); },
      [](ListRunnersRequest& r) { r.capabilities.insert("gpu"); },
      [](ListRunnersRequest& r) { r.name_prefix = "ru"; },
      [](ListRunnersRequest& r) { r.page_token.pop_back(); },
  };

  for (const auto& change : changes) {
    ListRunnersRequest changed = request;
    change(changed);
    EXPECT_TRUE(
        Fails(list_runners.Run(CallBy(kAlice), changed).status(), ErrorReason::kInvalidPageToken));
  }
  EXPECT_THAT(store.queries, IsEmpty());
  request.page_size = 99;  // may change
  EXPECT_TRUE(list_runners.Run(CallBy(kAlice), request).ok());
}

TEST_F(ListRunnersTest, TokenFitsItsCallerOnly) {
  access.answer = AdminAccess();
  store.listed = Many(2);
  ListRunnersRequest request;
  request.page_size = 1;
  request.page_token = list_runners.Run(CallBy(kAlice), request).value().next_page_token;

  EXPECT_TRUE(
      Fails(list_runners.Run(CallBy(kBob), request).status(), ErrorReason::kInvalidPageToken));
  EXPECT_TRUE(
      Fails(list_runners.Run(InternalCall(), request).status(), ErrorReason::kInvalidPageToken));
}

TEST_F(ListRunnersTest, ErrorOfTheStoreIsTheAnswer) {
  store.listed = MakeError(ErrorReason::kDatabaseUnavailable, "away");

  EXPECT_TRUE(
      Fails(list_runners.Run(InternalCall(), {}).status(), ErrorReason::kDatabaseUnavailable));
}

}  // namespace
}  // namespace runners::testing
