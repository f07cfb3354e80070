#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

#include "core/ports/call.h"
#include "runners/criteria.h"
#include "runners/runner.h"

namespace runners {

enum class Counting { kSkip, kExact };

// Outcome of one draw.
struct Draw {
  std::optional<Runner> runner;                 // nothing: none qualifies
  std::optional<std::int64_t> candidate_count;  // how many qualified, when counted
};

// Why nothing qualified: how many runners meet each constraint. Nothing about runners out of scope.
struct ConstraintCounts {
  std::int64_t in_scope = 0;    // the organization's and cluster-scoped, any status
  std::int64_t enrolled = 0;    // of those, enrolled
  std::int64_t considered = 0;  // of those, not excluded: the "of N" of the two maps
  std::map<std::string, std::int64_t>
      labels;  // key of the required label -> runners with that very pair
  std::map<std::string, std::int64_t> capabilities;  // required capability -> runners that have it
};

// Finds runners for workloads. Implemented by SQL today; an in-memory view fits the same port.
// Thread-safe. Errors: those of RunnerStore that reads have.
class SelectionIndex {
 public:
  virtual ~SelectionIndex() = default;

  // Draws one of the qualifying runners, each with the same probability.
  virtual absl::StatusOr<Draw> DrawOne(const Call& call, const Criteria& criteria,
                                       Counting counting) = 0;

  virtual absl::StatusOr<ConstraintCounts> CountConstraints(const Call& call,
                                                            const Criteria& criteria) = 0;
};

}  // namespace runners
