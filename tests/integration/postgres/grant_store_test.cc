#include <gmock/gmock.h>

#include "tests/integration/postgres/store_fixture.h"

namespace runners::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Grant Admin(const IdentityId& identity) {
  return {identity, Relation::kAdmin, {}, {}};
}
Grant Owner(const IdentityId& identity, const OrganizationId& organization) {
  return {identity, Relation::kOwner, {organization}, {}};
}
Grant Member(const IdentityId& identity, const OrganizationId& organization) {
  return {identity, Relation::kMember, {organization}, {}};
}

TEST(GrantStore, PutTwiceKeepsTheFirst) {
  Stores stores;
  ASSERT_TRUE(stores.grants.Put(stores.call(), Admin(kAlice)).ok());
  const std::vector<Grant> first = stores.grants.List(stores.call(), {}).value();

  ASSERT_TRUE(stores.grants.Put(stores.call(), Admin(kAlice)).ok());

  EXPECT_EQ(stores.grants.List(stores.call(), {}).value(), first);
  EXPECT_EQ(first.size(), 1U);
  EXPECT_EQ(stores.rig.Value("SELECT count(*) FROM audit"), "1");
}

TEST(GrantStore, AccessFollowsTheGrants) {
  Stores stores;
  for (const Grant& grant :
       {Owner(kAlice, kAcme), Member(kAlice, kAcme), Member(kAlice, kGlobex)}) {
    ASSERT_TRUE(stores.grants.Put(stores.call(), grant).ok());
  }

  const CallerAccess before = stores.access.AccessOf(stores.call(), kAlice).value();
  ASSERT_TRUE(stores.grants.Put(stores.call(), Admin(kAlice)).ok());
  ASSERT_TRUE(stores.grants.Delete(stores.call(), Owner(kAlice, kAcme)).ok());
  const CallerAccess after = stores.access.AccessOf(stores.call(), kAlice).value();

  EXPECT_FALSE(before.cluster_admin);
  EXPECT_THAT(before.owner_of, ElementsAre(kAcme));
  EXPECT_THAT(before.member_of, ElementsAre(kGlobex));
  EXPECT_TRUE(after.cluster_admin);
  EXPECT_THAT(after.owner_of, IsEmpty());
  EXPECT_THAT(after.member_of, ElementsAre(kAcme, kGlobex));
}

TEST(GrantStore, StrangerHasNoAccess) {
  Stores stores;

  const CallerAccess access = stores.access.AccessOf(stores.call(), kAlice).value();

  EXPECT_FALSE(access.cluster_admin);
  EXPECT_THAT(access.owner_of, IsEmpty());
  EXPECT_THAT(access.member_of, IsEmpty());
}

TEST(GrantStore, DeletingWhatIsNotThereIsAnError) {
  Stores stores;
  ASSERT_TRUE(stores.grants.Put(stores.call(), Member(kAlice, kAcme)).ok());

  EXPECT_TRUE(Fails(stores.grants.Delete(stores.call(), Owner(kAlice, kAcme)),
                    ErrorReason::kGrantNotFound));
  EXPECT_TRUE(stores.grants.Delete(stores.call(), Member(kAlice, kAcme)).ok());
  EXPECT_TRUE(Fails(stores.grants.Delete(stores.call(), Member(kAlice, kAcme)),
                    ErrorReason::kGrantNotFound));
}

TEST(GrantStore, ListPagesThroughEqualTimestamps) {
  Stores stores;
  const IdentityId bob = IdentityId::Parse("dddddddd-0000-4000-8000-000000000004").value();
  std::vector<Grant> put;
  for (const IdentityId& identity : {kAlice, bob}) {
    for (const OrganizationId& organization : {kAcme, kGlobex}) {
      put.push_back(Owner(identity, organization));
      put.push_back(Member(identity, organization));
    }
    put.push_back(Admin(identity));
  }
  for (const Grant& grant : put) ASSERT_TRUE(stores.grants.Put(stores.call(), grant).ok());
  stores.rig.Query("UPDATE grants SET created_at = '2026-01-02 03:04:05.678901+00'");

  GrantQuery query;
  query.limit = 3;
  std::set<std::string> seen;
  while (true) {
    const std::vector<Grant> page = stores.grants.List(stores.call(), query).value();
    if (page.empty()) break;
    for (const Grant& grant : page) {
      EXPECT_TRUE(seen.insert(grant.identity_id.text() + std::string(RelationName(grant.relation)) +
                              grant.object.text())
                      .second);
    }
    const Grant& last = page.back();
    query.after = GrantCursor{last.created_at, last.identity_id, last.relation, last.object.text()};
  }

  EXPECT_EQ(seen.size(), put.size());
}

TEST(GrantStore, ListFiltersByObjectAndIdentity) {
  Stores stores;
  for (const Grant& grant : {Owner(kAlice, kAcme), Member(kAlice, kGlobex), Admin(kAlice)}) {
    ASSERT_TRUE(stores.grants.Put(stores.call(), grant).ok());
  }
  GrantQuery of_acme;
  of_acme.object = GrantObject{kAcme};
  GrantQuery of_cluster;
  of_cluster.object = GrantObject{};
  GrantQuery of_nobody;
  of_nobody.identity_id = IdentityId::Parse("dddddddd-0000-4000-8000-000000000004");

  EXPECT_EQ(stores.grants.List(stores.call(), of_acme).value().at(0).relation, Relation::kOwner);
  EXPECT_EQ(stores.grants.List(stores.call(), of_cluster).value().at(0).relation, Relation::kAdmin);
  EXPECT_THAT(stores.grants.List(stores.call(), of_nobody).value(), IsEmpty());
}

TEST(GrantStore, RelationAndObjectMustFit) {
  Stores stores;

  EXPECT_FALSE(stores.grants.Put(stores.call(), {kAlice, Relation::kAdmin, {kAcme}, {}}).ok());
  EXPECT_FALSE(stores.grants.Put(stores.call(), {kAlice, Relation::kOwner, {}, {}}).ok());
}

}  // namespace
}  // namespace runners::testing
