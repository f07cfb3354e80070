#include "core/enrollment/attempt_pruner.h"

#include <optional>

#include "core/ports/call.h"

namespace runners {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(30);

}  // namespace

absl::StatusOr<int> AttemptPruner::RunOnce() {
  const Call call{"AttemptPruner", entropy_.NewUuid(), std::nullopt, clock_.Now() + kTimeout};
  return store_.ForgetOldAttempts(call, kAttemptsKept);
}

}  // namespace runners
