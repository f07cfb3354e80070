#include "tests/arch/conventions.h"

#include <algorithm>
#include <array>
#include <regex>
#include <set>
#include <string>
#include <string_view>

namespace runners::arch {
namespace {

constexpr std::size_t kMostLines = 400;

struct BannedWord {
  std::string_view word;    // a * before or after it: also as a part of a word
  std::string_view folder;  // where it is banned
  std::string_view except;  // a folder in it where it is not; may be empty
  std::string_view instead;
};

constexpr std::array kBannedWords = {
    BannedWord{"getenv", "src", "src/app", "settings come from app/ as option structs"},
    BannedWord{"getenv", "include", "", "settings come from app/ as option structs"},
    BannedWord{"absl::Mutex*", "src", "", "runners::Mutex (core/support/mutex.h)"},
    BannedWord{"absl::Mutex*", "tools", "", "std::mutex"},
    BannedWord{"absl::Mutex*", "tests", "", "runners::Mutex (core/support/mutex.h)"},
    BannedWord{"absl::Now", "src/core", "", "the Clock port"},
    BannedWord{"*_clock::now", "src/core", "", "the Clock port"},
    BannedWord{"random_device", "src/core", "", "the Entropy port"},
    BannedWord{"mt19937*", "src/core", "", "the Entropy port"},
    BannedWord{"rand", "src/core", "", "the Entropy port"},
    BannedWord{"srand", "src/core", "", "the Entropy port"},
    BannedWord{"sleep", "src/core", "", "a wait with a condition"},
    BannedWord{"sleep_for", "src/core", "", "a wait with a condition"},
    BannedWord{"sleep_until", "src/core", "", "a wait with a condition"},
    BannedWord{"TODO", "src", "", "an issue, or the work itself"},
    BannedWord{"fsync", "src/core", "", "a port: core does no IO"},
    BannedWord{"ofstream", "src/core", "", "a port: core does no IO"},
};

bool IsWordCharacter(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool Holds(std::string_view code, std::string_view word) {
  const bool any_before = word.starts_with('*');
  const bool any_behind = word.ends_with('*');
  if (any_before) word.remove_prefix(1);
  if (any_behind) word.remove_suffix(1);
  for (std::size_t at = code.find(word); at != std::string_view::npos;
       at = code.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool begins = any_before || at == 0 || !IsWordCharacter(code[at - 1]);
    const bool ends = any_behind || end == code.size() || !IsWordCharacter(code[end]);
    if (begins && ends) return true;
  }
  return false;
}

// The part of a line before a comment. "://" is no comment.
std::string_view WithoutComment(std::string_view line) {
  for (std::size_t at = line.find("//"); at != std::string_view::npos;
       at = line.find("//", at + 2)) {
    if (at == 0 || line[at - 1] != ':') return line.substr(0, at);
  }
  return line;
}

bool IsSource(const SourceFile& file) {
  return IsCpp(file.path) || file.path.ends_with(".sh") || IsIn(file.path, "scripts");
}

void CheckWord(const SourceFile& file, const BannedWord& banned, Violations& found) {
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    if (!Holds(WithoutComment(file.lines[i]), banned.word)) continue;
    found.push_back(At(file, i) + ": " + std::string(banned.word) + " is not for " +
                    std::string(banned.folder) + "; use " + std::string(banned.instead));
  }
}

bool Applies(const BannedWord& banned, std::string_view path) {
  return IsCpp(path) && IsIn(path, banned.folder) && !IsIn(path, "tests/arch") &&
         (banned.except.empty() || !IsIn(path, banned.except));
}

// "src/core/registry" of "src/core/registry/get_runner.cc"; empty for other files.
std::string CodeFolder(std::string_view path) {
  static const std::regex kFolder(R"(^src/((core|adapters)/[^/]+)/.*\.cc$)");
  std::smatch match;
  const std::string text(path);
  return std::regex_match(text, match, kFolder) ? match.str(1) : "";
}

}  // namespace

Violations SizeViolations(const SourceTree& tree) {
  Violations found;
  for (const SourceFile& file : tree.files()) {
    if (!IsSource(file) || file.lines.size() <= kMostLines) continue;
    found.push_back(file.path + ": " + std::to_string(file.lines.size()) + " lines; at most " +
                    std::to_string(kMostLines));
  }
  return found;
}

Violations BannedWordViolations(const SourceTree& tree) {
  Violations found;
  for (const SourceFile& file : tree.files()) {
    for (const BannedWord& banned : kBannedWords) {
      if (Applies(banned, file.path)) CheckWord(file, banned, found);
    }
  }
  return found;
}

Violations MigrationNameViolations(const SourceTree& tree) {
  static const std::regex kName(R"(^migrations/(\d{4})_[a-z]+_[a-z0-9_]+\.sql$)");
  Violations found;
  int expected = 1;
  for (const SourceFile& file : tree.files()) {  // in order of names
    if (!IsIn(file.path, "migrations") || !file.path.ends_with(".sql")) continue;
    std::smatch match;
    if (!std::regex_match(file.path, match, kName)) {
      found.push_back(file.path + ": the name must be NNNN_verb_object.sql");
    } else if (std::stoi(match[1]) != expected) {
      found.push_back(file.path + ": expected number " + std::to_string(expected));
    }
    ++expected;
  }
  return found;
}

Violations MachinePathViolations(const SourceTree& tree) {
  static const std::regex kPath(R"((^|[^\w./-])/(home|work|Users)/\w)");
  Violations found;
  for (const SourceFile& file : tree.files()) {
    if (IsIn(file.path, "tests/arch")) continue;  // plants some
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      // Most lines need no slow match.
      if (file.lines[i].find('/') == std::string::npos) continue;
      if (!std::regex_search(file.lines[i], kPath)) continue;
      found.push_back(At(file, i) + ": names a path of one machine");
    }
  }
  return found;
}

Violations UntestedFolderViolations(const SourceTree& tree) {
  std::set<std::string> untested;
  for (const SourceFile& file : tree.files()) {
    const std::string folder = CodeFolder(file.path);
    if (!folder.empty()) untested.insert(folder);
  }
  for (const SourceFile& file : tree.files()) {
    if (!IsIn(file.path, "tests") || !IsCpp(file.path) || IsIn(file.path, "tests/arch")) continue;
    for (const std::string& line : file.lines) {
      std::erase_if(untested, [&](const std::string& folder) {
        return line.starts_with("#include \"" + folder + "/");
      });
    }
  }
  Violations found;
  for (const std::string& folder : untested) {
    found.push_back("src/" + folder + ": no test includes anything of it");
  }
  return found;
}

}  // namespace runners::arch
