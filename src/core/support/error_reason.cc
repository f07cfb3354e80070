#include "runners/error_reason.h"

#include <array>
#include <cstddef>

namespace runners {
namespace {

using absl::StatusCode;

constexpr std::array kTable = {
    ErrorReasonRow{ErrorReason::kInvalidArgument, "INVALID_ARGUMENT", StatusCode::kInvalidArgument,
                   "A field breaks a rule; google.rpc.BadRequest lists every violation."},
    ErrorReasonRow{ErrorReason::kUnparsableRequest, "UNPARSABLE_REQUEST",
                   StatusCode::kInvalidArgument,
                   "The request is not a valid message, or a string in it is not UTF-8."},
    ErrorReasonRow{ErrorReason::kRequestTooLarge, "REQUEST_TOO_LARGE", StatusCode::kInvalidArgument,
                   "The request is larger than 128 KiB."},
    ErrorReasonRow{ErrorReason::kInvalidPageToken, "INVALID_PAGE_TOKEN",
                   StatusCode::kInvalidArgument,
                   "The page token is not one of ours, or belongs to another filter or caller."},
    ErrorReasonRow{ErrorReason::kUnauthenticated, "UNAUTHENTICATED", StatusCode::kUnauthenticated,
                   "The call needs exactly one well-formed x-identity-id."},
    ErrorReasonRow{ErrorReason::kPermissionDenied, "PERMISSION_DENIED",
                   StatusCode::kPermissionDenied, "The caller may not do this."},
    ErrorReasonRow{ErrorReason::kRunnerNotFound, "RUNNER_NOT_FOUND", StatusCode::kNotFound,
                   "There is no such runner, or the caller cannot see it."},
    ErrorReasonRow{ErrorReason::kGrantNotFound, "GRANT_NOT_FOUND", StatusCode::kNotFound,
                   "There is no such grant."},
    ErrorReasonRow{ErrorReason::kServiceTokenNotFound, "SERVICE_TOKEN_NOT_FOUND",
                   StatusCode::kNotFound,
                   "The service token is not live: unknown, malformed, revoked, expired, or its "
                   "runner is deleted. The answer is the same for each."},
    ErrorReasonRow{ErrorReason::kRequestIdUsed, "REQUEST_ID_USED", StatusCode::kAlreadyExists,
                   "The caller has used this request_id for a runner that is enrolled or deleted, "
                   "or for another request; metadata runner_id names that runner."},
    ErrorReasonRow{ErrorReason::kEtagMismatch, "ETAG_MISMATCH", StatusCode::kAborted,
                   "The runner was edited since its etag was read; nothing was changed."},
    ErrorReasonRow{ErrorReason::kConcurrentUpdate, "CONCURRENT_UPDATE", StatusCode::kAborted,
                   "Other changes kept getting in the way; nothing was changed, repeat the call."},
    ErrorReasonRow{ErrorReason::kEnrollmentSuperseded, "ENROLLMENT_SUPERSEDED",
                   StatusCode::kAborted,
                   "A later enrollment of the same runner completed first; do not repeat."},
    ErrorReasonRow{ErrorReason::kEnrollmentInterrupted, "ENROLLMENT_INTERRUPTED",
                   StatusCode::kUnavailable,
                   "The enrollment took longer than its lease and was undone; repeat the call."},
    ErrorReasonRow{ErrorReason::kNoRunnerQualifies, "NO_RUNNER_QUALIFIES",
                   StatusCode::kFailedPrecondition,
                   "No enrolled runner in scope meets every constraint; the message and "
                   "google.rpc.PreconditionFailure name the unmet ones."},
    ErrorReasonRow{ErrorReason::kOverlayNotConfigured, "OVERLAY_NOT_CONFIGURED",
                   StatusCode::kUnavailable,
                   "The server runs without ZITI_* settings and cannot enroll runners."},
    ErrorReasonRow{ErrorReason::kOverlayUnavailable, "OVERLAY_UNAVAILABLE",
                   StatusCode::kUnavailable,
                   "The OpenZiti controller is away, slow or overloaded; repeat the call."},
    ErrorReasonRow{ErrorReason::kOverlayRejected, "OVERLAY_REJECTED", StatusCode::kUnavailable,
                   "The OpenZiti controller refuses this server; an operator must look at its "
                   "credentials and permissions."},
    ErrorReasonRow{ErrorReason::kOverlayConflict, "OVERLAY_CONFLICT", StatusCode::kUnavailable,
                   "An object in OpenZiti has the name of one of ours and is not ours; an operator "
                   "must remove it."},
    ErrorReasonRow{ErrorReason::kDatabaseUnavailable, "DATABASE_UNAVAILABLE",
                   StatusCode::kUnavailable,
                   "PostgreSQL is away or failing over; repeat the call."},
    ErrorReasonRow{ErrorReason::kCommitInDoubt, "COMMIT_IN_DOUBT", StatusCode::kUnknown,
                   "The connection was lost during the commit: the change may or may not have been "
                   "made. Look before repeating."},
    ErrorReasonRow{ErrorReason::kLockTimeout, "LOCK_TIMEOUT", StatusCode::kUnavailable,
                   "A row stayed locked for too long; nothing was changed, repeat the call."},
    ErrorReasonRow{ErrorReason::kStatementTimeout, "STATEMENT_TIMEOUT",
                   StatusCode::kDeadlineExceeded,
                   "A database statement took too long and was cancelled; nothing was changed."},
    ErrorReasonRow{ErrorReason::kOverloaded, "OVERLOADED", StatusCode::kUnavailable,
                   "The server has as many calls waiting as it accepts; repeat the call."},
    ErrorReasonRow{ErrorReason::kDeadlineExceeded, "DEADLINE_EXCEEDED",
                   StatusCode::kDeadlineExceeded,
                   "The deadline passed before the answer was there; nothing was changed."},
    ErrorReasonRow{ErrorReason::kCancelled, "CANCELLED", StatusCode::kCancelled,
                   "The caller went away before the answer was there; nothing was changed."},
    ErrorReasonRow{ErrorReason::kShuttingDown, "SHUTTING_DOWN", StatusCode::kUnavailable,
                   "The server is stopping; repeat the call, another replica will take it."},
    ErrorReasonRow{ErrorReason::kInternal, "INTERNAL", StatusCode::kInternal,
                   "A defect of the server; the log has the request id."},
};

constexpr bool InEnumOrder() {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<std::size_t>(kTable[i].reason) != i) return false;
  }
  return kTable.size() == static_cast<std::size_t>(ErrorReason::kInternal) + 1;
}
static_assert(InEnumOrder(), "one row for every reason, in the order of the enum");

}  // namespace

std::span<const ErrorReasonRow> ErrorReasonTable() {
  return kTable;
}

const ErrorReasonRow& RowOf(ErrorReason reason) {
  return kTable.at(static_cast<std::size_t>(reason));
}

std::optional<ErrorReason> ParseErrorReason(std::string_view name) {
  for (const ErrorReasonRow& row : kTable) {
    if (row.name == name) return row.reason;
  }
  return std::nullopt;
}

}  // namespace runners
