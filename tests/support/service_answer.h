#pragma once

#include <string>

#include <grpcpp/support/status.h>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace runners::testing {

inline google::rpc::ErrorInfo ErrorInfoOf(const std::string& reason,
                                          const std::string& domain = "runners.agyn.io") {
  google::rpc::ErrorInfo info;
  info.set_domain(domain);
  info.set_reason(reason);
  return info;
}

inline google::rpc::RetryInfo RetryInfoOf(int seconds) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(seconds);
  return retry;
}

// A failed call as gRPC hands it over, with these messages as details of google.rpc.Status.
template <typename... Details>
grpc::Status ServiceAnswer(grpc::StatusCode code, const std::string& message,
                           const Details&... details) {
  google::rpc::Status rich;
  rich.set_code(code);
  rich.set_message(message);
  (rich.add_details()->PackFrom(details), ...);
  return {code, message, rich.SerializeAsString()};
}

}  // namespace runners::testing
