#pragma once

#include "absl/status/statusor.h"

#include "agynio/api/runners/v1/runners.pb.h"
#include "runners/client.h"

namespace runners::client {

namespace pb = agynio::api::runners::v1;

// Between the wire's messages and the client's structs. Decoding fails with kInternal when the
// server's answer breaks the contract (an id that is no UUID, no token, no identity); a status
// newer than this client is kept as its number.

pb::RegisterRunnerRequest Encode(const NewRunner& runner);
pb::ListRunnersRequest Encode(const RunnerFilter& filter, const PageRequest& page);
pb::UpdateRunnerRequest Encode(const RunnerId& id, const Edit& edit);
pb::SelectRunnerRequest Encode(const Criteria& criteria, CandidateCount count);
pb::ListGrantsRequest Encode(const GrantFilter& filter, const PageRequest& page);

absl::StatusOr<Runner> Decode(const pb::Runner& runner);
absl::StatusOr<Registered> Decode(pb::RegisterRunnerResponse response);
absl::StatusOr<Page<Runner>> Decode(const pb::ListRunnersResponse& response);
absl::StatusOr<EnrolledIdentity> Decode(pb::EnrollRunnerResponse response);
absl::StatusOr<Selected> Decode(const pb::SelectRunnerResponse& response);
absl::StatusOr<Page<Grant>> Decode(const pb::ListGrantsResponse& response);

}  // namespace runners::client
