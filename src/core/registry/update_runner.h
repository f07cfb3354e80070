#pragma once

#include "absl/status/statusor.h"

#include "core/access/authorizer.h"
#include "core/ports/call.h"
#include "core/ports/fault_points.h"
#include "core/ports/runner_store.h"

namespace runners {

// Edits name, labels and capabilities. Running workloads are unaffected; later selections use the
// new values. Thread-safe.
class UpdateRunner {
 public:
  // Everything given must outlive this.
  UpdateRunner(const Authorizer& authorizer, RunnerStore& store, FaultPoints& faults)
      : authorizer_(authorizer), store_(store), faults_(faults) {}

  // Errors: kRunnerNotFound, kPermissionDenied, kEtagMismatch, kInvalidArgument, those of
  // RunnerStore.
  absl::StatusOr<Runner> Run(const Call& call, const RunnerEdit& edit);

 private:
  const Authorizer& authorizer_;
  RunnerStore& store_;
  FaultPoints& faults_;
};

}  // namespace runners
