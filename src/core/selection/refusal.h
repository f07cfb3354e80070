#pragma once

#include "absl/status/status.h"

#include "core/ports/selection_index.h"
#include "runners/criteria.h"

namespace runners {

// The answer when no runner qualifies: kNoRunnerQualifies with one sentence that names every unmet
// constraint with counts, the same in ErrorInfo's metadata and as preconditions. It speaks of
// runners in scope only. Examples:
//   "no runner qualifies: label gpu-model=h100: 0 of 14; capability tpu: 0 of 14"
//   "no runner has all of: region=eu (3 of 14), gpu (4 of 14)"
//   "no runner in scope is enrolled: 0 of 3"
// Must not be asked when SomeoneQualifies.
absl::Status RefusalOf(const Criteria& criteria, const ConstraintCounts& counts);

// True when the counts alone show that some runner qualifies: it came between the draw and the
// counting.
bool SomeoneQualifies(const Criteria& criteria, const ConstraintCounts& counts);

}  // namespace runners
