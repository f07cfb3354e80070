#include "core/registry/get_runner.h"

#include <optional>
#include <utility>

#include "core/model/service_token.h"
#include "core/support/error.h"
#include "core/support/status_macros.h"

namespace runners {

absl::StatusOr<Runner> GetRunner::ById(const Call& call, const RunnerId& id) {
  RUNNERS_ASSIGN_OR_RETURN(std::optional<Runner> runner, store_.Get(call, id));
  if (!runner) return RunnerNotFound();
  RUNNERS_RETURN_IF_ERROR(authorizer_.RequireVisible(call, *runner));
  return *std::move(runner);
}

absl::StatusOr<Runner> GetRunner::ByToken(const Call& call, const Secret& token) {
  RUNNERS_RETURN_IF_ERROR(authorizer_.RequireClusterAdmin(call));
  RUNNERS_ASSIGN_OR_RETURN(std::optional<Runner> runner,
                           store_.FindByToken(call, DigestOfPresented(token, hasher_)));
  if (!runner) {
    return MakeError(ErrorReason::kServiceTokenNotFound, "service token not found");
  }
  return *std::move(runner);
}

}  // namespace runners
