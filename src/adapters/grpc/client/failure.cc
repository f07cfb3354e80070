#include "adapters/grpc/client/failure.h"

#include <optional>
#include <string_view>
#include <utility>

#include "core/support/error.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "runners/client.h"

namespace runners::client {
namespace {

// What ErrorDetail has no place for travels beside it, as payloads of the status.
constexpr char kReasonUrl[] = "runners/client/reason";
constexpr char kRequestIdUrl[] = "runners/client/request-id";
constexpr char kRetryAfterUrl[] = "runners/client/retry-after";

// An answer of the service, taken out of google.rpc.Status.
struct Answer {
  std::string reason_name;
  std::string request_id;
  ErrorDetail detail;
};

void Take(const google::rpc::ErrorInfo& info, Answer& answer) {
  if (info.domain() != kErrorDomain) return;
  answer.reason_name = info.reason();
  answer.detail.metadata = {info.metadata().begin(), info.metadata().end()};
}

void Take(const google::rpc::BadRequest& list, Answer& answer) {
  for (const auto& violation : list.field_violations()) {
    answer.detail.violations.push_back({violation.field(), violation.description()});
  }
}

void Take(const google::rpc::PreconditionFailure& list, Answer& answer) {
  for (const auto& violation : list.violations()) {
    answer.detail.unmet.push_back({violation.type(), violation.subject(), violation.description()});
  }
}

void Take(const google::rpc::RetryInfo& retry, Answer& answer) {
  answer.detail.retry_after =
      absl::Seconds(retry.retry_delay().seconds()) + absl::Nanoseconds(retry.retry_delay().nanos());
}

void Take(const google::rpc::RequestInfo& request, Answer& answer) {
  answer.request_id = request.request_id();
}

template <typename Detail>
void TakeIf(const google::protobuf::Any& any, Answer& answer) {
  Detail detail;
  if (any.Is<Detail>() && any.UnpackTo(&detail)) Take(detail, answer);
}

// Nothing when the error is not one of the service's own.
std::optional<Answer> ParseAnswer(const std::string& details) {
  google::rpc::Status rich;
  if (details.empty() || !rich.ParseFromString(details)) return std::nullopt;
  Answer answer;
  for (const google::protobuf::Any& any : rich.details()) {
    TakeIf<google::rpc::ErrorInfo>(any, answer);
    TakeIf<google::rpc::BadRequest>(any, answer);
    TakeIf<google::rpc::PreconditionFailure>(any, answer);
    TakeIf<google::rpc::RetryInfo>(any, answer);
    TakeIf<google::rpc::RequestInfo>(any, answer);
  }
  if (answer.reason_name.empty()) return std::nullopt;
  return answer;
}

absl::Status FromAnswer(Answer answer, const grpc::Status& status) {
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  const std::optional<ErrorReason> known = ParseErrorReason(answer.reason_name);
  const std::optional<absl::Duration> retry_after = answer.detail.retry_after;
  absl::Status error(code, status.error_message());
  if (known && RowOf(*known).code == code) {
    answer.detail.reason = *known;
    error = MakeError(std::move(answer.detail), status.error_message());
  }
  error.SetPayload(kReasonUrl, absl::Cord(answer.reason_name));
  error.SetPayload(kRequestIdUrl, absl::Cord(answer.request_id));
  if (retry_after) {
    error.SetPayload(kRetryAfterUrl, absl::Cord(absl::FormatDuration(*retry_after)));
  }
  return error;
}

// The library's own text is left out: it names sockets and internals, not what to do.
std::string SentenceFor(grpc::StatusCode code, const CallContext& context) {
  const std::string& server = context.address;
  switch (code) {
    case grpc::StatusCode::UNAVAILABLE:
      if (!context.could_not_connect) {
        return "the connection to " + server + " was lost before the answer came";
      }
      return "cannot reach " + server + ": is the server running there?";
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return "no answer from " + server + " within " + absl::FormatDuration(context.timeout);
    case grpc::StatusCode::UNIMPLEMENTED:
      return server + " does not know this call: is it a Runners server, and new enough?";
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return "the request or its answer is larger than " + server + " or this client takes";
    default:
      return "the call to " + server +
             " failed on the way; the answer is not from a Runners server";
  }
}

std::string CodeName(absl::StatusCode code) {
  return absl::StatusCodeToString(code);
}

std::string PayloadOf(const absl::Status& status, const char* url) {
  const auto payload = status.GetPayload(url);
  return payload ? std::string(*payload) : std::string();
}

}  // namespace

absl::Status FromGrpcStatus(const grpc::Status& status, const CallContext& context) {
  if (auto answer = ParseAnswer(status.error_details())) {
    return FromAnswer(*std::move(answer), status);
  }
  return {static_cast<absl::StatusCode>(status.error_code()),
          SentenceFor(status.error_code(), context)};
}

Failure FailureOf(const absl::Status& status) {
  Failure failure;
  failure.reason_name = PayloadOf(status, kReasonUrl);
  failure.request_id = PayloadOf(status, kRequestIdUrl);
  if (failure.reason_name.empty()) {
    failure.reason_name = CodeName(status.code());
    return failure;
  }
  const ErrorReason reason = ReasonOf(status);
  if (RowOf(reason).name == failure.reason_name) failure.reason = reason;
  absl::Duration retry_after;
  if (absl::ParseDuration(PayloadOf(status, kRetryAfterUrl), &retry_after)) {
    failure.retry_after = retry_after;
  }
  return failure;
}

}  // namespace runners::client
