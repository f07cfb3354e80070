#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace runners::grpc_server {

// Asks the server at `address` (HOST:PORT) for the health of `name` (grpc.health.v1; empty:
// readiness, kLivenessName: liveness). OK when it answers SERVING within `timeout`, else
// UNAVAILABLE with a sentence for people.
absl::Status ProbeHealth(const std::string& address, const std::string& name,
                         absl::Duration timeout);

}  // namespace runners::grpc_server
