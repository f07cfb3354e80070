#include "core/registry/update_runner.h"

#include <optional>

#include "core/support/status_macros.h"

namespace runners {

absl::StatusOr<Runner> UpdateRunner::Run(const Call& call, const RunnerEdit& edit) {
  RUNNERS_ASSIGN_OR_RETURN(const std::optional<Runner> runner, store_.Get(call, edit.id));
  if (!runner) return RunnerNotFound();
  // A runner's scope never changes, so what was allowed here is allowed in the transaction below.
  RUNNERS_RETURN_IF_ERROR(authorizer_.RequireWritable(call, *runner));
  faults_.Reach("update.authorized");

  RUNNERS_ASSIGN_OR_RETURN(Runner edited, store_.Update(call, edit));
  faults_.Reach("update.committed");
  return edited;
}

}  // namespace runners
