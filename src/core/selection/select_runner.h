#pragma once

#include "absl/status/statusor.h"

#include "core/access/authorizer.h"
#include "core/ports/call.h"
#include "core/ports/selection_index.h"
#include "runners/criteria.h"

namespace runners {

struct SelectedRunner {
  Runner runner;
  std::optional<std::int64_t> candidate_count;  // when it was asked for
};

// Picks a runner for a workload: scope, enrolled, not excluded, labels, capabilities, then a
// uniform random draw. Thread-safe.
class SelectRunner {
 public:
  // Everything given must outlive this.
  SelectRunner(const Authorizer& authorizer, SelectionIndex& index)
      : authorizer_(authorizer), index_(index) {}

  // Errors: kPermissionDenied; kNoRunnerQualifies with every unmet constraint (see refusal.h);
  // those of SelectionIndex.
  absl::StatusOr<SelectedRunner> Run(const Call& call, const Criteria& criteria, Counting counting);

 private:
  const Authorizer& authorizer_;
  SelectionIndex& index_;
};

}  // namespace runners
