#include <functional>
#include <map>
#include <set>

#include "tests/functional/rpc/rpc_fixture.h"

// Every RPC by every kind of caller. The table is typed by hand: what it says is what the platform
// relies on.
namespace runners::testing {
namespace {

using grpc::StatusCode;

enum Outcome { kOk, kAnon, kDenied, kHidden, kAbsent };

// A runner of Acme or of the cluster, or nothing, that the call is about.
enum class Scope { kCluster, kAcme };

struct Row {
  const char* rpc;
  Scope scope;
  Outcome nobody;          // no identity, on RunnersService
  Outcome nobody_gateway;  // no identity, on RunnersGateway
  Outcome stranger;        // no grant at all
  Outcome member;          // of Acme
  Outcome foreign_owner;   // of Globex
  Outcome owner;           // of Acme
  Outcome admin;           // of the cluster
  bool on_gateway;         // there with the same outcomes, else UNIMPLEMENTED
};

// clang-format off
constexpr Row kTable[] = {
    //                                        nobody   gateway  stranger member   foreign  owner    admin
    {"RegisterRunner",       Scope::kCluster, kAnon,   kAnon,   kDenied, kDenied, kDenied, kDenied, kOk, true},
    {"RegisterRunner",       Scope::kAcme,    kAnon,   kAnon,   kDenied, kDenied, kDenied, kOk,     kOk, true},
    {"GetRunner",            Scope::kCluster, kOk,     kAnon,   kOk,     kOk,     kOk,     kOk,     kOk, true},
    {"GetRunner",            Scope::kAcme,    kOk,     kAnon,   kHidden, kOk,     kHidden, kOk,     kOk, true},
    {"ListRunners",          Scope::kCluster, kOk,     kAnon,   kOk,     kOk,     kOk,     kOk,     kOk, true},
    {"ListRunners",          Scope::kAcme,    kOk,     kAnon,   kDenied, kOk,     kDenied, kOk,     kOk, true},
    {"UpdateRunner",         Scope::kCluster, kAnon,   kAnon,   kDenied, kDenied, kDenied, kDenied, kOk, true},
    {"UpdateRunner",         Scope::kAcme,    kAnon,   kAnon,   kHidden, kDenied, kHidden, kOk,     kOk, true},
    {"DeleteRunner",         Scope::kCluster, kAnon,   kAnon,   kDenied, kDenied, kDenied, kDenied, kOk, true},
    {"DeleteRunner",         Scope::kAcme,    kAnon,   kAnon,   kHidden, kDenied, kHidden, kOk,     kOk, true},
    {"EnrollRunner",         Scope::kCluster, kOk,     kOk,     kOk,     kOk,     kOk,     kOk,     kOk, true},
    {"EnrollRunner",         Scope::kAcme,    kOk,     kOk,     kOk,     kOk,     kOk,     kOk,     kOk, true},
    {"ValidateServiceToken", Scope::kCluster, kOk,     kAbsent, kDenied, kDenied, kDenied, kDenied, kOk, false},
    {"ValidateServiceToken", Scope::kAcme,    kOk,     kAbsent, kDenied, kDenied, kDenied, kDenied, kOk, false},
    {"SelectRunner",         Scope::kAcme,    kOk,     kAbsent, kDenied, kOk,     kDenied, kOk,     kOk, false},
    {"PutGrant",             Scope::kCluster, kAnon,   kAbsent, kDenied, kDenied, kDenied, kDenied, kOk, false},
    {"PutGrant",             Scope::kAcme,    kAnon,   kAbsent, kDenied, kDenied, kDenied, kDenied, kOk, false},
    {"DeleteGrant",          Scope::kCluster, kAnon,   kAbsent, kDenied, kDenied, kDenied, kDenied, kOk, false},
    {"DeleteGrant",          Scope::kAcme,    kAnon,   kAbsent, kDenied, kDenied, kDenied, kDenied, kOk, false},
    {"ListGrants",           Scope::kCluster, kAnon,   kAbsent, kDenied, kDenied, kDenied, kDenied, kOk, false},
};
// clang-format on

// What a call is about: a runner that was enrolled, and a grant.
struct Subject {
  Scope scope;
  std::string runner_id;
  std::string token;
  std::string grantee;

