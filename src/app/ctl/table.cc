#include "app/ctl/table.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "app/ctl/text.h"

namespace runners::ctl {
namespace {

constexpr std::string_view kGap = "  ";

std::string Padded(const std::string& text, std::size_t width) {
  return text + std::string(width - CharacterCount(text), ' ');
}

}  // namespace

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {
  std::vector<std::string> titles;
  for (const Column& column : columns_) titles.push_back(column.title);
  rows_.push_back(std::move(titles));
}

void Table::AddRow(const std::vector<std::string>& cells) {
  std::vector<std::string> row;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    row.push_back(Shortened(Printable(cells.at(i)), columns_[i].most_characters));
  }
  rows_.push_back(std::move(row));
}

void Table::Print(std::ostream& out) const {
  std::vector<std::size_t> widths(columns_.size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], CharacterCount(row[i]));
    }
  }
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i + 1 < row.size(); ++i) out << Padded(row[i], widths[i]) << kGap;
    out << row.back() << '\n';
  }
}

void PrintFields(const std::vector<Field>& fields, std::ostream& out) {
  std::size_t width = 0;
  for (const Field& field : fields) width = std::max(width, CharacterCount(field.name));
  for (const Field& field : fields) {
    out << Padded(field.name, width) << kGap << Printable(field.value) << '\n';
  }
}

}  // namespace runners::ctl
