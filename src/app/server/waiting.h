#pragma once

#include <stop_token>

#include "absl/time/time.h"

namespace runners::server {

// What ended a wait.
enum class WaitEnd { kTimePassed, kStopRequested };

// Waits for `duration`, or until a stop is requested. Any thread may wait.
WaitEnd WaitFor(const std::stop_token& stop, absl::Duration duration);

}  // namespace runners::server
