#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"

#include "adapters/openziti/http_client.h"

namespace runners::openziti {

// Wait this long before the operation is worth repeating: the controller sends no Retry-After.
inline constexpr absl::Duration kRetryAfter = absl::Seconds(2);

// kOverlayUnavailable with a time to retry after.
absl::Status UnavailableError(std::string_view message, absl::Duration retry_after = kRetryAfter);

absl::Status RejectedError(std::string_view message);  // kOverlayRejected
absl::Status ConflictError(std::string_view message);  // kOverlayConflict

// What an answer that is no success means for the caller: 429, 5xx and what is not the controller
// talking are kOverlayUnavailable, everything else (4xx, and 6xx, by which it refuses query
// parameters) is kOverlayRejected. `doing` goes into the sentence ("create service"). The text of
// the answer does not; its status and error code do.
absl::Status ErrorOfAnswer(const HttpResponse& response, std::string_view doing);

// Passing trouble, worth a repeat.
bool IsPassing(const absl::Status& status);

}  // namespace runners::openziti
