#include "tests/functional/rpc/rpc_fixture.h"

#include <google/protobuf/util/message_differencer.h>
#include <nlohmann/json.hpp>

#include "tests/support/secrets_seen.h"

namespace runners::testing {
namespace {

template <typename Request>
Request GrantOf(const std::string& identity, const std::string& relation,
                const std::string& object) {
  Request request;
  request.set_identity_id(identity);
  request.set_relation(relation);
  request.set_object(object);
  return request;
}

}  // namespace

Answer<pb::RegisterRunnerResponse> TryRegister(RpcRig& rig,
                                               const pb::RegisterRunnerRequest& request,
                                               const From& from) {
  auto answer = Ask(rig.service(), &Service::RegisterRunner, request, from);
  if (answer.ok()) SecretsSeen::Shared().Add(answer->service_token());
  return answer;
}

Answer<pb::GetRunnerResponse> TryGet(RpcRig& rig, const std::string& id, const From& from) {
  pb::GetRunnerRequest request;
  request.set_id(id);
  return Ask(rig.service(), &Service::GetRunner, request, from);
}

Answer<pb::ListRunnersResponse> TryList(RpcRig& rig, const pb::ListRunnersRequest& request,
                                        const From& from) {
  return Ask(rig.service(), &Service::ListRunners, request, from);
}

Answer<pb::UpdateRunnerResponse> TryUpdate(RpcRig& rig, const pb::UpdateRunnerRequest& request,
                                           const From& from) {
  return Ask(rig.service(), &Service::UpdateRunner, request, from);
}

Answer<pb::DeleteRunnerResponse> TryDelete(RpcRig& rig, const std::string& id, const From& from,
                                           const std::string& etag) {
  pb::DeleteRunnerRequest request;
  request.set_id(id);
  request.set_etag(etag);
  return Ask(rig.service(), &Service::DeleteRunner, request, from);
}

Answer<pb::ValidateServiceTokenResponse> TryValidate(RpcRig& rig, const std::string& token,
                                                     const From& from) {
  pb::ValidateServiceTokenRequest request;
  request.set_token_hash(token);
  return Ask(rig.service(), &Service::ValidateServiceToken, request, from);
}

Answer<pb::EnrollRunnerResponse> TryEnroll(RpcRig& rig, const std::string& token,
                                           const From& from) {
  pb::EnrollRunnerRequest request;
  request.set_service_token(token);
  auto answer = Ask(rig.service(), &Service::EnrollRunner, request, from);
  if (answer.ok()) {
    const auto identity = nlohmann::json::parse(answer->identity_json());
    SecretsSeen::Shared().Add(identity.at("id").at("key"));
  }
  return answer;
}

Answer<pb::SelectRunnerResponse> TrySelect(RpcRig& rig, const pb::SelectRunnerRequest& request,
                                           const From& from) {
  return Ask(rig.service(), &Service::SelectRunner, request, from);
}

Answer<pb::PutGrantResponse> TryPutGrant(RpcRig& rig, const std::string& identity,
                                         const std::string& relation, const std::string& object,
                                         const From& from) {
  return Ask(rig.service(), &Service::PutGrant,
             GrantOf<pb::PutGrantRequest>(identity, relation, object), from);
}

Answer<pb::DeleteGrantResponse> TryDeleteGrant(RpcRig& rig, const std::string& identity,
                                               const std::string& relation,
                                               const std::string& object, const From& from) {
  return Ask(rig.service(), &Service::DeleteGrant,
             GrantOf<pb::DeleteGrantRequest>(identity, relation, object), from);
}

Answer<pb::ListGrantsResponse> TryListGrants(RpcRig& rig, const pb::ListGrantsRequest& request,
                                             const From& from) {
  return Ask(rig.service(), &Service::ListGrants, request, from);
}

::testing::AssertionResult FailsWith(const grpc::Status& status, grpc::StatusCode code,
                                     const std::string& reason) {
  const RpcError error = ErrorOf(status);
  if (status.error_code() == code && error.reason == reason && error.domain == "runners.agyn.io" &&
      error.message == status.error_message() && error.request_id.size() == 36) {
    return ::testing::AssertionSuccess();
  }
  return ::testing::AssertionFailure()
         << "code " << status.error_code() << ", reason '" << error.reason << "', domain '"
         << error.domain << "', request id '" << error.request_id << "', message '"
         << status.error_message() << "'";
}

::testing::AssertionResult Refuses(const grpc::Status& status,
                                   const std::vector<std::string>& fields) {
  const auto fails = FailsWith(status, grpc::StatusCode::INVALID_ARGUMENT, "INVALID_ARGUMENT");
  if (!fails) return fails;
  std::vector<std::string> named;
  for (const auto& [field, description] : ErrorOf(status).violations) named.push_back(field);
  if (named == fields) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "names " << ::testing::PrintToString(named);
}

::testing::AssertionResult Same(const google::protobuf::Message& one,
                                const google::protobuf::Message& other) {
  if (google::protobuf::util::MessageDifferencer::Equals(one, other)) {
    return ::testing::AssertionSuccess();
  }
  constexpr std::size_t kShown = 1000;
  return ::testing::AssertionFailure() << one.ShortDebugString().substr(0, kShown) << " is not "
                                       << other.ShortDebugString().substr(0, kShown);
}

void CloseDatabase(RpcRig& rig) {
  TempDatabase& database = rig.database().database();
  database.cluster().AsSuperuser("ALTER DATABASE \"" + database.name() + "\" CONNECTION LIMIT 0");
  database.KillConnections();
}

std::string Padded(int n) {
  const std::string digits = std::to_string(n);
  return std::string(digits.size() < 4 ? 4 - digits.size() : 0, '0') + digits;
}

std::vector<std::string> Numbered(const std::string& prefix, int count) {
  std::vector<std::string> texts;
  for (int i = 0; i < count; ++i) texts.push_back(prefix + Padded(i));
  return texts;
}

std::vector<std::string> NamesOf(const pb::ListRunnersResponse& page) {
  std::vector<std::string> names;
  for (const pb::Runner& runner : page.runners()) names.push_back(runner.name());
  return names;
}

}  // namespace runners::testing
