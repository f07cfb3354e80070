#pragma once

#include <string>
#include <vector>

#include "tests/support/controller_admin.h"
#include "tests/support/temp_postgres.h"

// What must hold in an installation that has nothing left to do. Each function returns sentences
// about what does not, for a test to print; it knows the schema and nothing of the code that wrote
// it.
namespace runners::testing {

// Work, attempts and identities that are not closed yet, and rows of a runner that contradict each
// other: a change of which only a half is there.
std::vector<std::string> OpenRows(const TempDatabase& database);

// Where the controller's objects of this installation differ from what its living runners need: for
// each exactly one service, one Bind policy and its current identity, and nothing for anybody else.
std::vector<std::string> OverlayDifferences(const TempDatabase& database, ControllerAdmin& admin);

}  // namespace runners::testing
