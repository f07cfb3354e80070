#pragma once

#include <atomic>
#include <map>
#include <string>
#include <string_view>

#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include "adapters/grpc/caller_identity.h"
#include "adapters/grpc/handlers.h"
#include "adapters/grpc/method_policy.h"
#include "adapters/system/log.h"
#include "core/ports/clock.h"
#include "core/ports/crypto.h"
#include "core/ports/executor.h"

namespace runners::grpc_server {

// What a call passes through besides its handler. Everything must outlive the server.
struct PipelineParts {
  Executor& database_lane;
  Executor& enrollment_lane;
  const Clock& clock;
  Entropy& entropy;
  system::Log& log;
};

// The way of every call, in this order: request id, identity, a place in its lane's queue; then on
// a thread of the lane: still wanted?, handler (parse, decode, use case, encode), errors to
// statuses, one log line, answer. A caller who goes away, or whose deadline passes, ends the call
// wherever it is: in the queue at once, later through Call::caller_gone. A callback thread never
// blocks. Thread-safe.
class Pipeline {
 public:
  Pipeline(PipelineParts parts, std::map<std::string_view, Handler> handlers)
      : parts_(parts), handlers_(std::move(handlers)) {}

  // Takes over a call that has arrived. The reactor deletes itself when the call is done.
  grpc::ServerUnaryReactor* Start(const MethodPolicy& method, Door door,
                                  grpc::CallbackServerContext* context,
                                  const grpc::ByteBuffer* request, grpc::ByteBuffer* response);

  // From now on new calls are answered kShuttingDown.
  void Close() { closed_ = true; }

 private:
  class UnaryCall;

  PipelineParts parts_;
  const std::map<std::string_view, Handler> handlers_;
  std::atomic<bool> closed_ = false;
};

}  // namespace runners::grpc_server
