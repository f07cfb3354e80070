#include "tests/functional/rpc/rpc_fixture.h"

// Who a call is by.
namespace runners::testing {
namespace {

using grpc::StatusCode;

class MalformedIdentity : public OnOneRig<::testing::TestWithParam<const char*>> {};

TEST_P(MalformedIdentity, IsUnauthenticated) {
  const auto read = TryList(rig(), {}, As(GetParam()));
  const auto write = TryRegister(rig(), Described("r"), As(GetParam()));

  EXPECT_TRUE(FailsWith(read, StatusCode::UNAUTHENTICATED, "UNAUTHENTICATED"));
  EXPECT_TRUE(FailsWith(write, StatusCode::UNAUTHENTICATED, "UNAUTHENTICATED"));
}

INSTANTIATE_TEST_SUITE_P(Texts, MalformedIdentity,
                         ::testing::Values("", "admin", "00000000-0000-4000-8000-00000000000",
                                           "00000000-0000-4000-8000-0000000000011",
                                           "{00000000-0000-4000-8000-000000000001}",
                                           "00000000000040008000000000000001",
                                           "00000000-0000-4000-8000-00000000000g"));

TEST(Caller, TwoIdentitiesAreUnauthenticatedEvenWhenEqual) {
  RpcRig rig;

  const auto answer = TryList(rig, {}, As(kAdminId).With("x-identity-id", kAdminId));

  EXPECT_TRUE(FailsWith(answer, StatusCode::UNAUTHENTICATED, "UNAUTHENTICATED"));
}

TEST(Caller, IdentityMayBeUpperCase) {
  RpcRig rig;
  const std::string lower = "abcdef00-0000-4000-8000-00000000abcd";
  rig.Grant(lower, Relation::kAdmin);

  EXPECT_TRUE(
      Succeeds(TryRegister(rig, Described("r"), As("ABCDEF00-0000-4000-8000-00000000ABCD"))));
}

TEST(Caller, OtherMetadataGivesNoRights) {
  RpcRig rig;
  const std::string id = rig.Register("r", kAcmeId).runner().meta().id();
  const From posing = As(kStrangerId)
                          .With("x-identity-type", "platform")
                          .With("x-organization-id", kAcmeId)
                          .With("x-workload-id", kAdminId);

  EXPECT_TRUE(FailsWith(TryGet(rig, id, posing), StatusCode::NOT_FOUND, "RUNNER_NOT_FOUND"));
  EXPECT_TRUE(FailsWith(TryRegister(rig, Described("s", kAcmeId), posing),
                        StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED"));
}

TEST(Caller, OtherMetadataTakesNoRights) {
  RpcRig rig;
  const std::string id = rig.Register("r", kAcmeId).runner().meta().id();

  const auto answer = TryGet(rig, id,
                             As(kMemberId)
                                 .With("x-identity-type", "nonsense")
                                 .With("x-organization-id", kGlobexId)
                                 .With("x-workload-id", "not a uuid"));

  EXPECT_TRUE(Succeeds(answer));
}

TEST(Caller, OtherMetadataIsNoIdentity) {
  RpcRig rig;

  const auto answer = TryRegister(rig, Described("r"), From{}.With("x-organization-id", kAdminId));

  EXPECT_TRUE(FailsWith(answer, StatusCode::UNAUTHENTICATED, "UNAUTHENTICATED"));
}

TEST(Caller, AnIdentityOnEnrollRunnerIsIgnored) {
  RpcRig rig;
  const std::string token = rig.Register("r").service_token();

  EXPECT_TRUE(Succeeds(TryEnroll(rig, token, As(kStrangerId))));
  EXPECT_TRUE(Succeeds(TryEnroll(rig, token, As("not a uuid"))));
}

TEST(Caller, ItsRequestIdComesBackInErrors) {
  RpcRig rig;
  const std::string request_id = "12345678-0000-4000-8000-00000000abcd";

  const auto answer = TryGet(rig, kAcmeId, As(kAdminId).With("x-request-id", request_id));

  EXPECT_EQ(ErrorOf(answer.status).request_id, request_id);
}

TEST(Caller, ARequestIdThatIsNoUuidIsReplaced) {
  RpcRig rig;

  const auto answer = TryGet(rig, kAcmeId, As(kAdminId).With("x-request-id", "level=error forged"));

  EXPECT_TRUE(FailsWith(answer, StatusCode::NOT_FOUND, "RUNNER_NOT_FOUND"));
  EXPECT_THAT(ErrorOf(answer.status).request_id, ::testing::Not(::testing::HasSubstr("forged")));
}

TEST(Caller, TwoRequestsHaveDifferentIds) {
  RpcRig rig;

  const auto first = TryGet(rig, kAcmeId, As(kAdminId));
  const auto second = TryGet(rig, kAcmeId, As(kAdminId));

  EXPECT_NE(ErrorOf(first.status).request_id, ErrorOf(second.status).request_id);
}

TEST(Gateway, EnrollRunnerNeedsNoIdentity) {
  RpcRig rig;
  pb::EnrollRunnerRequest request;
  request.set_service_token(rig.Register("r").service_token());

  EXPECT_TRUE(Succeeds(Ask(rig.gateway(), &GatewayService::EnrollRunner, request, Nobody())));
}

TEST(Gateway, AnswersAsTheServiceDoes) {
  RpcRig rig;
  const pb::Runner runner = rig.Register("r", kAcmeId).runner();
  pb::GetRunnerRequest request;
  request.set_id(runner.meta().id());

  const auto answer = Ask(rig.gateway(), &GatewayService::GetRunner, request, As(kMemberId));

  ASSERT_TRUE(Succeeds(answer));
  EXPECT_TRUE(Same(answer->runner(), runner));
}

class NotServed : public OnOneRig<::testing::TestWithParam<const char*>> {};

TEST_P(NotServed, IsUnimplemented) {
  const grpc::Status status = AskRaw(rig().replica().channel(), GetParam(), "", As(kAdminId));

  EXPECT_EQ(status.error_code(), StatusCode::UNIMPLEMENTED);
}

INSTANTIATE_TEST_SUITE_P(
    Methods, NotServed,
    ::testing::Values("/agynio.api.runners.v1.RunnersService/CreateFlavor",
                      "/agynio.api.runners.v1.RunnersService/NoSuchMethod",
                      "/agynio.api.gateway.v1.RunnersGateway/ValidateServiceToken",
                      "/agynio.api.gateway.v1.RunnersGateway/SelectRunner",
                      "/agynio.api.gateway.v1.RunnersGateway/PutGrant",
                      "/agynio.api.gateway.v1.RunnersGateway/DeleteGrant",
                      "/agynio.api.gateway.v1.RunnersGateway/ListGrants"));

}  // namespace
}  // namespace runners::testing
