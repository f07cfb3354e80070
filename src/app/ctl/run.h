#pragma once

#include <string>
#include <vector>

#include "app/ctl/world.h"

namespace runners::ctl {

// Runs one command of runnersctl: `arguments` are those after the program's name. Returns the exit
// code (app/ctl/failure.h). Answers go to `world.out`, failures to `world.err`.
int Run(const std::vector<std::string>& arguments, const World& world);

}  // namespace runners::ctl
