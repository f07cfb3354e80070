#include "tests/arch/readme_tables.h"

#include <algorithm>
#include <sstream>

#include <google/protobuf/descriptor.h>

#include "agynio/api/runners/v1/runners.pb.h"
#include "app/server/settings.h"
#include "runners/error_reason.h"

namespace runners::arch {
namespace {

std::string Trim(std::string_view text) {
  constexpr std::string_view kIgnored = " `";
  const std::size_t first = text.find_first_not_of(kIgnored);
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(kIgnored) - first + 1));
}

// "| a | b |" as {"a", "b"}; "\|" is a stroke in a cell.
TableRow ParseRow(const std::string& line) {
  TableRow cells;
  std::string cell;
  for (std::size_t i = 1; i < line.size(); ++i) {
    if (line[i] == '\\' && i + 1 < line.size() && line[i + 1] == '|') {
      cell += line[++i];
    } else if (line[i] == '|') {
      cells.push_back(Trim(cell));
      cell.clear();
    } else {
      cell += line[i];
    }
  }
  return cells;
}

// The rows of a table without its header and the line under it; other lines are passed over.
std::vector<TableRow> ParseRows(const std::vector<std::string>& lines) {
  std::vector<TableRow> rows;
  for (const std::string& line : lines) {
    if (line.starts_with("|")) rows.push_back(ParseRow(line));
  }
  if (rows.size() < 2) return {};
  rows.erase(rows.begin(), rows.begin() + 2);
  return rows;
}

std::string Written(const TableRow& row) {
  std::string line = "|";
  for (const std::string& cell : row) line += " " + cell + " |";
  return line;
}

const google::protobuf::ServiceDescriptor* Service(const std::string& name) {
  return google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
}

}  // namespace

std::vector<TableRow> ReadmeTable(const SourceTree& tree, std::string_view name) {
  const SourceFile readme = tree.File("README.md");
  const std::string begin = "<!-- table: " + std::string(name) + " -->";
  const auto first = std::find(readme.lines.begin(), readme.lines.end(), begin);
  const auto end = std::find(first, readme.lines.end(), "<!-- end -->");
  return ParseRows({first, end});
}

Violations TableViolations(const SourceTree& tree, std::string_view name,
                           const std::vector<TableRow>& expected) {
  const std::string where = "README.md, table of " + std::string(name) + ": ";
  const std::size_t width = expected.empty() ? 0 : expected.front().size();
  const std::vector<TableRow> actual = Columns(ReadmeTable(tree, name), width);
  Violations found;
  for (std::size_t i = 0; i < std::max(actual.size(), expected.size()); ++i) {
    if (i >= actual.size()) {
      found.push_back(where + "missing " + Written(expected[i]));
    } else if (i >= expected.size()) {
      found.push_back(where + "too much " + Written(actual[i]));
    } else if (actual[i] != expected[i]) {
      found.push_back(where + Written(actual[i]) + " must be " + Written(expected[i]));
    }
  }
  return found;
}

std::vector<TableRow> ErrorReasonRows() {
  std::vector<TableRow> rows;
  for (const ErrorReasonRow& row : ErrorReasonTable()) {
    rows.push_back(
        {std::string(row.name), absl::StatusCodeToString(row.code), std::string(row.meaning)});
  }
  return rows;
}

std::vector<TableRow> RpcRows() {
  const auto* service = Service("agynio.api.runners.v1.RunnersService");
  const auto* gateway = Service("agynio.api.gateway.v1.RunnersGateway");
  if (service == nullptr || gateway == nullptr) return {};
  std::vector<TableRow> rows;
  for (int i = 0; i < service->method_count(); ++i) {
    const std::string& method = service->method(i)->name();
    rows.push_back({method, gateway->FindMethodByName(method) == nullptr ? "no" : "yes"});
  }
  for (int i = 0; i < gateway->method_count(); ++i) {
    const std::string& method = gateway->method(i)->name();
    if (service->FindMethodByName(method) == nullptr) rows.push_back({method, "only"});
  }
  return rows;
}

std::vector<TableRow> SettingRows() {
  std::istringstream table(server::SettingsMarkdown());
  std::vector<std::string> lines;
  for (std::string line; std::getline(table, line);) lines.push_back(line);
  return ParseRows(lines);
}

std::vector<TableRow> Columns(const std::vector<TableRow>& rows, std::size_t columns) {
  std::vector<TableRow> cut = rows;
  for (TableRow& row : cut) row.resize(std::min(row.size(), columns));
  return cut;
}

}  // namespace runners::arch
