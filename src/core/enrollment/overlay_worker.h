#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "core/ports/call.h"
#include "core/ports/clock.h"
#include "core/ports/crypto.h"
#include "core/ports/enrollment_store.h"
#include "core/ports/fault_points.h"
#include "core/ports/overlay.h"
#include "runners/error_reason.h"
#include "runners/ids.h"

namespace runners {

struct OverlayWorkerOptions {
  absl::Duration work_timeout = absl::Minutes(1);  // of one piece of work; its lease is twice that
  absl::Duration recheck_delay =
      absl::Seconds(60);  // until a removal that found nothing is believed
  absl::Duration first_backoff = absl::Seconds(1);  // doubles with every try
  absl::Duration max_backoff = absl::Minutes(5);
};

// What became of one call of RunOnce.
enum class WorkOutcome { kIdle, kDone, kFailed };

// Work the overlay failed, as an operator needs to know it.
struct WorkFailure {
  OverlayAction action = OverlayAction::kEnsureRunner;
  RunnerId runner_id;
  std::int64_t generation = 0;  // of kRemoveIdentity, else 0
  ErrorReason reason = ErrorReason::kInternal;

  // The overlay is not merely away: this work fails until somebody has looked at the controller.
  bool needs_somebody() const;
  // The overlay is well, only this work cannot be done.
  bool only_itself() const { return reason == ErrorReason::kOverlayConflict; }
};

struct WorkReport {
  WorkOutcome outcome = WorkOutcome::kIdle;
  std::optional<WorkFailure> failure{};  // kFailed
};

// Brings the overlay in line with the database: makes services and policies of new runners, removes
// what deleted runners, superseded identities and broken-off enrollments left. Any number of
// workers may run on one queue. Thread-safe.
class OverlayWorker {
 public:
  // Everything given must outlive this.
  OverlayWorker(OverlayQueue& queue, Overlay& overlay, Entropy& entropy, const Clock& clock,
                FaultPoints& faults, OverlayWorkerOptions options)
      : queue_(queue),
        overlay_(overlay),
        entropy_(entropy),
        clock_(clock),
        faults_(faults),
        options_(options) {}

  // Closes attempts nobody finishes, then does one piece of due work. kIdle: nothing was due.
  // kFailed: the overlay failed and the work waits for its next try. Errors: those of OverlayQueue.
  absl::StatusOr<WorkReport> RunOnce();

 private:
  Call NewCall() const;
  absl::StatusOr<WorkReport> Do(const Call& call, const OverlayWork& work);
  absl::StatusOr<Removal> Effect(const OverlayWork& work, absl::Time deadline);
  absl::Status Settle(const Call& call, const OverlayWork& work, Removal removal);
  absl::Duration Backoff(int tries) const;

  OverlayQueue& queue_;
  Overlay& overlay_;
  Entropy& entropy_;
  const Clock& clock_;
  FaultPoints& faults_;
  const OverlayWorkerOptions options_;
};

}  // namespace runners
