#include "tools/dev_controller/store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <utility>

namespace dev_controller {
namespace {

struct TableName {
  Table table;
  const char* name;
};
constexpr std::array kTables = {
    TableName{Table::kServices, "services"},
    TableName{Table::kPolicies, "policies"},
    TableName{Table::kIdentities, "identities"},
    TableName{Table::kAuthenticators, "authenticators"},
    TableName{Table::kTerminators, "terminators"},
    TableName{Table::kRouters, "routers"},
    TableName{Table::kApiSessions, "apiSessions"},
    TableName{Table::kSessions, "sessions"},
    TableName{Table::kSettings, "settings"},
};

const char* NameOf(Table table) {
  for (const TableName& row : kTables) {
    if (row.table == table) return row.name;
  }
  return "";
}

std::optional<Table> TableOf(const std::string& name) {
  for (const TableName& row : kTables) {
    if (name == row.name) return row.table;
  }
  return std::nullopt;
}

int Open(const std::string& file, int flags) {
  const int descriptor = open(file.c_str(), flags | O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) throw std::runtime_error("cannot write " + file);
  return descriptor;
}

bool WriteAll(int descriptor, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t count = write(descriptor, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    done += static_cast<std::size_t>(count);
  }
  return true;
}

}  // namespace

Store::Store(std::string file) : file_(std::move(file)) {
  for (const TableName& row : kTables) tables_[row.table];
  Load();
  Compact();
  descriptor_ = Open(file_, O_APPEND);
}

Store::~Store() {
  if (descriptor_ >= 0) close(descriptor_);
}

const Store::Rows& Store::rows(Table table) const {
  return tables_.at(table);
}

const Store::Row* Store::Find(Table table, const std::string& id) const {
  const Rows& found = rows(table);
  const auto row = found.find(id);
  return row == found.end() ? nullptr : &row->second;
}

void Store::Put(Table table, const std::string& id, Row row) {
  const Row* before = Find(table, id);
  undo_.push_back({table, id, before == nullptr ? Row() : *before});
  change_.push_back(Row::array({NameOf(table), id, row}));
  tables_[table][id] = std::move(row);
}

void Store::Erase(Table table, const std::string& id) {
  const Row* before = Find(table, id);
  if (before == nullptr) return;
  undo_.push_back({table, id, *before});
  change_.push_back(Row::array({NameOf(table), id, nullptr}));
  tables_[table].erase(id);
}

void Store::Commit() {
  if (change_.empty()) return;
  struct stat before {};
  const bool known = fstat(descriptor_, &before) == 0;
  if (!WriteAll(descriptor_, change_.dump() + "\n")) {
    const bool cut = known && ftruncate(descriptor_, before.st_size) == 0;
    Rollback();
    throw std::runtime_error("the state cannot be written" + std::string(cut ? "" : " any more"));
  }
  undo_.clear();
  change_.clear();
}

void Store::Rollback() {
  for (auto step = undo_.rbegin(); step != undo_.rend(); ++step) {
    if (step->before.is_null()) {
      tables_[step->table].erase(step->id);
    } else {
      tables_[step->table][step->id] = std::move(step->before);
    }
  }
  undo_.clear();
  change_.clear();
}

void Store::Load() {
  std::ifstream stream(file_);
  for (std::string line; std::getline(stream, line);) {
    const bool last = stream.eof();  // no end of line: the write did not get through
    const Row change = Row::parse(line, nullptr, /*allow_exceptions=*/false);
    if (change.is_discarded() && last) return;
    if (!change.is_array()) throw std::runtime_error(file_ + " is damaged");
    Apply(change);
  }
}

void Store::Apply(const Row& change) {
  for (const Row& step : change) {
    if (!step.is_array() || step.size() != 3 || !step[0].is_string() || !step[1].is_string())
      throw std::runtime_error(file_ + " is damaged");
    const std::optional<Table> table = TableOf(step[0].get<std::string>());
    if (!table) throw std::runtime_error(file_ + " is of another version");
    const std::string id = step[1].get<std::string>();
    if (step[2].is_null()) {
      tables_[*table].erase(id);
    } else {
      tables_[*table][id] = step[2];
    }
  }
}

void Store::Compact() {
  std::string text;
  for (const auto& [table, rows] : tables_) {
    for (const auto& [id, row] : rows)
      text += Row::array({Row::array({NameOf(table), id, row})}).dump() + "\n";
  }
  const std::string fresh = file_ + ".new";
  const int descriptor = Open(fresh, O_TRUNC);
  const bool written = WriteAll(descriptor, text) && fsync(descriptor) == 0;
  close(descriptor);
  if (!written || rename(fresh.c_str(), file_.c_str()) != 0)
    throw std::runtime_error("cannot write " + file_);
}

}  // namespace dev_controller
