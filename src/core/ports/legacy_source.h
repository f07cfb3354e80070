#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "core/ports/call.h"
#include "runners/ids.h"
#include "runners/runner.h"

namespace runners {

// A runner as the earlier service keeps it: nothing of it has been checked. A text that is NULL
// there is empty.
struct LegacyRunner {
  RunnerId id;
  std::string name;
  std::string organization_id;
  std::string identity_id;
  std::string service_token_hash;  // SHA-256 of the token's 64 characters, in hex
  std::string status;
  std::optional<Labels> labels;                          // nothing: not an object of strings
  std::optional<std::vector<std::string>> capabilities;  // nothing: not an array of strings
  std::string overlay_identity_id;
  std::string overlay_service_id;
  std::string overlay_service_name;
  std::optional<absl::Time> created_at;  // microseconds; nothing: NULL or infinite
  std::optional<absl::Time> updated_at;
};

// The runners of the earlier service; only read. Thread-safe.
class LegacySource {
 public:
  virtual ~LegacySource() = default;

  // The next runners by id, after the one given or from the first; none: that was the last.
  // Errors: FAILED_PRECONDITION when nothing of the known shape is there, and those of RunnerStore.
  // Every message says whose database it is about.
  virtual absl::StatusOr<std::vector<LegacyRunner>> ReadAfter(
      const Call& call, const std::optional<RunnerId>& after) = 0;
};

}  // namespace runners
