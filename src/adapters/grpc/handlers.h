#pragma once

#include <functional>
#include <map>
#include <string_view>

#include <grpcpp/support/byte_buffer.h>

#include "absl/status/statusor.h"

#include "adapters/system/log.h"
#include "core/access/grants.h"
#include "core/enrollment/enroll_runner.h"
#include "core/ports/call.h"
#include "core/registry/delete_runner.h"
#include "core/registry/get_runner.h"
#include "core/registry/list_runners.h"
#include "core/registry/register_runner.h"
#include "core/registry/update_runner.h"
#include "core/selection/select_runner.h"

namespace runners::grpc_server {

// What the RPCs are made of. Everything must outlive the server.
struct UseCases {
  RegisterRunner& register_runner;
  GetRunner& get_runner;
  ListRunners& list_runners;
  UpdateRunner& update_runner;
  DeleteRunner& delete_runner;
  EnrollRunner& enroll_runner;
  SelectRunner& select_runner;
  Grants& grants;
};

// Reads a request, does the work and writes the response. May block; runs on an executor.
// Thread-safe.
using Handler =
    std::function<absl::StatusOr<grpc::ByteBuffer>(const Call& call, const grpc::ByteBuffer&)>;

// The handler of every RPC, by its name.
std::map<std::string_view, Handler> MakeHandlers(const UseCases& use_cases, system::Log& log);

}  // namespace runners::grpc_server
