#include <set>

#include "tests/functional/rpc/rpc_fixture.h"

namespace runners::testing {
namespace {

using grpc::StatusCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

// Runners made at one and the same instant, in scope of `organization`, named <prefix>0000 and on.
void Insert(RpcRig& rig, const std::string& prefix, int count,
            const std::string& organization = "") {
  const std::string scope = organization.empty() ? "NULL" : "'" + organization + "'";
  rig.database().Query(
      "INSERT INTO runners (id, name, organization_id) SELECT gen_random_uuid(), '" + prefix +
      "' || lpad(n::text, 4, '0'), " + scope + " FROM generate_series(0, " +
      std::to_string(count - 1) + ") AS n");
}

pb::ListRunnersRequest Page(int size, const std::string& token = "") {
  pb::ListRunnersRequest request;
  request.set_page_size(size);
  request.set_page_token(token);
  return request;
}

pb::ListRunnersRequest OfOrganization(const std::string& organization) {
  pb::ListRunnersRequest request;
  request.set_organization_id(organization);
  return request;
}

TEST(ListRunners, PageSizesAreNeverAnError) {
  RpcRig rig;
  Insert(rig, "r", 130);
  const std::vector<std::pair<int, int>> cases = {{0, 50},    {-1, 50},        {INT32_MIN, 50},
                                                  {1, 1},     {99, 99},        {100, 100},
                                                  {101, 100}, {INT32_MAX, 100}};

  for (const auto& [asked, got] : cases) {
    const auto answer = TryList(rig, Page(asked), As(kAdminId));
    ASSERT_TRUE(Succeeds(answer));
    EXPECT_EQ(answer->runners_size(), got) << asked;
    EXPECT_NE(answer->next_page_token(), "");
  }
}

TEST(ListRunners, PagesHoldEachRunnerOnceInOrder) {
  RpcRig rig;
  Insert(rig, "r", 25);
  Insert(rig, "s", 25);

  std::vector<std::string> ids;
  std::vector<int> sizes;
  std::string token;
  do {
    const auto answer = TryList(rig, Page(20, token), As(kAdminId));
    ASSERT_TRUE(Succeeds(answer));
    for (const pb::Runner& runner : answer->runners()) ids.push_back(runner.meta().id());
    sizes.push_back(answer->runners_size());
    token = answer->next_page_token();
  } while (!token.empty());

  EXPECT_THAT(sizes, ElementsAre(20, 20, 10));
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 50U);
  const auto all = rig.database().Query("SELECT id FROM runners ORDER BY created_at, id");
  std::vector<std::string> in_order;
  for (const pqxx::row& row : all) in_order.emplace_back(row[0].c_str());
  EXPECT_EQ(ids, in_order);
}

TEST(ListRunners, ALastPageThatIsFullHasNoToken) {
  RpcRig rig;
  Insert(rig, "r", 4);

  const auto first = TryList(rig, Page(2), As(kAdminId));
  const auto second = TryList(rig, Page(2, first->next_page_token()), As(kAdminId));

  EXPECT_EQ(second->runners_size(), 2);
  EXPECT_EQ(second->next_page_token(), "");
}

// What the caller cannot see is left out by the query, not from the page afterwards.
TEST(ListRunners, PagesAreFullHoweverMuchIsHidden) {
  RpcRig rig;
  Insert(rig, "hidden", 30, kGlobexId);
  Insert(rig, "seen", 7, kAcmeId);
  Insert(rig, "hiddentoo", 30, kGlobexId);

  const auto first = TryList(rig, Page(5), As(kMemberId));
  const auto second = TryList(rig, Page(5, first->next_page_token()), As(kMemberId));

  EXPECT_EQ(first->runners_size(), 5);
  EXPECT_EQ(second->runners_size(), 2);
  for (const std::string& name : NamesOf(first.response)) EXPECT_THAT(name, StartsWith("seen"));
}

TEST(ListRunners, APageMayHaveAnotherSizeThanTheOneBefore) {
  RpcRig rig;
  Insert(rig, "r", 10);

  const auto first = TryList(rig, Page(3), As(kAdminId));
  const auto second = TryList(rig, Page(100, first->next_page_token()), As(kAdminId));

  EXPECT_EQ(second->runners_size(), 7);
}

TEST(ListRunners, ADeletedRunnerDoesNotSpoilTheNextPage) {
  RpcRig rig;
  Insert(rig, "r", 4);
  const auto first = TryList(rig, Page(2), As(kAdminId));
  rig.Delete(first->runners(1).meta().id());  // the token stands behind this one

  const auto second = TryList(rig, Page(2, first->next_page_token()), As(kAdminId));

  EXPECT_EQ(second->runners_size(), 2);
}

// A token, and questions it does not belong to.
class PageToken : public ::testing::Test {
 protected:
  PageToken() {
    Insert(rig_, "r", 3);
    token_ = TryList(rig_, Page(1), As(kAdminId))->next_page_token();
  }

