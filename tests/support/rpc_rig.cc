#include "tests/support/rpc_rig.h"

#include <stdexcept>
#include <utility>

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <nlohmann/json.hpp>

#include "adapters/postgres/settings.h"
#include "core/model/service_token.h"
#include "tests/support/secrets_seen.h"

namespace runners::testing {
namespace {

PageTokenKeys KeysIn(DatabaseRig& database) {
  postgres::PostgresSettings settings(database.transactor());
  return settings.Load(database.CallBy()).value().page_token_keys;
}

// The response of a call that must succeed.
template <typename Response>
Response Must(const char* what, Answer<Response> answer) {
  if (answer.ok()) return std::move(answer.response);
  throw std::runtime_error(std::string(what) + ": " + answer.status.error_message());
}

void SeeKey(const std::string& identity_json) {
  SecretsSeen::Shared().Add(nlohmann::json::parse(identity_json).at("id").at("key"));
}

}  // namespace

Replica::Replica(DatabaseRig& database, Overlay& overlay, ReplicaLimits limits)
    : runners_(database.transactor()),
      selection_(database.transactor()),
      enrollment_(database.transactor()),
      grant_store_(database.transactor()),
      access_(database.transactor()),
      sealer_(database.hasher(), KeysIn(database)),
      register_(authorizer_, runners_, database.entropy(), database.hasher(), faults_),
      get_(authorizer_, runners_, database.hasher()),
      list_(authorizer_, runners_, sealer_),
      enroll_(enrollment_, overlay, database.entropy(), database.hasher(), database.clock(),
              faults_, {}),
      database_lane_(limits.database_threads, limits.database_queue),
      enrollment_lane_(limits.enrollment_threads, limits.enrollment_queue) {
  const grpc_server::UseCases use_cases{register_, get_,    list_,   update_,
                                        delete_,   enroll_, select_, grants_};
  const grpc_server::PipelineParts parts{database_lane_, enrollment_lane_, database.clock(),
                                         database.entropy(), database.log()};
  server_ = grpc_server::RpcServer::Start("127.0.0.1:0", use_cases, parts).value();
  server_->SetReady(true);
  channel_ = grpc::CreateChannel(server_->address(), grpc::InsecureChannelCredentials());
  service_ = pb::RunnersService::NewStub(channel_);
  gateway_ = gateway_pb::RunnersGateway::NewStub(channel_);
}

RpcRig::RpcRig(ReplicaLimits limits) : RpcRig(fake_, limits) {}

RpcRig::RpcRig(Overlay& overlay, ReplicaLimits limits) : replica_(database_, overlay, limits) {
  Grant(kAdminId, Relation::kAdmin);
  Grant(kOwnerId, Relation::kOwner, kAcmeId);
  Grant(kMemberId, Relation::kMember, kAcmeId);
  Grant(kForeignOwnerId, Relation::kOwner, kGlobexId);
}

RpcRig::~RpcRig() {
  // By the superuser, whom a test that closed the database does not keep out.
  TempDatabase& database = database_.database();
  for (const pqxx::row& row : database.cluster().AsSuperuser(
           "SELECT encode(digest, 'hex') FROM service_tokens", database.name())) {
    SecretsSeen::Shared().Add(row[0].c_str());
  }
}

void RpcRig::Grant(const std::string& identity, Relation relation,
                   const std::string& organization) {
  postgres::PostgresGrantStore store(database_.transactor());
  runners::Grant grant{IdentityId::Parse(identity).value(), relation, {}, {}};
  if (!organization.empty()) grant.object.organization_id = OrganizationId::Parse(organization);
  if (!store.Put(database_.CallBy(), grant).ok()) throw std::runtime_error("grant not put");
}

pb::RegisterRunnerResponse RpcRig::Register(const pb::RegisterRunnerRequest& request) {
  pb::RegisterRunnerResponse response =
      Must("RegisterRunner", Ask(service(), &Service::RegisterRunner, request, As(kAdminId)));
  SecretsSeen::Shared().Add(response.service_token());
  return response;
}

pb::RegisterRunnerResponse RpcRig::Register(const std::string& name,
                                            const std::string& organization) {
  return Register(Described(name, organization));
}

pb::EnrollRunnerResponse RpcRig::Enroll(const std::string& token) {
  pb::EnrollRunnerRequest request;
  request.set_service_token(token);
  pb::EnrollRunnerResponse response =
      Must("EnrollRunner", Ask(service(), &Service::EnrollRunner, request, Nobody()));
  SeeKey(response.identity_json());
  return response;
}

pb::Runner RpcRig::RegisterEnrolled(const pb::RegisterRunnerRequest& request) {
  const pb::RegisterRunnerResponse registered = Register(request);
  Enroll(registered.service_token());
  return Get(registered.runner().meta().id());
}

pb::Runner RpcRig::RegisterEnrolled(const std::string& name, const std::string& organization) {
  return RegisterEnrolled(Described(name, organization));
}

pb::Runner RpcRig::Get(const std::string& id) {
  pb::GetRunnerRequest request;
  request.set_id(id);
  return Must("GetRunner", Ask(service(), &Service::GetRunner, request, As(kAdminId))).runner();
}

void RpcRig::Delete(const std::string& id) {
  pb::DeleteRunnerRequest request;
  request.set_id(id);
  Must("DeleteRunner", Ask(service(), &Service::DeleteRunner, request, As(kAdminId)));
}

pb::RegisterRunnerRequest Described(const std::string& name, const std::string& organization) {
  pb::RegisterRunnerRequest request;
  request.set_name(name);
  if (!organization.empty()) request.set_organization_id(organization);
  return request;
}

}  // namespace runners::testing