  bool of_acme() const { return scope == Scope::kAcme; }
  std::string organization() const { return of_acme() ? kAcmeId : ""; }
};

template <typename Request>
Request About(const Subject& subject) {
  Request request;
  request.set_id(subject.runner_id);
  return request;
}

template <typename Request>
Request GrantAbout(const Subject& subject) {
  Request request;
  request.set_identity_id(subject.grantee);
  request.set_relation(subject.of_acme() ? "member" : "admin");
  request.set_object(subject.of_acme() ? std::string("organization:") + kAcmeId : "cluster:global");
  return request;
}

// The request of `rpc` about `subject`, serialized: the door it is sent to takes the same bytes.
std::string RequestOf(const std::string& rpc, const Subject& subject) {
  if (rpc == "RegisterRunner") {
    return Described("another", subject.organization()).SerializeAsString();
  }
  if (rpc == "GetRunner") return About<pb::GetRunnerRequest>(subject).SerializeAsString();
  if (rpc == "DeleteRunner") return About<pb::DeleteRunnerRequest>(subject).SerializeAsString();
  if (rpc == "UpdateRunner") {
    auto request = About<pb::UpdateRunnerRequest>(subject);
    request.set_name("renamed");
    return request.SerializeAsString();
  }
  if (rpc == "ListRunners") {
    pb::ListRunnersRequest request;
    if (subject.of_acme()) request.set_organization_id(kAcmeId);
    return request.SerializeAsString();
  }
  if (rpc == "EnrollRunner") {
    pb::EnrollRunnerRequest request;
    request.set_service_token(subject.token);
    return request.SerializeAsString();
  }
  if (rpc == "ValidateServiceToken") {
    pb::ValidateServiceTokenRequest request;
    request.set_token_hash(subject.token);
    return request.SerializeAsString();
  }
  if (rpc == "SelectRunner") {
    pb::SelectRunnerRequest request;
    request.set_organization_id(kAcmeId);
    return request.SerializeAsString();
  }
  if (rpc == "PutGrant") return GrantAbout<pb::PutGrantRequest>(subject).SerializeAsString();
  if (rpc == "DeleteGrant") return GrantAbout<pb::DeleteGrantRequest>(subject).SerializeAsString();
  return pb::ListGrantsRequest().SerializeAsString();
}

class Authorization : public OnOneRig<::testing::TestWithParam<Row>> {
 protected:
  // One call about a subject of its own, since some calls use it up.
  grpc::Status Call(const std::string& door, const From& from) {
    const Row& row = GetParam();
    const std::string rpc = row.rpc;
    Subject subject{row.scope, "", "", rig().database().entropy().NewUuid()};
    const auto registered = rig().Register("subject", subject.organization());
    subject.runner_id = registered.runner().meta().id();
    subject.token = registered.service_token();
    if (rpc == "SelectRunner") rig().Enroll(subject.token);
    if (rpc == "DeleteGrant") {
      rig().Grant(subject.grantee, subject.of_acme() ? Relation::kMember : Relation::kAdmin,
                  subject.organization());
    }
    return AskRaw(rig().replica().channel(), door + "/" + rpc, RequestOf(rpc, subject), from);
  }

  void Expect(Outcome outcome, const grpc::Status& status, const std::string& who) {
    SCOPED_TRACE(std::string(GetParam().rpc) + " by " + who);
    switch (outcome) {
      case kOk:
        EXPECT_TRUE(status.ok()) << status.error_code() << " " << status.error_message();
        break;
      case kAnon:
        EXPECT_TRUE(FailsWith(status, StatusCode::UNAUTHENTICATED, "UNAUTHENTICATED"));
        break;
      case kDenied:
        EXPECT_TRUE(FailsWith(status, StatusCode::PERMISSION_DENIED, "PERMISSION_DENIED"));
        EXPECT_EQ(status.error_message(), "permission denied");
        break;
      case kHidden:
        EXPECT_TRUE(FailsWith(status, StatusCode::NOT_FOUND, "RUNNER_NOT_FOUND"));
        EXPECT_EQ(status.error_message(), "runner not found");
        break;
      case kAbsent:
        EXPECT_EQ(status.error_code(), StatusCode::UNIMPLEMENTED);
        break;
    }
  }
};

constexpr char kService[] = "/agynio.api.runners.v1.RunnersService";
constexpr char kGateway[] = "/agynio.api.gateway.v1.RunnersGateway";

TEST_P(Authorization, IsAsTheTableSays) {
  const Row& row = GetParam();
  const std::map<std::string, Outcome> by_identity = {{kStrangerId, row.stranger},
                                                      {kMemberId, row.member},
                                                      {kForeignOwnerId, row.foreign_owner},
                                                      {kOwnerId, row.owner},
                                                      {kAdminId, row.admin}};

  Expect(row.nobody, Call(kService, Nobody()), "nobody");
  Expect(row.nobody_gateway, Call(kGateway, Nobody()), "nobody on the gateway");
  for (const auto& [identity, outcome] : by_identity) {
    Expect(outcome, Call(kService, As(identity)), identity);
    Expect(row.on_gateway ? outcome : kAbsent, Call(kGateway, As(identity)),
           identity + " on the gateway");
  }
}

INSTANTIATE_TEST_SUITE_P(EveryRpc, Authorization, ::testing::ValuesIn(kTable),
                         [](const ::testing::TestParamInfo<Row>& row) {
                           return std::string(row.param.rpc) +
                                  (row.param.scope == Scope::kAcme ? "OfAcme" : "OfTheCluster");
                         });

TEST(AuthorizationTable, HasEveryRpc) {
  std::set<std::string> in_table;
  for (const Row& row : kTable) in_table.insert(row.rpc);
  std::set<std::string> in_proto;
  const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
      "agynio.api.runners.v1.RunnersService");
  for (int i = 0; i < service->method_count(); ++i) in_proto.insert(service->method(i)->name());

  EXPECT_EQ(in_table, in_proto);
}

TEST(Authorization, ARunnerIsAMemberOfItsOrganizationAsLongAsItLives) {
  RpcRig rig;
  const std::string id = rig.Register("r", kAcmeId).runner().meta().id();
  const std::string other = rig.Register("other", kAcmeId).runner().meta().id();

  EXPECT_TRUE(Succeeds(TryGet(rig, other, As(id))));
  rig.Delete(id);
  EXPECT_TRUE(FailsWith(TryGet(rig, other, As(id)), StatusCode::NOT_FOUND, "RUNNER_NOT_FOUND"));
}

}  // namespace
}  // namespace runners::testing