  void ExpectRefused(const pb::ListRunnersRequest& request, const From& from = As(kAdminId)) {
    const auto answer = TryList(rig_, request, from);
    EXPECT_TRUE(FailsWith(answer, StatusCode::INVALID_ARGUMENT, "INVALID_PAGE_TOKEN"));
    EXPECT_THAT(answer.status.error_message(), StartsWith("invalid page_token: "));
    ASSERT_EQ(ErrorOf(answer.status).violations.size(), 1U);
    EXPECT_EQ(ErrorOf(answer.status).violations[0].first, "page_token");
  }

  RpcRig rig_;
  std::string token_;
};

TEST_F(PageToken, GarbageIsRefused) {
  for (const char* garbage : {"x", "====", "abcd", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                              "'; DROP TABLE runners; --", "\xF0\x9F\x9A\x80"}) {
    ExpectRefused(Page(1, garbage));
  }
  ExpectRefused(Page(1, std::string(100'000, 'A')));
}

TEST_F(PageToken, OneThatWasTamperedWithIsRefused) {
  ASSERT_FALSE(token_.empty());
  for (std::size_t i = 0; i < token_.size(); ++i) {
    std::string other = token_;
    other[i] = other[i] == 'A' ? 'B' : 'A';
    if (i + 2 >= token_.size()) continue;  // the last characters may carry bits that say nothing
    ExpectRefused(Page(1, other));
  }
  ExpectRefused(Page(1, token_.substr(0, token_.size() - 4)));
  ExpectRefused(Page(1, token_ + token_));
}

TEST_F(PageToken, OfAnotherCallerIsRefused) {
  rig_.Grant(kStrangerId, Relation::kAdmin);

  ExpectRefused(Page(1, token_), As(kStrangerId));
  ExpectRefused(Page(1, token_), Nobody());
}

TEST_F(PageToken, OfAnotherFilterIsRefused) {
  pb::ListRunnersRequest organization = Page(1, token_);
  organization.set_organization_id(kAcmeId);
  pb::ListRunnersRequest status = Page(1, token_);
  status.add_statuses(pb::RUNNER_STATUS_PENDING);
  pb::ListRunnersRequest label = Page(1, token_);
  (*label.mutable_labels())["region"] = "";
  pb::ListRunnersRequest capability = Page(1, token_);
  capability.add_capabilities("gpu");
  pb::ListRunnersRequest prefix = Page(1, token_);
  prefix.set_name_prefix("r");

  for (const auto& request : {organization, status, label, capability, prefix}) {
    ExpectRefused(request);
  }
}

TEST_F(PageToken, OfTheListOfGrantsIsRefused) {
  pb::ListGrantsRequest grants;
  grants.set_page_size(1);
  const std::string other = TryListGrants(rig_, grants)->next_page_token();
  ASSERT_FALSE(other.empty());

  ExpectRefused(Page(1, other));
}

TEST_F(PageToken, DoesNotShowWhereItStands) {
  const auto runner = TryList(rig_, Page(1), As(kAdminId))->runners(0);

  EXPECT_EQ(token_.find(runner.meta().id()), std::string::npos);
}

TEST(ListRunners, WithAnOrganizationShowsItsRunnersAndTheClusters) {
  RpcRig rig;
  rig.Register("acme", kAcmeId);
  rig.Register("globex", kGlobexId);
  rig.Register("cluster");

  for (const char* caller : {kMemberId, kOwnerId, kAdminId}) {
    EXPECT_THAT(NamesOf(TryList(rig, OfOrganization(kAcmeId), As(caller)).response),
                ElementsAre("acme", "cluster"));
  }
  EXPECT_THAT(NamesOf(TryList(rig, OfOrganization(kAcmeId), Nobody()).response),
              ElementsAre("acme", "cluster"));
}

TEST(ListRunners, OfAForeignOrganizationIsDenied) {
  RpcRig rig;

  EXPECT_TRUE(FailsWith(TryList(rig, OfOrganization(kGlobexId), As(kOwnerId)),
                        StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED"));
}

TEST(ListRunners, WithoutAnOrganizationShowsWhatTheCallerMaySee) {
  RpcRig rig;
  rig.Grant(kMemberId, Relation::kOwner, kGlobexId);  // member of one, owner of another
  const std::string third = "cccccccc-0000-4000-8000-000000000003";
  rig.Register("acme", kAcmeId);
  rig.Register("globex", kGlobexId);
  rig.Register("third", third);
  rig.Register("cluster");

  EXPECT_THAT(NamesOf(TryList(rig, {}, As(kStrangerId)).response), ElementsAre("cluster"));
  EXPECT_THAT(NamesOf(TryList(rig, {}, As(kOwnerId)).response), ElementsAre("acme", "cluster"));
  EXPECT_THAT(NamesOf(TryList(rig, {}, As(kMemberId)).response),
              ElementsAre("acme", "globex", "cluster"));
  EXPECT_THAT(NamesOf(TryList(rig, {}, As(kAdminId)).response),
              ElementsAre("acme", "globex", "third", "cluster"));
  EXPECT_THAT(NamesOf(TryList(rig, {}, Nobody()).response),
              ElementsAre("acme", "globex", "third", "cluster"));
}

class ListFilter : public ::testing::Test {
 protected:
  ListFilter() {
    Add("eu-1", {{"region", "eu"}, {"tier", ""}}, {"gpu", "docker"});
    Add("eu-2", {{"region", "eu"}}, {"docker"});
    Add("us-1", {{"region", "us"}}, {"gpu"});
    rig_.Enroll(rig_.Register("EU-3").service_token());
  }

  void Add(const std::string& name, const std::map<std::string, std::string>& labels,
           const std::vector<std::string>& capabilities) {
    pb::RegisterRunnerRequest request = Described(name);
    for (const auto& [key, value] : labels) (*request.mutable_labels())[key] = value;
    for (const std::string& capability : capabilities) request.add_capabilities(capability);
    rig_.Register(request);
  }

  std::vector<std::string> Found(const pb::ListRunnersRequest& request) {
    const auto answer = TryList(rig_, request, As(kAdminId));
    EXPECT_TRUE(Succeeds(answer));
    return NamesOf(answer.response);
  }

  RpcRig rig_;
  pb::ListRunnersRequest asked_;
};

TEST_F(ListFilter, ByStatus) {
  asked_.add_statuses(pb::RUNNER_STATUS_ENROLLED);
  EXPECT_THAT(Found(asked_), ElementsAre("EU-3"));

  asked_.add_statuses(pb::RUNNER_STATUS_PENDING);
  EXPECT_THAT(Found(asked_), ElementsAre("eu-1", "eu-2", "us-1", "EU-3"));

  asked_.clear_statuses();
  asked_.add_statuses(pb::RUNNER_STATUS_OFFLINE);
  EXPECT_THAT(Found(asked_), IsEmpty());
}

TEST_F(ListFilter, ByLabelsAllOfThem) {
  (*asked_.mutable_labels())["region"] = "eu";
  EXPECT_THAT(Found(asked_), ElementsAre("eu-1", "eu-2"));

  (*asked_.mutable_labels())["tier"] = "";  // an empty value is not a missing key
  EXPECT_THAT(Found(asked_), ElementsAre("eu-1"));
}

TEST_F(ListFilter, ByCapabilitiesAllOfThem) {
  asked_.add_capabilities("gpu");
  EXPECT_THAT(Found(asked_), ElementsAre("eu-1", "us-1"));

  asked_.add_capabilities("docker");
  EXPECT_THAT(Found(asked_), ElementsAre("eu-1"));
}

TEST_F(ListFilter, ByNamePrefixInItsCase) {
  asked_.set_name_prefix("eu-");
  EXPECT_THAT(Found(asked_), ElementsAre("eu-1", "eu-2"));

  asked_.set_name_prefix("e_");  // no pattern
  EXPECT_THAT(Found(asked_), IsEmpty());
}

TEST_F(ListFilter, ByEverythingAtOnce) {
  asked_.add_statuses(pb::RUNNER_STATUS_PENDING);
  (*asked_.mutable_labels())["region"] = "eu";
  asked_.add_capabilities("docker");
  asked_.set_name_prefix("eu-2");

  EXPECT_THAT(Found(asked_), ElementsAre("eu-2"));
}

TEST_F(ListFilter, PagesOfAFilterAreFull) {
  (*asked_.mutable_labels())["region"] = "eu";
  asked_.set_page_size(1);
  const auto first = TryList(rig_, asked_, As(kAdminId));
  asked_.set_page_token(first->next_page_token());

  EXPECT_THAT(NamesOf(first.response), ElementsAre("eu-1"));
  EXPECT_THAT(Found(asked_), ElementsAre("eu-2"));
}

TEST_F(ListFilter, AStatusThatIsNoneIsInvalid) {
  asked_.add_statuses(pb::RUNNER_STATUS_PENDING);
  asked_.add_statuses(pb::RUNNER_STATUS_UNSPECIFIED);
  asked_.add_statuses(static_cast<pb::RunnerStatus>(17));

  EXPECT_TRUE(Refuses(TryList(rig_, asked_, As(kAdminId)), {"statuses[1]", "statuses[2]"}));
}

TEST(ListRunners, AHundredOfTheLargestFitAClientWithDefaultArguments) {
  RpcRig rig;
  pb::RegisterRunnerRequest request = Described(std::string(255, 'n'), kAcmeId);
  for (const std::string& key : Numbered(std::string(60, 'k'), 64)) {
    (*request.mutable_labels())[key] = std::string(100, 'v');
  }
  for (const std::string& capability : Numbered(std::string(88, 'c'), 64)) {
    request.add_capabilities(capability);
  }
  rig.Register(request);
  rig.database().Query(
      "INSERT INTO runners (id, name, organization_id, labels, capabilities) SELECT "
      "gen_random_uuid(), name, organization_id, labels, capabilities FROM runners, "
      "generate_series(2, 100)");

  const auto answer = TryList(rig, Page(100), As(kAdminId));

  ASSERT_TRUE(Succeeds(answer));
  EXPECT_EQ(answer->runners_size(), 100);
  EXPECT_GT(answer->ByteSizeLong(), 1'500'000U);
}

}  // namespace
}  // namespace runners::testing
