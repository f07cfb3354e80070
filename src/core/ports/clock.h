#pragma once

#include "absl/time/time.h"

namespace runners {

// The time of day. Read once per operation, then passed on as `now`. Implementations are
// thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
};

}  // namespace runners
