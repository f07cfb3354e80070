#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"

#include "core/access/authorizer.h"
#include "core/ports/call.h"
#include "core/ports/fault_points.h"
#include "core/ports/runner_store.h"

namespace runners {

// Deletes a runner: no new placements, its token dies, running workloads go on. What it has in the
// overlay is removed soon after, by the overlay worker. Thread-safe.
class DeleteRunner {
 public:
  // Everything given must outlive this.
  DeleteRunner(const Authorizer& authorizer, RunnerStore& store, FaultPoints& faults)
      : authorizer_(authorizer), store_(store), faults_(faults) {}

  // Returns the runner that is gone now.
  // Errors: kRunnerNotFound, kPermissionDenied, kEtagMismatch, those of RunnerStore.
  absl::StatusOr<Runner> Run(const Call& call, const RunnerId& id,
                             const std::optional<std::string>& expected_etag);

 private:
  const Authorizer& authorizer_;
  RunnerStore& store_;
  FaultPoints& faults_;
};

}  // namespace runners
