#pragma once

#include "absl/time/clock.h"

#include "core/ports/clock.h"

namespace runners::system {

// The machine's clock. Immutable.
class SystemClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
};

}  // namespace runners::system
