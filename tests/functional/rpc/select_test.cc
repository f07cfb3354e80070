#include <set>

#include "tests/functional/rpc/rpc_fixture.h"

namespace runners::testing {
namespace {

using grpc::StatusCode;
using ::testing::HasSubstr;
using ::testing::Not;

using Pairs = std::map<std::string, std::string>;

class SelectRunner : public ::testing::Test {
 protected:
  // An enrolled runner.
  pb::Runner Add(const std::string& name, const std::string& organization, const Pairs& labels = {},
                 const std::vector<std::string>& capabilities = {}) {
    pb::RegisterRunnerRequest request = Described(name, organization);
    for (const auto& [key, value] : labels) (*request.mutable_labels())[key] = value;
    for (const std::string& capability : capabilities) request.add_capabilities(capability);
    return rig_.RegisterEnrolled(request);
  }

  static pb::SelectRunnerRequest Wanted(const Pairs& labels = {},
                                        const std::vector<std::string>& capabilities = {}) {
    pb::SelectRunnerRequest request;
    request.set_organization_id(kAcmeId);
    for (const auto& [key, value] : labels) (*request.mutable_labels())[key] = value;
    for (const std::string& capability : capabilities) request.add_capabilities(capability);
    return request;
  }

  // The refusal of a selection nobody qualifies for: its sentence is this one, and the same is in
  // ErrorInfo and PreconditionFailure.
  RpcError Refused(const pb::SelectRunnerRequest& request, const std::string& sentence) {
    const auto answer = TrySelect(rig_, request);
    EXPECT_TRUE(FailsWith(answer, StatusCode::FAILED_PRECONDITION, "NO_RUNNER_QUALIFIES"));
    EXPECT_EQ(answer.status.error_message(), sentence);
    RpcError error = ErrorOf(answer.status);
    EXPECT_FALSE(error.preconditions.empty());
    for (const RpcError::Precondition& one : error.preconditions) {
      EXPECT_THAT(error.metadata["unmet"], HasSubstr(one.subject + ": " + one.description));
    }
    return error;
  }

