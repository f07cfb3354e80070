#include "adapters/grpc/raw_service.h"

#include <cstddef>

#include <grpcpp/impl/codegen/rpc_service_method.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>

#include "adapters/grpc/method_policy.h"

namespace runners::grpc_server {
namespace {

bool IsOffered(const MethodPolicy& method, Door door) {
  return door == Door::kService || method.gateway == Gateway::kOffered;
}

}  // namespace

RawService::RawService(const std::string& full_name, Door door, Pipeline& pipeline) {
  method_paths_.reserve(MethodPolicies().size());
  for (const MethodPolicy& method : MethodPolicies()) {
    if (!IsOffered(method, door)) continue;
    method_paths_.push_back("/" + full_name + "/" + std::string(method.name));
    AddMethod(new grpc::internal::RpcServiceMethod(method_paths_.back().c_str(),
                                                   grpc::internal::RpcMethod::NORMAL_RPC, nullptr));
    MarkMethodRawCallback(
        static_cast<int>(method_paths_.size()) - 1,
        new grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
            [&pipeline, &method, door](grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) {
              return pipeline.Start(method, door, context, request, response);
            }));
  }
}

}  // namespace runners::grpc_server
