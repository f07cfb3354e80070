#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "adapters/openziti/edge_errors.h"
#include "core/ports/clock.h"
#include "core/ports/crypto.h"

namespace runners::openziti {

// Repeats a step after passing trouble: at most twice, after a growing wait that chance shortens,
// and only while the deadline leaves time for it. Steps must be idempotent. Nothing else in this
// adapter repeats on a timer, and nothing above it repeats within one call. Thread-safe.
class Repeats {
 public:
  // Both must outlive this.
  Repeats(const Clock& clock, Entropy& entropy, absl::Duration first_pause)
      : clock_(clock), entropy_(entropy), first_pause_(first_pause) {}

  // `step` is callable without arguments and gives an absl::Status or StatusOr.
  template <typename Step>
  auto Run(absl::Time deadline, Step step) const -> decltype(step()) {
    for (int repeat = 1;; ++repeat) {
      auto outcome = step();
      if (outcome.ok() || repeat > kMaxRepeats || !IsPassing(AsStatus(outcome)) ||
          !PauseBefore(repeat, deadline))
        return outcome;
    }
  }

 private:
  static constexpr int kMaxRepeats = 2;

  static const absl::Status& AsStatus(const absl::Status& status) { return status; }
  template <typename T>
  static const absl::Status& AsStatus(const absl::StatusOr<T>& outcome) {
    return outcome.status();
  }

  // Half to all of first_pause * 2^(repeat - 1). False, without waiting, when that is all the time
  // there is.
  bool PauseBefore(int repeat, absl::Time deadline) const;

  const Clock& clock_;
  Entropy& entropy_;
  const absl::Duration first_pause_;
};

}  // namespace runners::openziti
