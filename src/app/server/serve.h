#pragma once

#include <ostream>

#include "app/server/settings.h"

namespace runners::server {

// `runners serve`: runs the service until SIGTERM or SIGINT. Writes "ready grpc=HOST:PORT" to `out`
// once it can be called, and its log to stderr. Returns the exit code (exit_codes.h).
int Serve(const Environment& environment, std::ostream& out, std::ostream& err);

}  // namespace runners::server
