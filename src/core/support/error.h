#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

#include "runners/error_reason.h"

namespace runners {

// One thing that is wrong with one field of a request. Becomes a
// google.rpc.BadRequest.FieldViolation.
struct FieldViolation {
  std::string field;        // path in the request, e.g. `labels["region"]`
  std::string description;  // what is wrong, without the value when that may be long or secret

  bool operator==(const FieldViolation&) const = default;
};

// One requirement nothing met. Becomes a google.rpc.PreconditionFailure.Violation.
struct UnmetPrecondition {
  std::string type;         // e.g. "LABEL", "CAPABILITY", "SCOPE"
  std::string subject;      // e.g. "gpu-model=h100"
  std::string description;  // e.g. "0 of 14"

  bool operator==(const UnmetPrecondition&) const = default;
};

// What a program needs to know of an error, beside the sentence for people.
struct ErrorDetail {
  ErrorReason reason = ErrorReason::kInternal;
  std::vector<FieldViolation> violations;
  std::vector<UnmetPrecondition> unmet;
  std::map<std::string, std::string> metadata;  // ErrorInfo.metadata; never a secret
  std::optional<absl::Duration> retry_after;    // RetryInfo

  bool operator==(const ErrorDetail&) const = default;
};

// The longest sentence a client gets, counted as EscapedBytes (enumeration.h) counts: clients take
// 8 KiB of trailers, and the sentence is in there twice.
inline constexpr std::size_t kMaxMessageBytes = 1024;

// A status with the code that belongs to the reason (see ErrorReasonTable) and the detail attached.
// `message` is one sentence for people and reaches clients: no secret, no text of a library.
absl::Status MakeError(ErrorReason reason, std::string_view message);
absl::Status MakeError(ErrorDetail detail, std::string_view message);

// INVALID_ARGUMENT over every violation at once; the message is "<field>: <description>" of as many
// as fit, then "and N more". `violations` must not be empty.
absl::Status InvalidArgument(std::vector<FieldViolation> violations);

// The detail of an error made above; a status made elsewhere counts as kInternal. Must not be
// called on OK.
ErrorDetail DetailOf(const absl::Status& status);
inline ErrorReason ReasonOf(const absl::Status& status) {
  return DetailOf(status).reason;
}
bool HasReason(const absl::Status& status, ErrorReason reason);

// The status' message as a std::string_view (Debian's Abseil has a string_view of its own).
inline std::string_view MessageOf(const absl::Status& status) {
  return {status.message().data(), status.message().size()};
}

}  // namespace runners
