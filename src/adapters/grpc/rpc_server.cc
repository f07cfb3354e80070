#include "adapters/grpc/rpc_server.h"

#include <chrono>
#include <cstddef>
#include <mutex>

#include <google/protobuf/stubs/logging.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

namespace runners::grpc_server {
namespace {

constexpr char kServiceName[] = "agynio.api.runners.v1.RunnersService";
constexpr char kGatewayName[] = "agynio.api.gateway.v1.RunnersGateway";
constexpr int kMaxFrameBytes = 1024 * 1024;
constexpr int kMaxMetadataBytes = 16 * 1024;

// gRPC turns both on for every server built afterwards; there is no way to say it of one server.
// And protobuf would write a line of its own on stderr for every request that does not parse.
void PrepareLibraries() {
  static std::once_flag once;
  std::call_once(once, [] {
    google::protobuf::SetLogHandler(nullptr);
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  });
}

std::string WithHost(const std::string& address) {
  return !address.empty() && address.front() == ':' ? "[::]" + address : address;
}

std::string HostOf(const std::string& address) {
  return address.substr(0, address.rfind(':'));
}

}  // namespace

RpcServer::RpcServer(const UseCases& use_cases, const PipelineParts& parts)
    : pipeline_(parts, MakeHandlers(use_cases, parts.log)),
      service_(kServiceName, Door::kService, pipeline_),
      gateway_(kGatewayName, Door::kGateway, pipeline_) {}

RpcServer::~RpcServer() {
  Drain(absl::ZeroDuration());
}

absl::StatusOr<std::unique_ptr<RpcServer>> RpcServer::Start(const std::string& address,
                                                            const UseCases& use_cases,
                                                            const PipelineParts& parts) {
  PrepareLibraries();
  std::unique_ptr<RpcServer> server(new RpcServer(use_cases, parts));
  const std::string listen = WithHost(address);
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(listen, grpc::InsecureServerCredentials(), &port);
  builder.SetMaxReceiveMessageSize(kMaxFrameBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  // A second server on the port must fail, not take half of the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.RegisterService(&server->service_);
  builder.RegisterService(&server->gateway_);
  server->server_ = builder.BuildAndStart();
  if (server->server_ == nullptr || port == 0) {
    return absl::UnavailableError("cannot listen on " + listen + ": is the port taken?");
  }
  server->address_ = HostOf(listen) + ":" + std::to_string(port);
  server->SetReady(false);
  server->server_->GetHealthCheckService()->SetServingStatus(std::string(kLivenessName), true);
  return server;
}

void RpcServer::SetReady(bool ready) {
  grpc::HealthCheckServiceInterface* health = server_->GetHealthCheckService();
  for (const char* name : {"", kServiceName, kGatewayName}) {
    health->SetServingStatus(name, ready);
  }
}

void RpcServer::Drain(absl::Duration limit) {
  if (server_ == nullptr) return;
  SetReady(false);
  pipeline_.Close();
  server_->Shutdown(std::chrono::system_clock::now() + absl::ToChronoMicroseconds(limit));
  server_->Wait();
  server_.reset();
}

}  // namespace runners::grpc_server
