#include "core/access/grants.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "adapters/system/crypto.h"
#include "core/support/error.h"
#include "tests/support/fails.h"
#include "tests/support/scripted_access.h"
#include "tests/unit/core/examples.h"

namespace runners::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Remembers what it is asked and answers what the test says.
class ScriptedGrantStore final : public GrantStore {
 public:
  absl::Status changed;                           // the outcome of Put and Delete
  absl::StatusOr<std::vector<Grant>> listed{{}};  // what List returns, cut to the limit
  std::vector<Grant> put;
  std::vector<Grant> deleted;
  std::vector<GrantQuery> queries;

  absl::Status Put(const Call&, const Grant& grant) override {
    put.push_back(grant);
    return changed;
  }
  absl::Status Delete(const Call&, const Grant& grant) override {
    deleted.push_back(grant);
    return changed;
  }
  absl::StatusOr<std::vector<Grant>> List(const Call&, const GrantQuery& query) override {
    queries.push_back(query);
    std::vector<Grant> grants = listed.value();
    if (grants.size() > static_cast<std::size_t>(query.limit)) {
      grants.erase(grants.begin() + query.limit, grants.end());
    }
    return grants;
  }
};

struct GrantsTest : ::testing::Test {
  GrantsTest() { access.answer = AdminAccess(); }

  const system::OpenSslHasher hasher{};
  ScriptedAccess access;
  ScriptedGrantStore store;
  const Authorizer authorizer{access};
  const PageTokenSealer sealer{hasher, {Secret("key"), std::nullopt}};
  Grants grants{authorizer, store, sealer};
};

Grant MemberOf(const OrganizationId& organization, const IdentityId& identity = kBob) {
  return {identity, Relation::kMember, {organization}, kNow};
}

std::vector<Grant> Many(int count) {
  std::vector<Grant> grants(static_cast<std::size_t>(count), MemberOf(kAcme));
  for (int i = 0; i < count; ++i) {
    grants[static_cast<std::size_t>(i)].created_at = kNow + absl::Microseconds(i);
  }
  return grants;
}

TEST_F(GrantsTest, OnlyClusterAdminsKeepGrants) {
  access.answer = OwnerAccess(kAcme);
  const Call call = CallBy(kAlice);

  EXPECT_TRUE(Fails(grants.Put(call, MemberOf(kAcme)), ErrorReason::kPermissionDenied));
  EXPECT_TRUE(Fails(grants.Delete(call, MemberOf(kAcme)), ErrorReason::kPermissionDenied));
  EXPECT_TRUE(Fails(grants.List(call, {}).status(), ErrorReason::kPermissionDenied));

  EXPECT_THAT(store.put, IsEmpty());
  EXPECT_THAT(store.deleted, IsEmpty());
  EXPECT_THAT(store.queries, IsEmpty());
}

TEST_F(GrantsTest, AdminPutsAndDeletes) {
  EXPECT_TRUE(grants.Put(CallBy(kAlice), MemberOf(kAcme)).ok());
  EXPECT_TRUE(grants.Delete(CallBy(kAlice), MemberOf(kGlobex)).ok());

  EXPECT_THAT(store.put, ElementsAre(MemberOf(kAcme)));
  EXPECT_THAT(store.deleted, ElementsAre(MemberOf(kGlobex)));
}

TEST_F(GrantsTest, MissingGrantIsNotFound) {
  store.changed = MakeError(ErrorReason::kGrantNotFound, "grant not found");

  EXPECT_TRUE(Fails(grants.Delete(CallBy(kAlice), MemberOf(kAcme)), ErrorReason::kGrantNotFound));
}

TEST_F(GrantsTest, NextPageStartsAfterTheLastGrant) {
  store.listed = Many(3);
  ListGrantsRequest request;
  request.object = GrantObject{kAcme};
  request.identity_id = kBob;
  request.page_size = 2;

  const GrantPage page = grants.List(CallBy(kAlice), request).value();
  request.page_token = page.next_page_token;
  store.listed = Many(1);
  const GrantPage last = grants.List(CallBy(kAlice), request).value();

  EXPECT_EQ(page.grants, Many(2));
  EXPECT_EQ(last.grants.size(), 1U);
  EXPECT_THAT(last.next_page_token, IsEmpty());
  ASSERT_EQ(store.queries.size(), 2U);
  EXPECT_EQ(store.queries[0].limit, 3);
  EXPECT_EQ(store.queries[0].after, std::nullopt);
  EXPECT_EQ(store.queries[1].object, request.object);
  EXPECT_EQ(store.queries[1].identity_id, kBob);
  EXPECT_EQ(store.queries[1].after, (GrantCursor{kNow + absl::Microseconds(1), kBob,
                                                 Relation::kMember, GrantObject{kAcme}.text()}));
}

TEST_F(GrantsTest, FullLastPageHasNoNext) {
  store.listed = Many(100);

  const GrantPage page = grants.List(CallBy(kAlice), {{}, {}, 1000, ""}).value();

  EXPECT_EQ(page.grants.size(), 100U);
  EXPECT_THAT(page.next_page_token, IsEmpty());
}

TEST_F(GrantsTest, TokenFitsItsFilterAndCallerOnly) {
  store.listed = Many(2);
  const Call alice = CallBy(kAlice);
  const std::string token = grants.List(alice, {{}, {}, 1, ""}).value().next_page_token;
  store.queries.clear();
  const std::vector<std::pair<Call, ListGrantsRequest>> strangers = {
      {CallBy(kBob), {{}, {}, 1, token}},     {InternalCall(), {{}, {}, 1, token}},
      {alice, {GrantObject{}, {}, 1, token}}, {alice, {GrantObject{kAcme}, {}, 1, token}},
      {alice, {{}, kBob, 1, token}},          {alice, {{}, {}, 1, token + "A"}},
  };

  for (const auto& [call, request] : strangers) {
    EXPECT_TRUE(Fails(grants.List(call, request).status(), ErrorReason::kInvalidPageToken));
  }
  EXPECT_THAT(store.queries, IsEmpty());
  EXPECT_TRUE(grants.List(alice, {{}, {}, 77, token}).ok());  // the page size may change
}

TEST(CheckRelation, AdminIsOfTheClusterAndTheRestOfOrganizations) {
  const auto accepted = [](Relation relation, const GrantObject& object) {
    Violations violations;
    CheckRelation({kBob, relation, object, {}}, violations);
    const absl::Status status = std::move(violations).ToStatus();
    EXPECT_TRUE(status.ok() || DetailOf(status).violations.at(0).field == "relation") << status;
    return status.ok();
  };

  EXPECT_TRUE(accepted(Relation::kAdmin, {}));
  EXPECT_FALSE(accepted(Relation::kOwner, {}));
  EXPECT_FALSE(accepted(Relation::kMember, {}));
  EXPECT_FALSE(accepted(Relation::kAdmin, {kAcme}));
  EXPECT_TRUE(accepted(Relation::kOwner, {kAcme}));
  EXPECT_TRUE(accepted(Relation::kMember, {kAcme}));
}

}  // namespace
}  // namespace runners::testing
