#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "core/ports/call.h"
#include "core/ports/crypto.h"
#include "core/ports/overlay.h"
#include "runners/ids.h"
#include "runners/runner.h"

namespace runners {

// An enrollment under way: written before the first remote call, so that a crash leaves a row that
// says what to clean.
struct EnrollmentAttempt {
  std::string id;  // UUID
  RunnerId runner_id;
  std::int64_t generation = 0;
  std::optional<InheritedObjects> inherited{};  // to be adopted before anything else
};

// What an attempt may have left in the overlay under its generation. Service and policy are the
// runner's, whoever makes them.
enum class Leftovers { kNone, kIdentity };

// The steps of an enrollment, each one transaction. Thread-safe. Errors: as RunnerStore, and those
// named.
class EnrollmentStore {
 public:
  virtual ~EnrollmentStore() = default;

  // Finds the runner of a live token, takes its next generation and opens an attempt whose lease
  // ends `lease` from now (database time). Touches the token's last use. Errors:
  // kServiceTokenNotFound, whatever is wrong with the token.
  virtual absl::StatusOr<EnrollmentAttempt> Begin(const Call& call, const Sha256Digest& digest,
                                                  const std::string& attempt_id,
                                                  absl::Duration lease) = 0;

  // Closes the attempt as completed: records the overlay identity, makes the runner enrolled,
  // queues the removal of the identities of all earlier generations. When a later generation
  // completed first, the runner or its token is gone or the lease was taken away, closes the
  // attempt as lost instead, queues the removal of its identity and returns: kEnrollmentSuperseded;
  // kServiceTokenNotFound; kEnrollmentInterrupted.
  virtual absl::StatusOr<Runner> Complete(const Call& call, const EnrollmentAttempt& attempt,
                                          const std::string& overlay_id) = 0;

  // Closes the attempt as failed and queues the removal of what it may have made: of its identity,
  // unless `leftovers` says that there is none, and of everything when its runner is deleted. No
  // error if it is closed already. When it could not have been completed any more, returns why,
  // after it has done so: kServiceTokenNotFound (the runner or its token is gone),
  // kEnrollmentSuperseded.
  virtual absl::Status Abandon(const Call& call, const EnrollmentAttempt& attempt,
                               Leftovers leftovers) = 0;

  // Deletes a batch of the attempts that were closed `age` ago or earlier, together with their
  // identities when these were removed as long ago; attempts of other identities stay. How many
  // there were: 0 means that no more are left.
  virtual absl::StatusOr<int> ForgetOldAttempts(const Call& call, absl::Duration age) = 0;
};

// What is to be done in the overlay.
enum class OverlayAction { kEnsureRunner, kRemoveIdentity, kRemoveRunner };

// A claimed piece of overlay work. Until its lease ends no other worker gets it.
struct OverlayWork {
  std::string id;  // UUID
  std::string
      claim_id;  // UUID of this claim; what is queued again meanwhile loses it, and stays queued
  OverlayAction action = OverlayAction::kEnsureRunner;
  RunnerId runner_id;
  bool runner_is_live = true;   // not deleted when claimed
  std::int64_t generation = 0;  // of kRemoveIdentity, else 0
  int tries = 0;                // how often it failed so far
  bool second_look = false;     // nothing was left once already, at least one recheck delay ago
  std::optional<InheritedObjects> inherited{};  // to be adopted before anything else
};

// The queue of overlay work and of attempts nobody finishes. Thread-safe. Errors: as RunnerStore.
class OverlayQueue {
 public:
  virtual ~OverlayQueue() = default;

  // Closes attempts whose lease has ended (their process died or hangs) and queues the removal of
  // what they may have made. Returns how many.
  virtual absl::StatusOr<int> CloseExpiredAttempts(const Call& call) = 0;

  // Takes one piece of work that is due, or nothing. `lease`: for how long nobody else gets it.
  virtual absl::StatusOr<std::optional<OverlayWork>> Claim(const Call& call,
                                                           absl::Duration lease) = 0;

  // Whether an enrollment of this runner is under way.
  virtual absl::StatusOr<bool> HasOpenAttempt(const Call& call, const RunnerId& runner) = 0;

  // The work is done: its row goes, unless it was queued again since the claim. kRemoveIdentity:
  // the identity is recorded as removed. kEnsureRunner of a runner deleted meanwhile: its removal
  // is queued again, in the same transaction. What the runner inherited counts as adopted.
  virtual absl::Status Finish(const Call& call, const OverlayWork& work) = 0;

  // The work failed: it comes again after `delay`; `reason` (an ErrorReason name) is kept for
  // operators.
  virtual absl::Status Retry(const Call& call, const OverlayWork& work, absl::Duration delay,
                             const std::string& reason) = 0;

  // Nothing was left, but a late write of the controller may still appear: look again after
  // `delay`.
  virtual absl::Status LookAgain(const Call& call, const OverlayWork& work,
                                 absl::Duration delay) = 0;
};

}  // namespace runners
