#include <cctype>

#include "tests/functional/rpc/rpc_fixture.h"

namespace runners::testing {
namespace {

using grpc::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(RegisterRunner, AnswersWithWhatWasGiven) {
  RpcRig rig;
  pb::RegisterRunnerRequest request = Described("gpu box", kAcmeId);
  (*request.mutable_labels())["region"] = "eu";
  (*request.mutable_labels())["empty"] = "";
  for (const char* capability : {"tpu", "docker", "tpu", " spaced "}) {
    request.add_capabilities(capability);
  }

  const pb::Runner runner = rig.Register(request).runner();

  EXPECT_EQ(runner.name(), "gpu box");
  EXPECT_EQ(runner.organization_id(), kAcmeId);
  EXPECT_EQ(runner.status(), pb::RUNNER_STATUS_PENDING);
  EXPECT_EQ(runner.labels().size(), 2U);
  EXPECT_EQ(runner.labels().at("region"), "eu");
  EXPECT_EQ(runner.labels().at("empty"), "");
  EXPECT_THAT(runner.capabilities(), ElementsAre("tpu", "docker", "tpu", " spaced "));
  EXPECT_EQ(runner.identity_id(), runner.meta().id());
  EXPECT_EQ(runner.openziti_service_name(), "runner-" + runner.meta().id());
  EXPECT_TRUE(Same(runner.meta().created_at(), runner.meta().updated_at()));
  EXPECT_GT(runner.meta().created_at().seconds(), 0);
  EXPECT_FALSE(runner.etag().empty());
}

TEST(RegisterRunner, IsReadBackTheSameByGetAndList) {
  RpcRig rig;
  pb::RegisterRunnerRequest request = Described("r");
  (*request.mutable_labels())["\xE2\x82\xAC\"\\"] = "\xF0\x9F\x9A\x80";
  request.add_capabilities("b");
  request.add_capabilities("a");
  const pb::Runner runner = rig.Register(request).runner();

  const pb::Runner read = rig.Get(runner.meta().id());
  const auto listed = TryList(rig, {}, As(kAdminId));

  EXPECT_TRUE(Same(read, runner));
  ASSERT_EQ(listed->runners_size(), 1);
  EXPECT_TRUE(Same(listed->runners(0), runner));
}

TEST(RegisterRunner, WithoutOrganizationIsClusterScoped) {
  RpcRig rig;

  EXPECT_FALSE(rig.Register("r").runner().has_organization_id());
}

TEST(RegisterRunner, EmptyOrganizationIsAnErrorAndNotTheCluster) {
  RpcRig rig;
  pb::RegisterRunnerRequest request = Described("r");
  request.set_organization_id("");

  EXPECT_TRUE(Refuses(TryRegister(rig, request, As(kAdminId)), {"organization_id"}));
  EXPECT_EQ(rig.database().Value("SELECT count(*) FROM runners"), "0");
}

TEST(RegisterRunner, OrganizationIsTrimmedAndLowered) {
  RpcRig rig;

  const auto answer =
      TryRegister(rig, Described("r", " \tAAAAAAAA-0000-4000-8000-000000000001\n"), As(kOwnerId));

  ASSERT_TRUE(Succeeds(answer));
  EXPECT_EQ(answer->runner().organization_id(), kAcmeId);
}

TEST(RegisterRunner, NameIsTrimmed) {
  RpcRig rig;

  EXPECT_EQ(rig.Register(" \t\r\n gpu  box \v\f").runner().name(), "gpu  box");
}

TEST(RegisterRunner, NamesNeedNotBeUnique) {
  RpcRig rig;

  const auto first = rig.Register("same", kAcmeId).runner();
  const auto second = rig.Register("same", kAcmeId).runner();

  EXPECT_NE(first.meta().id(), second.meta().id());
}

TEST(RegisterRunner, TokenIsSixtyFourHexCharactersAndItsDigestIsAllThatIsKept) {
  RpcRig rig;

  const std::string token = rig.Register("r").service_token();

  ASSERT_EQ(token.size(), 64U);
  EXPECT_EQ(token.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(rig.database().Value("SELECT digest = sha256('" + token + "') FROM service_tokens"),
            "t");
  EXPECT_EQ(rig.database().Value("SELECT count(*) FROM service_tokens AS t, audit AS a WHERE "
                                 "t::text || a::text LIKE '%" +
                                 token + "%'"),
            "0");
}

TEST(RegisterRunner, TokensDiffer) {
  RpcRig rig;

  EXPECT_NE(rig.Register("r").service_token(), rig.Register("r").service_token());
}

TEST(RegisterRunner, NamesEveryViolationAtOnce) {
  RpcRig rig;
  pb::RegisterRunnerRequest request = Described(" ", "acme");
  (*request.mutable_labels())[""] = "x";
  (*request.mutable_labels())["tab"] = "a\tb";
  request.add_capabilities("fine");
  request.add_capabilities("");

  const auto answer = TryRegister(rig, request, As(kAdminId));

  EXPECT_TRUE(Refuses(answer, {"name", "organization_id", "labels[\"\"]", "labels[\"tab\"].value",
                               "capabilities[1]"}));
  EXPECT_THAT(answer.status.error_message(), HasSubstr("name: must not be empty; "));
  EXPECT_THAT(answer.status.error_message(), HasSubstr("organization_id: must be a UUID; "));
}

TEST(RegisterRunner, AsksNothingOfTheOverlay) {
  RpcRig rig;
  rig.overlay().GoAway();

  const std::string id = rig.Register("r").runner().meta().id();

  EXPECT_EQ(rig.overlay().calls(), 0);
  EXPECT_EQ(rig.database().Value("SELECT action FROM work WHERE runner_id = '" + id + "'"),
            "ensure_runner");
}

// Field by field: what takes an id takes it trimmed and in any case, and nothing that is none.
struct IdField {
  const char* field;
  grpc::Status (*ask)(RpcRig& rig, const std::string& id);
};

grpc::Status AskSelect(RpcRig& rig, const std::string& organization, const std::string& excluded) {
  pb::SelectRunnerRequest request;
  request.set_organization_id(organization);
  if (!excluded.empty()) request.add_exclude_runner_ids(excluded);
  return TrySelect(rig, request).status;
}

const IdField kIdFields[] = {
    {"id", [](RpcRig& rig, const std::string& id) { return TryGet(rig, id, Nobody()).status; }},
    {"id",
     [](RpcRig& rig, const std::string& id) { return TryDelete(rig, id, As(kAdminId)).status; }},
    {"id",
     [](RpcRig& rig, const std::string& id) {
       pb::UpdateRunnerRequest request;
       request.set_id(id);
       return TryUpdate(rig, request).status;
     }},
    {"organization_id",
     [](RpcRig& rig, const std::string& id) {
       return TryRegister(rig, Described("r", id), As(kAdminId)).status;
     }},
    {"request_id",
     [](RpcRig& rig, const std::string& id) {
       pb::RegisterRunnerRequest request = Described("r");
       request.set_request_id(id);
       return TryRegister(rig, request, As(kAdminId)).status;
     }},
    {"organization_id",
     [](RpcRig& rig, const std::string& id) {
       pb::ListRunnersRequest request;
       request.set_organization_id(id);
       return TryList(rig, request, Nobody()).status;
     }},
    {"organization_id", [](RpcRig& rig, const std::string& id) { return AskSelect(rig, id, ""); }},
    {"exclude_runner_ids[0]",
     [](RpcRig& rig, const std::string& id) { return AskSelect(rig, kAcmeId, id); }},
    {"identity_id",
     [](RpcRig& rig, const std::string& id) {
       return TryPutGrant(rig, id, "admin", "cluster:global").status;
     }},
    {"identity_id",
     [](RpcRig& rig, const std::string& id) {
       return TryDeleteGrant(rig, id, "admin", "cluster:global").status;
     }},
    {"identity_id",
     [](RpcRig& rig, const std::string& id) {
       pb::ListGrantsRequest request;
       request.set_identity_id(id);
       return TryListGrants(rig, request).status;
     }},
};

class IdFields : public OnOneRig<::testing::TestWithParam<IdField>> {};

TEST_P(IdFields, RefuseWhatIsNoUuid) {
  for (const char* bad : {"runner-1", "aaaaaaaa-0000-4000-8000-00000000000",
                          "{aaaaaaaa-0000-4000-8000-000000000001}"}) {
    const grpc::Status status = GetParam().ask(rig(), bad);

    EXPECT_TRUE(Refuses(status, {GetParam().field})) << bad;
    EXPECT_EQ(status.error_message().rfind(std::string(GetParam().field) + ": ", 0), 0U);
  }
}

TEST_P(IdFields, TakeItTrimmedAndInUpperCase) {
  const grpc::Status status = GetParam().ask(rig(), "  AAAAAAAA-0000-4000-8000-000000000001\r\n");

  EXPECT_NE(status.error_code(), StatusCode::INVALID_ARGUMENT) << status.error_message();
}

INSTANTIATE_TEST_SUITE_P(All, IdFields, ::testing::ValuesIn(kIdFields));

}  // namespace
}  // namespace runners::testing
