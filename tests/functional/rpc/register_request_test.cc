#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/functional/rpc/rpc_fixture.h"

namespace runners::testing {
namespace {

using grpc::StatusCode;

constexpr char kRequestId[] = "dddddddd-0000-4000-8000-000000000004";

pb::RegisterRunnerRequest Asked(const std::string& name = "r") {
  pb::RegisterRunnerRequest request = Described(name, kAcmeId);
  (*request.mutable_labels())["region"] = "eu";
  request.add_capabilities("docker");
  request.set_request_id(kRequestId);
  return request;
}

// Succeeds when the request id was refused for the sake of that runner.
::testing::AssertionResult RefusedFor(const Answer<pb::RegisterRunnerResponse>& answer,
                                      const std::string& id) {
  const auto fails = FailsWith(answer, StatusCode::ALREADY_EXISTS, "REQUEST_ID_USED");
  if (!fails) return fails;
  const RpcError error = ErrorOf(answer.status);
  if (error.metadata.at("runner_id") == id) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "names " << error.metadata.at("runner_id");
}

TEST(RegisterRequest, RepeatAnswersTheSameRunnerAndAFreshToken) {
  RpcRig rig;
  const auto first = rig.Register(Asked());

  const auto again = rig.Register(Asked());

  EXPECT_TRUE(Same(again.runner(), first.runner()));
  EXPECT_NE(again.service_token(), first.service_token());
  EXPECT_TRUE(FailsWith(TryValidate(rig, first.service_token(), Nobody()), StatusCode::NOT_FOUND,
                        "SERVICE_TOKEN_NOT_FOUND"));
  EXPECT_EQ(rig.Enroll(again.service_token()).service_name(),
            first.runner().openziti_service_name());
}

TEST(RegisterRequest, IsTheSameWhenItSaysTheSame) {
  RpcRig rig;
  const auto first = rig.Register(Asked());
  pb::RegisterRunnerRequest spelled = Asked(" r\n");
  spelled.set_organization_id("AAAAAAAA-0000-4000-8000-000000000001 ");
  spelled.set_request_id(" DDDDDDDD-0000-4000-8000-000000000004\r\n");

  EXPECT_EQ(rig.Register(spelled).runner().meta().id(), first.runner().meta().id());
}

TEST(RegisterRequest, OtherContentIsRefused) {
  RpcRig rig;
  const auto first = rig.Register(Asked());
  pb::RegisterRunnerRequest other = Asked();
  other.add_capabilities("docker");

  EXPECT_TRUE(RefusedFor(TryRegister(rig, other, As(kAdminId)), first.runner().meta().id()));
  EXPECT_TRUE(Succeeds(TryValidate(rig, first.service_token(), Nobody())));
}

TEST(RegisterRequest, EnrolledRunnerIsRefused) {
  RpcRig rig;
  const pb::Runner runner = rig.RegisterEnrolled(Asked());

  EXPECT_TRUE(RefusedFor(TryRegister(rig, Asked(), As(kAdminId)), runner.meta().id()));
}

TEST(RegisterRequest, DeletedRunnerIsRefused) {
  RpcRig rig;
  const std::string id = rig.Register(Asked()).runner().meta().id();
  rig.Delete(id);

  EXPECT_TRUE(RefusedFor(TryRegister(rig, Asked(), As(kAdminId)), id));
  EXPECT_TRUE(FailsWith(TryGet(rig, id, As(kAdminId)), StatusCode::NOT_FOUND, "RUNNER_NOT_FOUND"));
}

TEST(RegisterRequest, AnotherCallerGetsARunnerOfItsOwnAndHearsNothingOfThis) {
  RpcRig rig;
  const std::string id = rig.Register(Asked()).runner().meta().id();

  const auto other = TryRegister(rig, Asked(), As(kOwnerId));

  ASSERT_TRUE(Succeeds(other));
  EXPECT_NE(other->runner().meta().id(), id);
}

TEST(RegisterRequest, WhoMayNotRegisterMayNotRepeat) {
  RpcRig rig;
  ASSERT_TRUE(Succeeds(TryRegister(rig, Asked(), As(kOwnerId))));
  ASSERT_TRUE(
      Succeeds(TryDeleteGrant(rig, kOwnerId, "owner", std::string("organization:") + kAcmeId)));

  EXPECT_TRUE(FailsWith(TryRegister(rig, Asked(), As(kOwnerId)), StatusCode::PERMISSION_DENIED,
                        "PERMISSION_DENIED"));
}

TEST(RegisterRequest, GatewayAndServiceShareRequestIds) {
  RpcRig rig;
  const std::string id = rig.Register(Asked()).runner().meta().id();

  const auto again = Ask(rig.gateway(), &GatewayService::RegisterRunner, Asked(), As(kAdminId));

  ASSERT_TRUE(Succeeds(again));
  EXPECT_EQ(again->runner().meta().id(), id);
}

TEST(RegisterRequest, RepeatsInParallelMakeOneRunner) {
  RpcRig rig;
  std::vector<Answer<pb::RegisterRunnerResponse>> answers(16);
  {
    std::vector<std::jthread> threads;
    for (auto& answer : answers) {
      threads.emplace_back([&] { answer = TryRegister(rig, Asked(), As(kAdminId)); });
    }
  }

  std::set<std::string> ids;
  int live = 0;
  for (const auto& answer : answers) {
    ASSERT_TRUE(Succeeds(answer));
    ids.insert(answer->runner().meta().id());
    if (TryValidate(rig, answer->service_token(), Nobody()).ok()) ++live;
  }
  EXPECT_EQ(ids.size(), 1U);
  EXPECT_EQ(live, 1);
  EXPECT_EQ(rig.database().Value("SELECT count(*) FROM runners"), "1");
}

}  // namespace
}  // namespace runners::testing
