#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "absl/status/status.h"

namespace runners {

// Why a call failed, for programs: the `reason` of google.rpc.ErrorInfo in domain
// `runners.agyn.io`. A reason keeps its name and its status code for ever; a client may branch on
// it. README.md lists them, and a test compares.
enum class ErrorReason {
  kInvalidArgument,
  kUnparsableRequest,
  kRequestTooLarge,
  kInvalidPageToken,
  kUnauthenticated,
  kPermissionDenied,
  kRunnerNotFound,
  kGrantNotFound,
  kServiceTokenNotFound,
  kRequestIdUsed,
  kEtagMismatch,
  kConcurrentUpdate,
  kEnrollmentSuperseded,
  kEnrollmentInterrupted,
  kNoRunnerQualifies,
  kOverlayNotConfigured,
  kOverlayUnavailable,
  kOverlayRejected,
  kOverlayConflict,
  kDatabaseUnavailable,
  kCommitInDoubt,
  kLockTimeout,
  kStatementTimeout,
  kOverloaded,
  kDeadlineExceeded,
  kCancelled,
  kShuttingDown,
  kInternal,
};

// One line of the table of reasons.
struct ErrorReasonRow {
  ErrorReason reason;
  std::string_view name;     // UPPER_SNAKE
  absl::StatusCode code;     // the one status code it comes with
  std::string_view meaning;  // one sentence for README.md
};

// Every reason once, in the order of the enum.
std::span<const ErrorReasonRow> ErrorReasonTable();

const ErrorReasonRow& RowOf(ErrorReason reason);
std::optional<ErrorReason> ParseErrorReason(std::string_view name);

// The ErrorInfo domain of every error of this service.
inline constexpr std::string_view kErrorDomain = "runners.agyn.io";

}  // namespace runners
