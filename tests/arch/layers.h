#pragma once

#include "tests/arch/source_tree.h"

namespace runners::arch {

// Looks at every #include of include/, src/ and tools/: include <- core <- adapters <- app, no
// adapter knows another except `system`, and each third-party library belongs to one folder. A
// folder without a row in the table is a violation too.
Violations LayerViolations(const SourceTree& tree);

}  // namespace runners::arch
