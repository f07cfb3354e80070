#pragma once

#include <functional>
#include <map>
#include <ostream>
#include <string>

#include "absl/time/time.h"

#include "app/ctl/printer.h"

namespace runners::ctl {

// What surrounds a command: where it prints, who looks on, its environment, and time.
struct World {
  std::ostream& out;
  std::ostream& err;
  Audience audience;                               // of `out`
  std::map<std::string, std::string> environment;  // RUNNERS_SERVER and RUNNERS_IDENTITY are read
  std::function<absl::Time()> now;
  std::function<void(absl::Duration)> pause;  // returns when so much time has passed
};

}  // namespace runners::ctl
