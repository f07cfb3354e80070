#include "core/enrollment/enroll_runner.h"

#include <algorithm>
#include <utility>

#include "core/model/service_token.h"
#include "core/support/error.h"
#include "core/support/status_macros.h"

namespace runners {
namespace {

// The answer leaves this long before the caller's deadline.
constexpr absl::Duration kAnswerMargin = absl::Milliseconds(500);
// Kept of the time for the remote part, so that its outcome can still be written.
constexpr absl::Duration kClosingMargin = absl::Milliseconds(1500);
// A lease outlives its enrollment by this much before the worker takes it for dead.
constexpr absl::Duration kLeaseMargin = absl::Seconds(10);
constexpr absl::Duration kRetryAfter = absl::Seconds(1);

// Passing trouble as the clients in the field understand it: UNAVAILABLE, come again.
absl::Status AsUnavailable(const absl::Status& status) {
  ErrorDetail detail = DetailOf(status);
  switch (detail.reason) {
    case ErrorReason::kConcurrentUpdate:
    case ErrorReason::kLockTimeout:
    case ErrorReason::kStatementTimeout:
    case ErrorReason::kDeadlineExceeded:
      detail.reason = ErrorReason::kDatabaseUnavailable;
      break;
    default:
      if (status.code() != absl::StatusCode::kUnavailable) return status;
  }
  if (!detail.retry_after) detail.retry_after = kRetryAfter;
  return MakeError(std::move(detail), MessageOf(status));
}

}  // namespace

absl::StatusOr<EnrolledRunner> EnrollRunner::Run(const Call& call, const Enrollment& asked) {
  Call bounded = call;
  bounded.deadline = std::min(call.deadline - kAnswerMargin, clock_.Now() + options_.timeout);
  absl::StatusOr<EnrolledRunner> enrolled = Enroll(bounded, asked);
  if (!enrolled.ok()) return AsUnavailable(enrolled.status());
  return enrolled;
}

absl::StatusOr<EnrolledRunner> EnrollRunner::Enroll(const Call& call, const Enrollment& asked) {
  if (IsBlank(asked.token)) return InvalidArgument({{"service_token", "must not be empty"}});
  RUNNERS_RETURN_IF_ERROR(overlay_.Configured());

  const absl::Duration left = call.deadline - clock_.Now();
  if (left <= kClosingMargin) {
    return MakeError(
        ErrorReason::kOverlayUnavailable,
        "the deadline leaves the enrollment no time at the overlay controller: allow the "
        "call more than 2 s");
  }
  const absl::Duration lease = left + kLeaseMargin;
  RUNNERS_ASSIGN_OR_RETURN(
      const EnrollmentAttempt attempt,
      store_.Begin(call, DigestOfPresented(asked.token, hasher_), entropy_.NewUuid(), lease));
  faults_.Reach("enroll.attempt_opened");

  const absl::Time remote_deadline = call.deadline - kClosingMargin;
  const absl::Status prepared = Prepare(attempt, remote_deadline);
  if (!prepared.ok()) return Abandon(call, attempt, Leftovers::kNone, prepared);
  faults_.Reach("enroll.service_ensured");

  absl::StatusOr<IssuedIdentity> identity =
      overlay_.IssueIdentity({attempt.runner_id, attempt.generation, attempt.id},
                             asked.certificate_request, remote_deadline);
  if (!identity.ok()) return Abandon(call, attempt, Leftovers::kIdentity, identity.status());
  faults_.Reach("enroll.identity_issued");

  absl::StatusOr<Runner> runner = store_.Complete(call, attempt, identity->overlay_id);
  if (!runner.ok()) {
    // In doubt: completed or not, the row knows, and if not its lease ends.
    if (HasReason(runner.status(), ErrorReason::kCommitInDoubt)) return runner.status();
    return Abandon(call, attempt, Leftovers::kIdentity, runner.status());
  }
  faults_.Reach("enroll.completed");

  std::string service_name = OverlayServiceName(runner->id);
  return EnrolledRunner{*std::move(runner), std::move(identity->identity_file),
                        std::move(service_name), std::move(identity->overlay_id),
                        attempt.generation};
}

absl::Status EnrollRunner::Prepare(const EnrollmentAttempt& attempt, absl::Time deadline) {
  if (attempt.inherited) {
    RUNNERS_RETURN_IF_ERROR(overlay_.Adopt(attempt.runner_id, *attempt.inherited, deadline));
  }
  return overlay_.EnsureRunner(attempt.runner_id, deadline);
}

absl::Status EnrollRunner::Abandon(const Call& call, const EnrollmentAttempt& attempt,
                                   Leftovers leftovers, const absl::Status& why) {
  Call closing = call;
  closing.caller_gone = {};  // to be done for its own sake, whoever waits for the answer
  // When this fails too, the worker closes the attempt once its lease has ended.
  const absl::Status closed = store_.Abandon(closing, attempt, leftovers);
  // Of a runner that was deleted or enrolled elsewhere meanwhile the overlay fails for that reason,
  // and its caller must not come again.
  const bool in_vain = HasReason(closed, ErrorReason::kServiceTokenNotFound) ||
                       HasReason(closed, ErrorReason::kEnrollmentSuperseded);
  return in_vain ? closed : why;
}

}  // namespace runners
