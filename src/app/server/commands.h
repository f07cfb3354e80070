#pragma once

#include <ostream>

#include "app/server/settings.h"

namespace runners::server {

// The program `runners`: understands the command line and runs the command. Returns the exit code
// (exit_codes.h).
int RunCommandLine(int argc, const char* const* argv, const Environment& environment,
                   std::ostream& out, std::ostream& err);

}  // namespace runners::server
