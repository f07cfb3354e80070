#include "adapters/grpc/health_probe.h"

#include <chrono>
#include <memory>

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include "grpc/health/v1/health.grpc.pb.h"

namespace runners::grpc_server {
namespace {

namespace health = grpc::health::v1;

}  // namespace

absl::Status ProbeHealth(const std::string& address, const std::string& name,
                         absl::Duration timeout) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  const auto stub = health::Health::NewStub(
      grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + absl::ToChronoMicroseconds(timeout));
  health::HealthCheckRequest request;
  request.set_service(name);
  health::HealthCheckResponse response;
  const grpc::Status status = stub->Check(&context, request, &response);
  if (!status.ok()) return absl::UnavailableError("nobody answers at " + address);
  if (response.status() != health::HealthCheckResponse::SERVING) {
    return absl::UnavailableError("the server at " + address + " is not serving");
  }
  return absl::OkStatus();
}

}  // namespace runners::grpc_server
