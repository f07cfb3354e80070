#include "tests/functional/rpc/rpc_fixture.h"

namespace runners::testing {
namespace {

using grpc::StatusCode;
using ::testing::ElementsAre;
using ::testing::StartsWith;

const std::string kAcme = std::string("organization:") + kAcmeId;

std::vector<std::string> LinesOf(const pb::ListGrantsResponse& page) {
  std::vector<std::string> lines;
  for (const pb::Grant& grant : page.grants()) {
    lines.push_back(grant.identity_id() + " " + grant.relation() + " " + grant.object());
  }
  return lines;
}

TEST(PutGrant, GivesTheRightsAndDeleteGrantTakesThem) {
  RpcRig rig;
  ASSERT_TRUE(FailsWith(TryRegister(rig, Described("r", kAcmeId), As(kStrangerId)),
                        StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED"));

  ASSERT_TRUE(Succeeds(TryPutGrant(rig, kStrangerId, "owner", kAcme)));
  EXPECT_TRUE(Succeeds(TryRegister(rig, Described("r", kAcmeId), As(kStrangerId))));

  ASSERT_TRUE(Succeeds(TryDeleteGrant(rig, kStrangerId, "owner", kAcme)));
  EXPECT_TRUE(FailsWith(TryRegister(rig, Described("r", kAcmeId), As(kStrangerId)),
                        StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED"));
}

TEST(PutGrant, OfWhatIsGrantedAlreadyChangesNothing) {
  RpcRig rig;
  pb::ListGrantsRequest request;
  request.set_identity_id(kOwnerId);
  const auto before = TryListGrants(rig, request);

  ASSERT_TRUE(Succeeds(TryPutGrant(rig, kOwnerId, "owner", kAcme)));

  const auto after = TryListGrants(rig, request);
  EXPECT_TRUE(Same(after.response, before.response));
  EXPECT_EQ(after->grants_size(), 1);
}

TEST(PutGrant, IdsAreCanonicalAfterwards) {
  RpcRig rig;
  pb::ListGrantsRequest request;
  request.set_identity_id(" ABCDEF00-0000-4000-8000-00000000ABCD ");

  ASSERT_TRUE(Succeeds(TryPutGrant(rig, "ABCDEF00-0000-4000-8000-00000000ABCD", "member",
                                   "organization:AAAAAAAA-0000-4000-8000-000000000001")));

  EXPECT_THAT(LinesOf(TryListGrants(rig, request).response),
              ElementsAre("abcdef00-0000-4000-8000-00000000abcd member " + kAcme));
}

TEST(PutGrant, NamesEveryViolationAtOnce) {
  RpcRig rig;

  EXPECT_TRUE(Refuses(TryPutGrant(rig, "", "", ""), {"identity_id", "relation", "object"}));
  EXPECT_TRUE(Refuses(TryDeleteGrant(rig, "x", "admins", "cluster:local"),
                      {"identity_id", "relation", "object"}));
}

TEST(PutGrant, RelationMustExistOnTheObject) {
  RpcRig rig;

  EXPECT_TRUE(Refuses(TryPutGrant(rig, kStrangerId, "admin", kAcme), {"relation"}));
  EXPECT_TRUE(Refuses(TryPutGrant(rig, kStrangerId, "owner", "cluster:global"), {"relation"}));
  EXPECT_TRUE(Refuses(TryPutGrant(rig, kStrangerId, "member", "cluster:global"), {"relation"}));
}

TEST(PutGrant, ObjectsHaveTwoForms) {
  RpcRig rig;

  for (const std::string& object : {std::string("cluster"), std::string("cluster:Global"),
                                    std::string("organization:"), std::string("organization:acme"),
                                    std::string("organisation:") + kAcmeId, std::string(kAcmeId)}) {
    EXPECT_TRUE(Refuses(TryPutGrant(rig, kStrangerId, "owner", object), {"object"})) << object;
  }
}

TEST(DeleteGrant, OfWhatIsNotGrantedIsNotFound) {
  RpcRig rig;

  const auto answer = TryDeleteGrant(rig, kMemberId, "owner", kAcme);

  EXPECT_TRUE(FailsWith(answer, StatusCode::NOT_FOUND, "GRANT_NOT_FOUND"));
}

TEST(ListGrants, FiltersByObjectAndIdentity) {
  RpcRig rig;
  pb::ListGrantsRequest of_acme;
  of_acme.set_object(kAcme);
  pb::ListGrantsRequest of_cluster;
  of_cluster.set_object("cluster:global");
  pb::ListGrantsRequest of_owner_there = of_acme;
  of_owner_there.set_identity_id(kOwnerId);

  EXPECT_THAT(LinesOf(TryListGrants(rig, of_acme).response),
              ElementsAre(std::string(kOwnerId) + " owner " + kAcme,
                          std::string(kMemberId) + " member " + kAcme));
  EXPECT_THAT(LinesOf(TryListGrants(rig, of_cluster).response),
              ElementsAre(std::string(kAdminId) + " admin cluster:global"));
  EXPECT_EQ(TryListGrants(rig, of_owner_there)->grants_size(), 1);
  EXPECT_EQ(TryListGrants(rig, {})->grants_size(), 4);
}

TEST(ListGrants, GrantsSayWhenTheyWereMade) {
  RpcRig rig;
  rig.database().Query("UPDATE grants SET created_at = '2026-01-02 03:04:05.678901+00'");

  const pb::Grant grant = TryListGrants(rig, {})->grants(0);

  EXPECT_EQ(grant.created_at().seconds(), 1767323045);
  EXPECT_EQ(grant.created_at().nanos(), 678901000);
}

TEST(ListGrants, EmptyFiltersAreInvalid) {
  RpcRig rig;
  pb::ListGrantsRequest request;
  request.set_object("");
  request.set_identity_id("");

  EXPECT_TRUE(Refuses(TryListGrants(rig, request), {"identity_id", "object"}));
}

TEST(ListGrants, PagesHoldEachGrantOnce) {
  RpcRig rig;
  std::vector<std::string> lines;
  pb::ListGrantsRequest request;
  request.set_page_size(3);
  do {
    const auto answer = TryListGrants(rig, request);
    ASSERT_TRUE(Succeeds(answer));
    for (const std::string& line : LinesOf(answer.response)) lines.push_back(line);
    request.set_page_token(answer->next_page_token());
  } while (!request.page_token().empty());

  EXPECT_EQ(lines, LinesOf(TryListGrants(rig, {}).response));
}

TEST(ListGrants, PageSizesAreNeverAnError) {
  RpcRig rig;
  rig.database().Query(
      "INSERT INTO grants (identity_id, relation) SELECT gen_random_uuid(), 'admin' FROM "
      "generate_series(1, 130)");

  for (const auto& [asked, got] :
       std::vector<std::pair<int, int>>{{0, 50}, {-7, 50}, {1, 1}, {100, 100}, {1000, 100}}) {
    pb::ListGrantsRequest request;
    request.set_page_size(asked);
    EXPECT_EQ(TryListGrants(rig, request)->grants_size(), got) << asked;
  }
}

TEST(ListGrants, BadPageTokensAreRefused) {
  RpcRig rig;
  rig.Grant(kStrangerId, Relation::kAdmin);
  pb::ListGrantsRequest request;
  request.set_page_size(1);
  const std::string token = TryListGrants(rig, request)->next_page_token();
  request.set_page_token(token);
  pb::ListGrantsRequest other_filter = request;
  other_filter.set_object("cluster:global");
  pb::ListGrantsRequest garbage = request;
  garbage.set_page_token("garbage");

  for (const auto& answer : {TryListGrants(rig, other_filter), TryListGrants(rig, garbage),
                             TryListGrants(rig, request, As(kStrangerId))}) {
    EXPECT_TRUE(FailsWith(answer, StatusCode::INVALID_ARGUMENT, "INVALID_PAGE_TOKEN"));
    EXPECT_THAT(answer.status.error_message(), StartsWith("invalid page_token: "));
  }
}

}  // namespace
}  // namespace runners::testing
