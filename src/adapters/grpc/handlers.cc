#include "adapters/grpc/handlers.h"

#include <cstddef>
#include <utility>

#include <grpcpp/impl/codegen/proto_utils.h>

#include "adapters/grpc/grant_codec.h"
#include "adapters/grpc/runner_codec.h"
#include "core/support/error.h"
#include "core/support/status_macros.h"

namespace runners::grpc_server {
namespace {

constexpr std::size_t kMaxRequestBytes = 128 * 1024;

template <typename Request>
absl::StatusOr<Request> Parse(const grpc::ByteBuffer& bytes) {
  if (bytes.Length() > kMaxRequestBytes) {
    return MakeError(ErrorReason::kRequestTooLarge, "the request is larger than 128 KiB");
  }
  Request request;
  grpc::ByteBuffer copy(bytes);  // shares the slices
  if (!grpc::SerializationTraits<Request>::Deserialize(&copy, &request).ok()) {
    return MakeError(ErrorReason::kUnparsableRequest,
                     "the request does not parse, or a string in it is not UTF-8");
  }
  return request;
}

template <typename Response>
absl::StatusOr<grpc::ByteBuffer> Serialize(const Response& response) {
  grpc::ByteBuffer bytes;
  bool own_buffer = false;
  if (!grpc::SerializationTraits<Response>::Serialize(response, &bytes, &own_buffer).ok()) {
    return MakeError(ErrorReason::kInternal, "the response does not serialize");
  }
  return bytes;
}

// The steps every RPC has: parse, decode, `work`, serialize. `work` takes the decoded request and
// returns the response message.
template <typename Request, typename Work>
Handler Make(Work work) {
  return [work = std::move(work)](
             const Call& call, const grpc::ByteBuffer& bytes) -> absl::StatusOr<grpc::ByteBuffer> {
    RUNNERS_ASSIGN_OR_RETURN(const Request request, Parse<Request>(bytes));
    RUNNERS_ASSIGN_OR_RETURN(const auto decoded, Decode(request));
    auto response = work(call, decoded);
    if (!response.ok()) return response.status();
    return Serialize(*response);
  };
}

// Puts a runner into a response that holds nothing else.
template <typename Response>
absl::StatusOr<Response> WithRunner(const absl::StatusOr<Runner>& runner) {
  if (!runner.ok()) return runner.status();
  Response response;
  *response.mutable_runner() = Encode(*runner);
  return response;
}

template <typename Value>
auto Encoded(const absl::StatusOr<Value>& value) -> absl::StatusOr<decltype(Encode(*value))> {
  if (!value.ok()) return value.status();
  return Encode(*value);
}

template <typename Response>
absl::StatusOr<Response> Empty(const absl::Status& status) {
  if (!status.ok()) return status;
  return Response();
}

// Operators follow cluster-scoped runners in the log, beside the audit rows in the database.
void Audit(system::Log& log, std::string_view event, const Call& call, const RunnerId& runner) {
  log.Info(event, {{"runner_id", runner.text()},
                   {"identity_id", call.caller ? call.caller->text() : "internal"},
                   {"request_id", call.request_id}});
}

absl::StatusOr<RegisteredRunner> Register(RegisterRunner& use_case, system::Log& log,
                                          const Call& call, const Registration& registration) {
  absl::StatusOr<RegisteredRunner> registered = use_case.Run(call, registration);
  if (registered.ok() && !registration.organization_id) {
    Audit(log, "audit.cluster_runner_registered", call, registered->runner.id);
  }
  return registered;
}

absl::StatusOr<pb::DeleteRunnerResponse> Delete(DeleteRunner& use_case, system::Log& log,
                                                const Call& call, const Deletion& deletion) {
  RUNNERS_ASSIGN_OR_RETURN(const Runner deleted,
                           use_case.Run(call, deletion.id, deletion.expected_etag));
  if (!deleted.organization_id) {
    Audit(log, "audit.cluster_runner_deleted", call, deletion.id);
  }
  return pb::DeleteRunnerResponse();
}

void AddRegistryHandlers(const UseCases& use, system::Log& log,
                         std::map<std::string_view, Handler>& handlers) {
  handlers["RegisterRunner"] =
      Make<pb::RegisterRunnerRequest>([use, &log](const Call& call, const Registration& asked) {
        return Encoded(Register(use.register_runner, log, call, asked));
      });
  handlers["GetRunner"] = Make<pb::GetRunnerRequest>([use](const Call& call, const RunnerId& id) {
    return WithRunner<pb::GetRunnerResponse>(use.get_runner.ById(call, id));
  });
  handlers["ListRunners"] =
      Make<pb::ListRunnersRequest>([use](const Call& call, const ListRunnersRequest& asked) {
        return Encoded(use.list_runners.Run(call, asked));
      });
  handlers["UpdateRunner"] =
      Make<pb::UpdateRunnerRequest>([use](const Call& call, const RunnerEdit& edit) {
        return WithRunner<pb::UpdateRunnerResponse>(use.update_runner.Run(call, edit));
      });
  handlers["DeleteRunner"] =
      Make<pb::DeleteRunnerRequest>([use, &log](const Call& call, const Deletion& deletion) {
        return Delete(use.delete_runner, log, call, deletion);
      });
  handlers["ValidateServiceToken"] =
      Make<pb::ValidateServiceTokenRequest>([use](const Call& call, const Secret& token) {
        return WithRunner<pb::ValidateServiceTokenResponse>(use.get_runner.ByToken(call, token));
      });
}

void AddPlacementHandlers(const UseCases& use, std::map<std::string_view, Handler>& handlers) {
  handlers["EnrollRunner"] =
      Make<pb::EnrollRunnerRequest>([use](const Call& call, const Enrollment& asked) {
        return Encoded(use.enroll_runner.Run(call, asked));
      });
  handlers["SelectRunner"] =
      Make<pb::SelectRunnerRequest>([use](const Call& call, const Selection& asked) {
        return Encoded(use.select_runner.Run(call, asked.criteria, asked.counting));
      });
}

void AddGrantHandlers(const UseCases& use, std::map<std::string_view, Handler>& handlers) {
  handlers["PutGrant"] = Make<pb::PutGrantRequest>([use](const Call& call, const Grant& grant) {
    return Empty<pb::PutGrantResponse>(use.grants.Put(call, grant));
  });
  handlers["DeleteGrant"] =
      Make<pb::DeleteGrantRequest>([use](const Call& call, const Grant& grant) {
        return Empty<pb::DeleteGrantResponse>(use.grants.Delete(call, grant));
      });
  handlers["ListGrants"] =
      Make<pb::ListGrantsRequest>([use](const Call& call, const ListGrantsRequest& asked) {
        return Encoded(use.grants.List(call, asked));
      });
}

}  // namespace

std::map<std::string_view, Handler> MakeHandlers(const UseCases& use_cases, system::Log& log) {
  std::map<std::string_view, Handler> handlers;
  AddRegistryHandlers(use_cases, log, handlers);
  AddPlacementHandlers(use_cases, handlers);
  AddGrantHandlers(use_cases, handlers);
  return handlers;
}

}  // namespace runners::grpc_server
