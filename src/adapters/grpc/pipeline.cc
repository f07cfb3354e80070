#include "adapters/grpc/pipeline.h"

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>

#include <grpcpp/alarm.h>

#include "absl/status/status.h"
#include "absl/time/time.h"

#include "adapters/grpc/status_mapper.h"
#include "core/support/error.h"

namespace runners::grpc_server {
namespace {

constexpr absl::Duration kDefaultDeadline = absl::Seconds(30);
constexpr absl::Duration kOverloadRetry = absl::Seconds(1);
// An enrollment that still waits for a thread is answered this long before its deadline.
constexpr absl::Duration kWaitingMargin = absl::Milliseconds(500);
constexpr char kRequestIdKey[] = "x-request-id";

std::string_view DoorName(Door door) {
  return door == Door::kService ? "RunnersService" : "RunnersGateway";
}

bool HasDeadline(const grpc::CallbackServerContext& context) {
  return context.deadline() != std::chrono::system_clock::time_point::max();
}

absl::Time DeadlineOf(const grpc::CallbackServerContext& context, absl::Time now) {
  return HasDeadline(context) ? absl::FromChrono(context.deadline()) : now + kDefaultDeadline;
}

// The caller's own id of the request when it gave a proper one, so that its log and ours can be
// joined.
std::string RequestIdOf(const grpc::CallbackServerContext& context, Entropy& entropy) {
  const auto found = context.client_metadata().find(kRequestIdKey);
  if (found != context.client_metadata().end()) {
    const std::string_view text(found->second.data(), found->second.size());
    if (std::optional<std::string> id = CanonicalUuid(text)) return *std::move(id);
  }
  return entropy.NewUuid();
}

absl::Status Overloaded() {
  ErrorDetail detail;
  detail.reason = ErrorReason::kOverloaded;
  detail.retry_after = kOverloadRetry;
  return MakeError(std::move(detail), "the server has too many calls waiting");
}

absl::Status Closed() {
  ErrorDetail detail;
  detail.reason = ErrorReason::kShuttingDown;
  detail.retry_after = kOverloadRetry;
  return MakeError(std::move(detail), "the server is stopping");
}

}  // namespace

// One call under way. Lives until gRPC is done with it; Finish is called exactly once.
class Pipeline::UnaryCall final : public grpc::ServerUnaryReactor {
 public:
  UnaryCall(Pipeline& pipeline, const MethodPolicy& method, Door door,
            grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
            grpc::ByteBuffer* response)
      : parts_(pipeline.parts_),
        handler_(pipeline.handlers_.at(method.name)),
        method_(method),
        door_(door),
        request_(request),
        response_(response),
        started_(parts_.clock.Now()) {
    call_.rpc = std::string(method.name);
    call_.request_id = RequestIdOf(*context, parts_.entropy);
    call_.deadline = DeadlineOf(*context, started_);
    call_.caller_gone = caller_gone_.get_token();
    Begin(pipeline.closed_, *context);
  }

  // Also at the deadline of the caller. gRPC calls OnDone after this has returned, so `this` lives.
  void OnCancel() override {
    caller_gone_.request_stop();
    if (TakeFromQueue()) Answer(NotStarted());
  }
  void OnDone() override { delete this; }

 private:
  void Begin(bool closed, const grpc::CallbackServerContext& context) {
    if (closed) return Refuse(Closed());
    auto caller = CallerOf(context.client_metadata(), method_.callers, door_);
    if (!caller.ok()) return Refuse(caller.status());
    call_.caller = *std::move(caller);
    internal_ = call_.internal() && method_.callers != CallerRule::kServiceToken;
    Executor& lane =
        method_.lane == Lane::kDatabase ? parts_.database_lane : parts_.enrollment_lane;
    const bool posted = lane.TryPost([this, taken = taken_] {
      if (!taken->exchange(true)) Answer(Work());
    });
    if (!posted) return Refuse(Overloaded());
    if (method_.lane == Lane::kEnrollment) return LimitWaiting(call_.deadline - kWaitingMargin);
    if (!HasDeadline(context)) LimitWaiting(call_.deadline);
  }

  // Enrolling clients repeat UNAVAILABLE and not DEADLINE_EXCEEDED: their calls must not wait for a
  // thread until the deadline. Other calls end there by themselves, if they brought one.
  void LimitWaiting(absl::Time limit) {
    waiting_limit_.Set(absl::ToChronoTime(limit), [this, taken = taken_](bool reached) {
      if (reached && !taken->exchange(true)) Answer(Overloaded());
    });
  }

  // Whether the call is still to be answered by whoever asks; to others `this` may be gone.
  bool TakeFromQueue() { return !taken_->exchange(true); }

  void Refuse(const absl::Status& status) {
    if (TakeFromQueue()) Answer(status);
  }

  absl::Status NotStarted() const {
    if (parts_.clock.Now() >= call_.deadline) {
      return MakeError(ErrorReason::kDeadlineExceeded, "the deadline passed before work began");
    }
    return MakeError(ErrorReason::kCancelled, "the caller went away");
  }

  absl::Status Work() {
    const bool late = parts_.clock.Now() >= call_.deadline;
    if (late || call_.caller_gone.stop_requested()) return NotStarted();
    try {
      absl::StatusOr<grpc::ByteBuffer> response = handler_(call_, *request_);
      if (!response.ok()) return response.status();
      *response_ = *std::move(response);
      return absl::OkStatus();
    } catch (const std::exception&) {
      // The last resort: the text may hold anything, so neither log nor client sees it.
      return MakeError(ErrorReason::kInternal, "an exception left the handler");
    }
  }

  // Ends the call; `this` may be gone when it returns.
  void Answer(const absl::Status& status) {
    LogEnd(status);
    Finish(ToGrpcStatus(status, call_.request_id));
  }

  void LogEnd(const absl::Status& status) {
    const bool defect = HasReason(status, ErrorReason::kInternal);
    const double ms = absl::ToDoubleMilliseconds(parts_.clock.Now() - started_);
    const ErrorReasonRow* const row = status.ok() ? nullptr : &RowOf(ReasonOf(status));
    parts_.log.Write(
        defect ? system::LogLevel::kError : system::LogLevel::kInfo, "rpc.end",
        {{"grpc_service", DoorName(door_)},
         {"method", method_.name},
         {"code", absl::StatusCodeToString(row == nullptr ? absl::StatusCode::kOk : row->code)},
         {"reason", row == nullptr ? std::string_view() : row->name},
         {"identity_id", CallerName()},
         {"ms", ms},
         {"request_id", call_.request_id}});
  }

  std::string CallerName() const {
    if (call_.caller) return call_.caller->text();
    return internal_ ? "internal" : "";
  }

  const PipelineParts& parts_;
  const Handler& handler_;
  const MethodPolicy& method_;
  const Door door_;
  const grpc::ByteBuffer* const request_;
  grpc::ByteBuffer* const response_;
  const absl::Time started_;
  Call call_;
  bool internal_ = false;  // let in without an identity, not by a token
  std::stop_source caller_gone_;
  // Whoever sets it answers the call. Shared with the task in the queue and the alarm, which may
  // come upon it when `this` is gone.
  const std::shared_ptr<std::atomic<bool>> taken_ = std::make_shared<std::atomic<bool>>(false);
  grpc::Alarm waiting_limit_;
};

grpc::ServerUnaryReactor* Pipeline::Start(const MethodPolicy& method, Door door,
                                          grpc::CallbackServerContext* context,
                                          const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) {
  return new UnaryCall(*this, method, door, context, request, response);
}

}  // namespace runners::grpc_server
