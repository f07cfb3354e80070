#pragma once

#include "tests/arch/source_tree.h"

namespace runners::arch {

// What deploy/ sets for the service must be settings of the program or variables of
// libpq (`PG...`), what the program cannot do without must be among it, and a password must not be.
// Looks at the service `runners` of compose.yaml and at systemd/runners.env.example.
Violations DeployViolations(const SourceTree& tree);

}  // namespace runners::arch
