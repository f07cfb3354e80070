#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <grpcpp/server.h>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "adapters/grpc/handlers.h"
#include "adapters/grpc/pipeline.h"
#include "adapters/grpc/raw_service.h"

namespace runners::grpc_server {

// Health (grpc.health.v1) names: "" and both services answer readiness; "liveness" answers SERVING
// as long as the process does.
inline constexpr std::string_view kLivenessName = "liveness";

// RunnersService and RunnersGateway on one port, with reflection and health. Thread-safe.
class RpcServer {
 public:
  // Listens on `address` ("host:port"; ":port" is every interface; port 0 is a free one). Not ready
  // at first. Errors: UNAVAILABLE (the address is taken or not ours).
  static absl::StatusOr<std::unique_ptr<RpcServer>> Start(const std::string& address,
                                                          const UseCases& use_cases,
                                                          const PipelineParts& parts);
  // Stops without waiting for calls under way.
  ~RpcServer();

  // Where it listens, with the port it got.
  const std::string& address() const { return address_; }

  // What readiness answers from now on.
  void SetReady(bool ready);

  // Not ready, no new calls; waits up to `limit` for those under way, then cancels them.
  void Drain(absl::Duration limit);

 private:
  RpcServer(const UseCases& use_cases, const PipelineParts& parts);

  Pipeline pipeline_;
  RawService service_;
  RawService gateway_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

}  // namespace runners::grpc_server
