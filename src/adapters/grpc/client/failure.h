#pragma once

#include <string>

#include <grpcpp/support/status.h>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace runners::client {

// What was known of the connection when a call failed without an answer of the service.
struct CallContext {
  std::string address;
  absl::Duration timeout;
  bool could_not_connect = false;  // else the connection was there, and was lost
};

// The failure of a call as FailureOf and DetailOf (core/support/error.h) read it: from the
// google.rpc.Status in the trailers when the service answered, else a sentence of our own.
// `status` must not be OK.
absl::Status FromGrpcStatus(const grpc::Status& status, const CallContext& context);

}  // namespace runners::client
