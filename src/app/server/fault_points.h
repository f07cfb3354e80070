#pragma once

#include <memory>

#include "absl/status/statusor.h"

#include "app/server/settings.h"
#include "core/ports/fault_points.h"

namespace runners::server {

// The fault points of this build. With RUNNERS_FAULT_POINTS compiled in, the environment variable
// RUNNERS_FAULT_POINT=NAME[:N] makes the process kill itself (SIGKILL) when it reaches that point
// for the N-th time (the first, without N). Any other build has only NoFaults. Error:
// kInvalidArgument (not NAME or NAME:N).
absl::StatusOr<std::unique_ptr<FaultPoints>> MakeFaultPoints(const Environment& environment);

}  // namespace runners::server