  RpcRig rig_;
};

TEST_F(SelectRunner, AnswersWithOneThatQualifies) {
  const pb::Runner wanted = Add("wanted", kAcmeId, {{"region", "eu"}}, {"gpu", "docker"});
  Add("elsewhere", kAcmeId, {{"region", "us"}}, {"gpu"});
  Add("without", kAcmeId, {{"region", "eu"}}, {"docker"});

  const auto answer = TrySelect(rig_, Wanted({{"region", "eu"}}, {"gpu"}));

  ASSERT_TRUE(Succeeds(answer));
  EXPECT_TRUE(Same(answer->runner(), wanted));
  EXPECT_FALSE(answer->has_candidate_count());
}

TEST_F(SelectRunner, CountsCandidatesWhenAsked) {
  Add("a", kAcmeId);
  Add("b", "");
  Add("foreign", kGlobexId);
  pb::SelectRunnerRequest request = Wanted();
  request.set_count_candidates(true);

  const auto answer = TrySelect(rig_, request);

  ASSERT_TRUE(Succeeds(answer));
  EXPECT_TRUE(answer->has_candidate_count());
  EXPECT_EQ(answer->candidate_count(), 2);
}

TEST_F(SelectRunner, DrawsFromAllThatQualify) {
  std::set<std::string> qualified = {Add("a", kAcmeId).name(), Add("b", kAcmeId).name(),
                                     Add("c", "").name()};
  Add("foreign", kGlobexId);

  std::set<std::string> drawn;
  for (int i = 0; i < 200; ++i) drawn.insert(TrySelect(rig_, Wanted())->runner().name());

  EXPECT_EQ(drawn, qualified);
}

TEST_F(SelectRunner, ARequiredEmptyValueDoesNotMatchAMissingKey) {
  Add("without", kAcmeId);
  Refused(Wanted({{"tier", ""}}), "no runner qualifies: label tier=: 0 of 1");

  Add("with", kAcmeId, {{"tier", ""}});
  EXPECT_EQ(TrySelect(rig_, Wanted({{"tier", ""}}))->runner().name(), "with");
}

TEST_F(SelectRunner, ComparisonIsExactAndCaseSensitive) {
  Add("r", kAcmeId, {{"region", "eu"}}, {"gpu"});

  Refused(Wanted({{"region", "EU"}}), "no runner qualifies: label region=EU: 0 of 1");
  Refused(Wanted({{"region", "eu "}}), "no runner qualifies: label region=eu : 0 of 1");
  Refused(Wanted({}, {"GPU"}), "no runner qualifies: capability GPU: 0 of 1");
  Refused(Wanted({}, {"gp"}), "no runner qualifies: capability gp: 0 of 1");
}

TEST_F(SelectRunner, DuplicateCapabilitiesCountOnce) {
  Add("r", kAcmeId, {}, {"gpu"});

  EXPECT_TRUE(Succeeds(TrySelect(rig_, Wanted({}, {"gpu", "gpu"}))));
  const RpcError error =
      Refused(Wanted({}, {"tpu", "tpu"}), "no runner qualifies: capability tpu: 0 of 1");
  EXPECT_EQ(error.preconditions.size(), 1U);
}

TEST_F(SelectRunner, NeverAnswersWithAnExcludedOne) {
  const std::string first = Add("first", kAcmeId).meta().id();
  Add("second", kAcmeId);
  pb::SelectRunnerRequest request = Wanted();
  request.add_exclude_runner_ids(" " + first);
  request.add_exclude_runner_ids(kStrangerId);  // unknown ones do no harm

  for (int i = 0; i < 20; ++i) EXPECT_EQ(TrySelect(rig_, request)->runner().name(), "second");
}

TEST_F(SelectRunner, WithNobodyInScopeSaysSo) {
  Add("foreign", kGlobexId, {{"region", "eu"}});

  const RpcError error = Refused(Wanted({{"region", "eu"}}), "no runner is in scope");

  EXPECT_EQ(error.preconditions[0].type, "SCOPE");
  EXPECT_EQ(error.metadata.at("in_scope"), "0");
}

TEST_F(SelectRunner, WithNobodyEnrolledSaysSo) {
  rig_.Register("a", kAcmeId);
  rig_.Register("b");

  const RpcError error = Refused(Wanted(), "no runner in scope is enrolled: 0 of 2");

  EXPECT_EQ(error.preconditions[0].type, "STATUS");
  EXPECT_EQ(error.metadata.at("in_scope"), "2");
  EXPECT_EQ(error.metadata.at("enrolled"), "0");
}

TEST_F(SelectRunner, WithAllExcludedSaysSo) {
  pb::SelectRunnerRequest request = Wanted();
  request.add_exclude_runner_ids(Add("a", kAcmeId).meta().id());
  request.add_exclude_runner_ids(Add("b", "").meta().id());

  const RpcError error = Refused(request, "every enrolled runner in scope is excluded: 2 of 2");

  EXPECT_EQ(error.preconditions[0].type, "EXCLUSION");
}

TEST_F(SelectRunner, NamesEveryConstraintNobodyMeets) {
  Add("a", kAcmeId, {{"region", "eu"}}, {"docker"});
  Add("b", "", {{"region", "us"}}, {"docker"});

  const RpcError error =
      Refused(Wanted({{"gpu-model", "h100"}, {"region", "eu"}}, {"docker", "tpu"}),
              "no runner qualifies: label gpu-model=h100: 0 of 2; capability tpu: 0 of 2");

  ASSERT_EQ(error.preconditions.size(), 2U);
  EXPECT_EQ(error.preconditions[0].type, "LABEL");
  EXPECT_EQ(error.preconditions[0].subject, "gpu-model=h100");
  EXPECT_EQ(error.preconditions[0].description, "0 of 2");
  EXPECT_EQ(error.preconditions[1].type, "CAPABILITY");
  EXPECT_EQ(error.preconditions[1].subject, "tpu");
}

TEST_F(SelectRunner, WhenEachIsMetBySomeSaysThatNoneHasAll) {
  Add("a", kAcmeId, {{"region", "eu"}}, {"docker"});
  Add("b", kAcmeId, {{"region", "us"}}, {"docker", "gpu"});
  Add("c", "", {{"region", "us"}}, {"docker", "gpu"});

  const RpcError error = Refused(Wanted({{"region", "eu"}}, {"docker", "gpu"}),
                                 "no runner has all of: region=eu (1 of 3), gpu (2 of 3)");

  EXPECT_EQ(error.preconditions.size(), 2U);
}

TEST_F(SelectRunner, TellsNothingOfOtherOrganizations) {
  Add("mine", kAcmeId, {{"region", "us"}});
  const pb::Runner foreign =
      Add("foreign", kGlobexId, {{"region", "eu"}, {"team", "globex"}}, {"gpu"});

  const auto answer = TrySelect(rig_, Wanted({{"region", "eu"}}, {"gpu"}));

  EXPECT_EQ(answer.status.error_message(),
            "no runner qualifies: label region=eu: 0 of 1; capability gpu: 0 of 1");
  const RpcError error = ErrorOf(answer.status);
  EXPECT_EQ(error.metadata.at("in_scope"), "1");
  for (const std::string& word : {std::string("globex"), std::string("foreign"),
                                  foreign.meta().id(), std::string(kGlobexId)}) {
    EXPECT_THAT(answer.status.error_details(), Not(HasSubstr(word)));
  }
}

TEST_F(SelectRunner, NeedsAnOrganization) {
  EXPECT_TRUE(Refuses(TrySelect(rig_, {}), {"organization_id"}));
}

TEST_F(SelectRunner, OfAForeignOrganizationIsDeniedBeforeAnythingIsCounted) {
  const auto answer = TrySelect(rig_, Wanted({{"region", "eu"}}), As(kForeignOwnerId));

  EXPECT_TRUE(FailsWith(answer, StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED"));
}

TEST_F(SelectRunner, UsesWhatAnEditChanged) {
  const pb::Runner runner = Add("r", kAcmeId);
  pb::UpdateRunnerRequest update;
  update.set_id(runner.meta().id());
  update.add_capabilities("gpu");
  ASSERT_TRUE(Succeeds(TryUpdate(rig_, update)));

  EXPECT_TRUE(Succeeds(TrySelect(rig_, Wanted({}, {"gpu"}))));
}

}  // namespace
}  // namespace runners::testing
