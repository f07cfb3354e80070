#pragma once

#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

namespace runners::ctl {

struct Column {
  std::string title;
  std::size_t most_characters = 36;  // longer cells are shortened
};

// Rows under titles, in columns as wide as what is in them. Cells are made printable.
// Thread-compatible.
class Table {
 public:
  explicit Table(std::vector<Column> columns);

  // One cell for every column.
  void AddRow(const std::vector<std::string>& cells);
  void Print(std::ostream& out) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;  // the first holds the titles
};

struct Field {
  std::string name;
  std::string value;
};

// One thing, a line for each field: names, and values in a column. Nothing is shortened.
void PrintFields(const std::vector<Field>& fields, std::ostream& out);

}  // namespace runners::ctl
