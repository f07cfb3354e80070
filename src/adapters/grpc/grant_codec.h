#pragma once

#include "absl/status/statusor.h"

#include "agynio/api/runners/v1/runners.pb.h"
#include "core/access/grants.h"
#include "runners/grant.h"

// Between the messages of grants and the core's types; violations as in runner_codec.h.
namespace runners::grpc_server {

namespace pb = agynio::api::runners::v1;

absl::StatusOr<Grant> Decode(const pb::PutGrantRequest& request);
absl::StatusOr<Grant> Decode(const pb::DeleteGrantRequest& request);
absl::StatusOr<ListGrantsRequest> Decode(const pb::ListGrantsRequest& request);

pb::ListGrantsResponse Encode(const GrantPage& page);

}  // namespace runners::grpc_server
