#pragma once

#include <map>
#include <optional>

#include <grpcpp/support/string_ref.h>

#include "absl/status/statusor.h"

#include "adapters/grpc/method_policy.h"
#include "runners/ids.h"

namespace runners::grpc_server {

enum class Door { kService, kGateway };

using Metadata = std::multimap<grpc::string_ref, grpc::string_ref>;

// Who makes the call: the one value of metadata key `x-identity-id`, or nobody where the rule
// allows that. Errors: kUnauthenticated (missing where needed, more than one, not a UUID).
absl::StatusOr<std::optional<IdentityId>> CallerOf(const Metadata& metadata, CallerRule rule,
                                                   Door door);

}  // namespace runners::grpc_server
