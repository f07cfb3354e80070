#include "core/registry/delete_runner.h"

#include <utility>

#include "core/support/status_macros.h"

namespace runners {

absl::StatusOr<Runner> DeleteRunner::Run(const Call& call, const RunnerId& id,
                                         const std::optional<std::string>& expected_etag) {
  RUNNERS_ASSIGN_OR_RETURN(std::optional<Runner> runner, store_.Get(call, id));
  if (!runner) return RunnerNotFound();
  // A runner's scope never changes, so what was allowed here is allowed in the transaction below.
  RUNNERS_RETURN_IF_ERROR(authorizer_.RequireWritable(call, *runner));
  faults_.Reach("delete.authorized");

  RUNNERS_RETURN_IF_ERROR(store_.Delete(call, id, expected_etag));
  faults_.Reach("delete.committed");
  return *std::move(runner);
}

}  // namespace runners
