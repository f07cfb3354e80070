#pragma once

#include "tests/arch/source_tree.h"

namespace runners::arch {

// C++ sources and scripts of more than 400 lines. Protos and data are as long as they must be.
Violations SizeViolations(const SourceTree& tree);

// Words that code of a folder must not use, such as getenv outside src/app.
Violations BannedWordViolations(const SourceTree& tree);

// migrations/NNNN_verb_object.sql, numbered from 0001 without a gap, and nothing else in there
// that ends with .sql.
Violations MigrationNameViolations(const SourceTree& tree);

// Absolute paths that exist on one person's machine only, in any file.
Violations MachinePathViolations(const SourceTree& tree);

// Code without a test folder for it: every src/core/X and src/adapters/X is mentioned in some test.
Violations UntestedFolderViolations(const SourceTree& tree);

}  // namespace runners::arch
