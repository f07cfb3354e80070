#pragma once

#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"

#include "app/ctl/run.h"

namespace runners::testing {

// What a command of runnersctl left behind.
struct CtlResult {
  int code = 0;
  std::string out;
  std::string err;
};

// What surrounds a command in a test.
struct CtlSurroundings {
  std::map<std::string, std::string> environment;
  ctl::Audience audience = ctl::Audience::kPipe;
  std::function<void()> on_pause = [] {};  // pauses are not waited for: time goes on by itself
};

// Runs a command of runnersctl in this process.
inline CtlResult RunCtl(const std::vector<std::string>& arguments,
                        const CtlSurroundings& surroundings = {}) {
  std::ostringstream out;
  std::ostringstream err;
  absl::Duration paused;
  const ctl::World world{.out = out,
                         .err = err,
                         .audience = surroundings.audience,
                         .environment = surroundings.environment,
                         .now = [&] { return absl::Now() + paused; },
                         .pause =
                             [&](absl::Duration duration) {
                               paused += duration;
                               surroundings.on_pause();
                             }};
  const int code = ctl::Run(arguments, world);
  return {.code = code, .out = out.str(), .err = err.str()};
}

}  // namespace runners::testing
