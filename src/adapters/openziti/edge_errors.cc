#include "adapters/openziti/edge_errors.h"

#include <string>

#include "adapters/openziti/envelope.h"
#include "core/support/error.h"

namespace runners::openziti {
namespace {

// Load, a follower without a leader, a write that took longer than the controller waits.
bool IsPassingStatus(int status) {
  return status == 429 || (status >= 500 && status < 600);
}

// 1xx and 3xx never come from the controller: a proxy or something else answers at that address.
bool IsRefusalStatus(int status) {
  return (status >= 400 && status < 500) || status >= 600;
}

std::string Described(const HttpResponse& response) {
  std::string text = std::to_string(response.status);
  const std::string code = ErrorCodeOf(response);
  if (!code.empty()) text += " " + code;
  return text;
}

}  // namespace

absl::Status UnavailableError(std::string_view message, absl::Duration retry_after) {
  ErrorDetail detail;
  detail.reason = ErrorReason::kOverlayUnavailable;
  detail.retry_after = retry_after;
  return MakeError(std::move(detail), message);
}

absl::Status RejectedError(std::string_view message) {
  return MakeError(ErrorReason::kOverlayRejected, message);
}

absl::Status ConflictError(std::string_view message) {
  return MakeError(ErrorReason::kOverlayConflict, message);
}

absl::Status ErrorOfAnswer(const HttpResponse& response, std::string_view doing) {
  const std::string what = std::string(doing) + " (" + Described(response) + ")";
  if (IsPassingStatus(response.status))
    return UnavailableError("the overlay controller could not " + what);
  if (IsRefusalStatus(response.status))
    return RejectedError("the overlay controller refused to " + what);
  return UnavailableError("something that is not an overlay controller was asked to " + what);
}

bool IsPassing(const absl::Status& status) {
  return HasReason(status, ErrorReason::kOverlayUnavailable);
}

}  // namespace runners::openziti
