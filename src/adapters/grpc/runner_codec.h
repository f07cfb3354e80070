#pragma once

#include "absl/status/statusor.h"

#include "agynio/api/runners/v1/runners.pb.h"
#include "core/enrollment/enroll_runner.h"
#include "core/ports/runner_store.h"
#include "core/ports/selection_index.h"
#include "core/registry/list_runners.h"
#include "core/registry/register_runner.h"
#include "core/selection/select_runner.h"
#include "core/support/secret.h"
#include "runners/criteria.h"
#include "runners/runner.h"

// Between the messages of the runner group and the core's types. What a message breaks is reported
// whole: every Decode returns kInvalidArgument with all violations.
namespace runners::grpc_server {

namespace pb = agynio::api::runners::v1;

// A deletion as it was asked for.
struct Deletion {
  RunnerId id;
  std::optional<std::string> expected_etag;
};

// A selection as it was asked for.
struct Selection {
  Criteria criteria;
  Counting counting;
};

absl::StatusOr<Registration> Decode(const pb::RegisterRunnerRequest& request);
absl::StatusOr<RunnerId> Decode(const pb::GetRunnerRequest& request);
absl::StatusOr<ListRunnersRequest> Decode(const pb::ListRunnersRequest& request);
absl::StatusOr<RunnerEdit> Decode(const pb::UpdateRunnerRequest& request);
absl::StatusOr<Deletion> Decode(const pb::DeleteRunnerRequest& request);
absl::StatusOr<Secret> Decode(const pb::ValidateServiceTokenRequest& request);
absl::StatusOr<Enrollment> Decode(const pb::EnrollRunnerRequest& request);
absl::StatusOr<Selection> Decode(const pb::SelectRunnerRequest& request);

pb::Runner Encode(const Runner& runner);
pb::RegisterRunnerResponse Encode(const RegisteredRunner& registered);
pb::ListRunnersResponse Encode(const RunnerPage& page);
pb::EnrollRunnerResponse Encode(const EnrolledRunner& enrolled);
pb::SelectRunnerResponse Encode(const SelectedRunner& selected);

// Microseconds are kept exactly.
google::protobuf::Timestamp EncodeTime(absl::Time time);

}  // namespace runners::grpc_server
