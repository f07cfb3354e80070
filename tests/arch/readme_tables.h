#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/arch/source_tree.h"

namespace runners::arch {

using TableRow = std::vector<std::string>;  // cells without back-ticks and outer spaces

// The rows of the Markdown table between "<!-- table: NAME -->" and "<!-- end -->" in README.md,
// without its header. Empty when there is none.
std::vector<TableRow> ReadmeTable(const SourceTree& tree, std::string_view name);

// Compares the table with the rows it must have, in order, and says which line is missing, wrong
// or too much, as it would have to be written.
Violations TableViolations(const SourceTree& tree, std::string_view name,
                           const std::vector<TableRow>& expected);

// What the tables must say, taken from the code.
std::vector<TableRow> ErrorReasonRows();  // reason, gRPC code, meaning
std::vector<TableRow> RpcRows();          // method, "yes" when the gateway has it too
std::vector<TableRow> SettingRows();      // name, default, meaning

// The cells `columns` of every row.
std::vector<TableRow> Columns(const std::vector<TableRow>& rows, std::size_t columns);

}  // namespace runners::arch
