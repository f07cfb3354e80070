#include <stdlib.h>
#include <unistd.h>

#include <iostream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"

#include "app/ctl/run.h"
#include "app/ctl/world.h"

namespace {

std::map<std::string, std::string> Environment() {
  std::map<std::string, std::string> environment;
  for (const char* name : {"RUNNERS_SERVER", "RUNNERS_IDENTITY"}) {
    if (const char* value = getenv(name)) environment[name] = value;
  }
  return environment;
}

void Pause(absl::Duration duration) {
  std::this_thread::sleep_for(absl::ToChronoMilliseconds(duration));
}

}  // namespace

int main(int argc, char** argv) {
  // What the library says of a lost connection is not for users; a failure has one sentence of
  // ours.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  const runners::ctl::World world{
      .out = std::cout,
      .err = std::cerr,
      .audience = isatty(STDOUT_FILENO) == 1 ? runners::ctl::Audience::kTerminal
                                             : runners::ctl::Audience::kPipe,
      .environment = Environment(),
      .now = absl::Now,
      .pause = Pause,
  };
  return runners::ctl::Run(std::vector<std::string>(argv + 1, argv + argc), world);
}
