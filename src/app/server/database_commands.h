#pragma once

#include <ostream>
#include <string>

#include "app/server/settings.h"

// Commands next to the database: they need DATABASE_URL and no running server. Each returns its
// exit code (exit_codes.h).
namespace runners::server {

// Whether a command changes the database or only says what it would do.
enum class Doing { kForReal, kDryRun };

// `runners migrate up`: applies what is pending, a line each.
int MigrateUp(const Environment& environment, Doing doing, std::ostream& out, std::ostream& err);

// `runners migrate status`: what is applied and what is pending, a line each.
int MigrateStatus(const Environment& environment, std::ostream& out, std::ostream& err);

// `runners grant-admin UUID`: makes the identity a cluster admin, with a row in table audit.
int GrantAdmin(const Environment& environment, const std::string& identity, std::ostream& out,
               std::ostream& err);

}  // namespace runners::server
