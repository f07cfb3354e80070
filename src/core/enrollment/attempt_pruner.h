#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "core/ports/clock.h"
#include "core/ports/crypto.h"
#include "core/ports/enrollment_store.h"

namespace runners {

// Attempts, and identities that are removed, are kept for so long after their end, for people to
// look at.
inline constexpr absl::Duration kAttemptsKept = absl::Hours(30 * 24);

// Forgets what enrollments of long ago have left in the database. Any number may run on one
// database. Thread-safe.
class AttemptPruner {
 public:
  // Everything given must outlive this.
  AttemptPruner(EnrollmentStore& store, Entropy& entropy, const Clock& clock)
      : store_(store), entropy_(entropy), clock_(clock) {}

  // Forgets one batch; how many that were. Errors: those of EnrollmentStore.
  absl::StatusOr<int> RunOnce();

 private:
  EnrollmentStore& store_;
  Entropy& entropy_;
  const Clock& clock_;
};

}  // namespace runners
