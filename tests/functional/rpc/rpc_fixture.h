#pragma once

#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <vector>

#include <google/protobuf/message.h>

#include "tests/support/rpc_rig.h"

namespace runners::testing {

// One call each, that may fail. What they return of tokens and keys goes to SecretsSeen.
Answer<pb::RegisterRunnerResponse> TryRegister(RpcRig& rig,
                                               const pb::RegisterRunnerRequest& request,
                                               const From& from);
Answer<pb::GetRunnerResponse> TryGet(RpcRig& rig, const std::string& id, const From& from);
Answer<pb::ListRunnersResponse> TryList(RpcRig& rig, const pb::ListRunnersRequest& request,
                                        const From& from);
Answer<pb::UpdateRunnerResponse> TryUpdate(RpcRig& rig, const pb::UpdateRunnerRequest& request,
                                           const From& from = As(kAdminId));
Answer<pb::DeleteRunnerResponse> TryDelete(RpcRig& rig, const std::string& id, const From& from,
                                           const std::string& etag = "");
Answer<pb::ValidateServiceTokenResponse> TryValidate(RpcRig& rig, const std::string& token,
                                                     const From& from);
Answer<pb::EnrollRunnerResponse> TryEnroll(RpcRig& rig, const std::string& token,
                                           const From& from = Nobody());
Answer<pb::SelectRunnerResponse> TrySelect(RpcRig& rig, const pb::SelectRunnerRequest& request,
                                           const From& from = Nobody());
Answer<pb::PutGrantResponse> TryPutGrant(RpcRig& rig, const std::string& identity,
                                         const std::string& relation, const std::string& object,
                                         const From& from = As(kAdminId));
Answer<pb::DeleteGrantResponse> TryDeleteGrant(RpcRig& rig, const std::string& identity,
                                               const std::string& relation,
                                               const std::string& object,
                                               const From& from = As(kAdminId));
Answer<pb::ListGrantsResponse> TryListGrants(RpcRig& rig, const pb::ListGrantsRequest& request,
                                             const From& from = As(kAdminId));

// Succeeds when the call failed with that code, and google.rpc.ErrorInfo with that reason and our
// domain says so too.
::testing::AssertionResult FailsWith(const grpc::Status& status, grpc::StatusCode code,
                                     const std::string& reason);
template <typename Response>
::testing::AssertionResult FailsWith(const Answer<Response>& answer, grpc::StatusCode code,
                                     const std::string& reason) {
  return FailsWith(answer.status, code, reason);
}

// Succeeds when a call was refused as bad input and exactly these fields are named, in this order.
::testing::AssertionResult Refuses(const grpc::Status& status,
                                   const std::vector<std::string>& fields);
template <typename Response>
::testing::AssertionResult Refuses(const Answer<Response>& answer,
                                   const std::vector<std::string>& fields) {
  return Refuses(answer.status, fields);
}

// Succeeds when the call did.
template <typename Response>
::testing::AssertionResult Succeeds(const Answer<Response>& answer) {
  if (answer.ok()) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure()
         << answer.status.error_code() << " " << answer.status.error_message();
}

// Succeeds when both messages say the same; the order of map entries says nothing.
::testing::AssertionResult Same(const google::protobuf::Message& one,
                                const google::protobuf::Message& other);

// A fixture whose tests share one rig: for many that need nothing but a service to call, since each
// rig is a database.
template <typename Base = ::testing::Test>
class OnOneRig : public Base {
 protected:
  static void SetUpTestSuite() { shared_ = std::make_unique<RpcRig>(); }
  static void TearDownTestSuite() { shared_.reset(); }

  static RpcRig& rig() { return *shared_; }

 private:
  inline static std::unique_ptr<RpcRig> shared_;
};

// Cuts the rig's database off, as when it is away: who asks it gets DATABASE_UNAVAILABLE.
void CloseDatabase(RpcRig& rig);

// `n` as text that sorts as it counts ("0007"), and the numbers below `count`.
std::string Padded(int n);
std::vector<std::string> Numbered(const std::string& prefix, int count);

std::vector<std::string> NamesOf(const pb::ListRunnersResponse& page);

}  // namespace runners::testing
