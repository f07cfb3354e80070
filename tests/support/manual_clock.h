#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"

#include "core/ports/clock.h"
#include "core/support/mutex.h"

namespace runners::testing {

// A clock that stands still until it is moved. Thread-safe.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(absl::Time now) : now_(now) {}

  absl::Time Now() const override {
    const MutexLock lock(mutex_);
    return now_;
  }

  void Advance(absl::Duration by) {
    const MutexLock lock(mutex_);
    now_ += by;
  }

 private:
  mutable Mutex mutex_;
  absl::Time now_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace runners::testing
