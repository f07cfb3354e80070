#include "core/enrollment/overlay_worker.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/support/error.h"
#include "core/support/status_macros.h"

namespace runners {

bool WorkFailure::needs_somebody() const {
  return reason == ErrorReason::kOverlayConflict || reason == ErrorReason::kOverlayRejected;
}

absl::StatusOr<WorkReport> OverlayWorker::RunOnce() {
  const Call call = NewCall();
  RUNNERS_ASSIGN_OR_RETURN(const int closed, queue_.CloseExpiredAttempts(call));
  if (closed > 0) faults_.Reach("overlay_work.attempts_closed");  // what they left is queued now
  RUNNERS_ASSIGN_OR_RETURN(const std::optional<OverlayWork> work,
                           queue_.Claim(call, 2 * options_.work_timeout));
  if (!work) return WorkReport{WorkOutcome::kIdle};
  faults_.Reach("overlay_work.claimed");
  return Do(call, *work);
}

Call OverlayWorker::NewCall() const {
  return {"OverlayWorker", entropy_.NewUuid(), std::nullopt,
          clock_.Now() + 2 * options_.work_timeout};
}

absl::StatusOr<WorkReport> OverlayWorker::Do(const Call& call, const OverlayWork& work) {
  const absl::StatusOr<Removal> effect = Effect(work, clock_.Now() + options_.work_timeout);
  faults_.Reach("overlay_work.effect_done");
  if (!effect.ok()) {
    const ErrorReason reason = ReasonOf(effect.status());
    RUNNERS_RETURN_IF_ERROR(
        queue_.Retry(call, work, Backoff(work.tries), std::string(RowOf(reason).name)));
    faults_.Reach("overlay_work.settled");
    return WorkReport{WorkOutcome::kFailed,
                      WorkFailure{work.action, work.runner_id, work.generation, reason}};
  }
  RUNNERS_RETURN_IF_ERROR(Settle(call, work, *effect));
  faults_.Reach("overlay_work.settled");
  return WorkReport{WorkOutcome::kDone};
}

absl::StatusOr<Removal> OverlayWorker::Effect(const OverlayWork& work, absl::Time deadline) {
  // Or the rest would take them for somebody else's.
  if (work.inherited) {
    RUNNERS_RETURN_IF_ERROR(overlay_.Adopt(work.runner_id, *work.inherited, deadline));
  }
  switch (work.action) {
    case OverlayAction::kEnsureRunner:
      if (work.runner_is_live) {
        RUNNERS_RETURN_IF_ERROR(overlay_.EnsureRunner(work.runner_id, deadline));
      }
      return Removal::kNothingThere;
    case OverlayAction::kRemoveIdentity:
      return overlay_.RemoveIdentity(work.runner_id, work.generation, deadline);
    case OverlayAction::kRemoveRunner:
      return overlay_.RemoveRunner(work.runner_id, deadline);
  }
  return MakeError(ErrorReason::kInternal, "unknown overlay action");
}

absl::Status OverlayWorker::Settle(const Call& call, const OverlayWork& work, Removal removal) {
  if (work.action == OverlayAction::kEnsureRunner) return queue_.Finish(call, work);

  // A create the controller answered with a timeout may be applied late, and an enrollment under
  // way may still make an identity: a removal is believed when a second look, later, finds nothing
  // and nobody is enrolling.
  bool settled = work.second_look && removal == Removal::kNothingThere;
  if (settled && work.action == OverlayAction::kRemoveRunner) {
    RUNNERS_ASSIGN_OR_RETURN(const bool enrolling, queue_.HasOpenAttempt(call, work.runner_id));
    settled = !enrolling;
  }
  if (settled) return queue_.Finish(call, work);
  return queue_.LookAgain(call, work, options_.recheck_delay);
}

absl::Duration OverlayWorker::Backoff(int tries) const {
  absl::Duration backoff = options_.first_backoff;
  for (int i = 0; i < tries && backoff < options_.max_backoff; ++i) backoff *= 2;
  return std::min(backoff, options_.max_backoff);
}

}  // namespace runners
