#pragma once

#include <ostream>

#include "app/server/database_commands.h"
#include "app/server/settings.h"
#include "core/support/secret.h"

namespace runners::server {

// `runners import --from DSN`: takes runners over from the earlier service's database, a line each
// and the counts at the end. Returns the exit code: kExitFailed also when any was skipped.
int ImportFrom(const Secret& source, const Environment& environment, Doing doing, std::ostream& out,
               std::ostream& err);

}  // namespace runners::server
