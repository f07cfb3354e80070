#pragma once

#include <cstddef>
#include <string>

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace runners::grpc_server {

// All details of one error, serialized. With a message of kMaxMessageBytes, which travels twice,
// and base64 this stays below the 8 KiB of trailers that clients take.
inline constexpr std::size_t kMaxDetailBytes = 4096;

// The status a client gets: the code, one sentence, and google.rpc.Status with ErrorInfo (always),
// RequestInfo (always), BadRequest, PreconditionFailure and RetryInfo (where they apply). What
// would be over the bounds is cut, with "and N more". Of kInternal only a fixed sentence goes out.
grpc::Status ToGrpcStatus(const absl::Status& status, const std::string& request_id);

}  // namespace runners::grpc_server
