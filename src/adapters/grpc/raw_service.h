#pragma once

#include <string>
#include <vector>

#include <grpcpp/impl/service_type.h>

#include "adapters/grpc/caller_identity.h"
#include "adapters/grpc/pipeline.h"

namespace runners::grpc_server {

// A gRPC service made of the rows of the method table. Its methods are registered raw: gRPC hands
// over the bytes and the pipeline parses them, so that what does not parse is the caller's mistake
// (INVALID_ARGUMENT) and not, as gRPC itself would say, an unimplemented method. Immutable once
// built.
class RawService final : public grpc::Service {
 public:
  // `full_name` as in the proto, e.g. "agynio.api.runners.v1.RunnersService"; `pipeline` must
  // outlive this.
  RawService(const std::string& full_name, Door door, Pipeline& pipeline);

 private:
  std::vector<std::string> method_paths_;  // gRPC keeps pointers to these
};

}  // namespace runners::grpc_server
