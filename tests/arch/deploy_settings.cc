#include "tests/arch/deploy_settings.h"

#include <algorithm>
#include <regex>
#include <string>

#include "app/server/settings.h"

namespace runners::arch {
namespace {

using server::Setting;
using server::SettingKind;

constexpr char kCompose[] = "deploy/compose.yaml";
constexpr char kExample[] = "deploy/systemd/runners.env.example";
constexpr std::string_view kFileSuffix = "_FILE";

struct Given {
  std::string place;  // "path:line"
  std::string name;
  std::string value;
};

// The lines NAME=VALUE or NAME: VALUE of a file; with `only_in`, of the lines below that one which
// are indented deeper.
std::vector<Given> Variables(const SourceFile& file, const std::string& only_in) {
  static const std::regex kLine(R"(\s*([A-Z][A-Z0-9_]*)(?:=|:\s+)(.*))");
  std::vector<Given> found;
  bool inside = only_in.empty();
  const std::size_t depth = only_in.find_first_not_of(' ');
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    const std::string& line = file.lines[i];
    if (!only_in.empty() && line.find_first_not_of(' ') <= depth) inside = line == only_in;
    std::smatch match;
    if (inside && std::regex_match(line, match, kLine))
      found.push_back({At(file, i), match[1], match[2]});
  }
  return found;
}

// The setting a variable gives, itself or as a file; null when there is none.
const Setting* SettingOf(const std::string& name) {
  for (const Setting& setting : server::SettingsTable()) {
    const bool as_file = setting.kind == SettingKind::kSecret &&
                         name == std::string(setting.name) + std::string(kFileSuffix);
    if (name == setting.name || as_file) return &setting;
  }
  return nullptr;
}

bool IsPassword(const std::string& name) {
  return name.ends_with("PASSWORD");
}

void CheckFile(const SourceFile& file, const std::string& only_in, Violations& violations) {
  const std::vector<Given> variables = Variables(file, only_in);
  for (const Given& given : variables) {
    if (!given.name.starts_with("PG") && SettingOf(given.name) == nullptr)
      violations.push_back(given.place + ": " + given.name + " is no setting");
    // What stands there must come from outside.
    if (IsPassword(given.name) && !given.value.starts_with("${"))
      violations.push_back(given.place + ": " + given.name + " holds a secret");
  }
  for (const Setting& setting : server::SettingsTable()) {
    const bool there = std::any_of(variables.begin(), variables.end(), [&](const Given& given) {
      return SettingOf(given.name) == &setting;
    });
    if (!setting.if_missing.empty() && !there)
      violations.push_back(file.path + ": " + std::string(setting.name) + " is missing");
  }
}

}  // namespace

Violations DeployViolations(const SourceTree& tree) {
  Violations violations;
  CheckFile(tree.File(kCompose), "  runners:", violations);
  CheckFile(tree.File(kExample), "", violations);
  return violations;
}

}  // namespace runners::arch
