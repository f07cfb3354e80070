#include "tests/arch/conventions.h"

#include <algorithm>
#include <array>
#include <regex>
#include <set>
#include <string>
#include <string_view>

namespace runners::arch {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostLines = 400;

struct BannedWord {
  std::string_view word;    // a regular expression
  std::string_view folder;  // where it is banned
  std::string_view except;  // a folder in it where it is not; may be empty
  std::string_view instead;
};

constexpr std::array kBannedWords = {
    BannedWord{R"(\bgetenv\s*\()", "src", "src/app", "settings come from app/ as option structs"},
    BannedWord{R"(\bgetenv\s*\()", "include", "", "settings come from app/ as option structs"},
    BannedWord{R"(\babsl::Mutex\w*)", "src", "", "runners::Mutex (core/support/mutex.h)"},
    BannedWord{R"(\babsl::Mutex\w*)", "tools", "", "std::mutex"},
    BannedWord{R"(\babsl::Mutex\w*)", "tests", "", "runners::Mutex (core/support/mutex.h)"},
    BannedWord{R"(\babsl::Now\s*\()", "src/core", "", "the Clock port"},
    BannedWord{R"(_clock::now\s*\()", "src/core", "", "the Clock port"},
    BannedWord{R"(\b(random_device|mt19937\w*|s?rand)\b)", "src/core", "", "the Entropy port"},
    BannedWord{R"(\bsleep(_for|_until)?\s*\()", "src/core", "", "a wait with a condition"},
    BannedWord{R"(\bTODO\b)", "src", "", "an issue, or the work itself"},
    BannedWord{R"(\bfsync\b|\bofstream\b)", "src/core", "", "a port: core does no IO"},
};

// The part of a line before a comment. "://" is no comment.
std::string WithoutComment(const std::string& line) {
  for (std::size_t at = line.find("//"); at != std::string::npos; at = line.find("//", at + 2)) {
    if (at == 0 || line[at - 1] != ':') return line.substr(0, at);
  }
  return line;
}

bool IsSource(const SourceFile& file) {
  return IsCpp(file.path) || file.path.ends_with(".sh") || IsIn(file.path, "scripts");
}

void CheckWord(const SourceFile& file, const BannedWord& banned, Violations& found) {
  const std::regex word{std::string(banned.word)};
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    std::smatch match;
    const std::string code = WithoutComment(file.lines[i]);
    if (!std::regex_search(code, match, word)) continue;
    found.push_back(At(file, i) + ": " + match.str() + " is not for " + std::string(banned.folder) +
                    "; use " + std::string(banned.instead));
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

Violations SizeViolations(const fs::path& root) {
  Violations found;
  for (const SourceFile& file : ReadTree(root)) {
    if (!IsSource(file) || file.lines.size() <= kMostLines) continue;
    found.push_back(file.path + ": " + std::to_string(file.lines.size()) + " lines; at most " +
                    std::to_string(kMostLines));
  }
  return found;
}

Violations BannedWordViolations(const fs::path& root) {
  Violations found;
  for (const SourceFile& file : ReadTree(root)) {
    for (const BannedWord& banned : kBannedWords) {
      if (Applies(banned, file.path)) CheckWord(file, banned, found);
    }
  }
  return found;
}

Violations MigrationNameViolations(const fs::path& root) {
  static const std::regex kName(R"(^migrations/(\d{4})_[a-z]+_[a-z0-9_]+\.sql$)");
  Violations found;
  int expected = 1;
  for (const SourceFile& file : ReadTree(root)) {  // in order of names
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

Violations MachinePathViolations(const fs::path& root) {
  static const std::regex kPath(R"((^|[^\w./-])/(home|work|Users)/\w)");
  Violations found;
  for (const SourceFile& file : ReadTree(root)) {
    if (IsIn(file.path, "tests/arch")) continue;  // plants some
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      if (!std::regex_search(file.lines[i], kPath)) continue;
      found.push_back(At(file, i) + ": names a path of one machine");
    }
  }
  return found;
}

Violations UntestedFolderViolations(const fs::path& root) {
  const std::vector<SourceFile> tree = ReadTree(root);
  std::set<std::string> untested;
  for (const SourceFile& file : tree) {
    const std::string folder = CodeFolder(file.path);
    if (!folder.empty()) untested.insert(folder);
  }
  for (const SourceFile& file : tree) {
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
