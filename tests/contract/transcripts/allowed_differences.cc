#include "tests/contract/transcripts/allowed_differences.h"

#include <algorithm>
#include <array>
#include <regex>

namespace runners::testing {
namespace {

constexpr std::array kAllowed = {
    AllowedDifference{"", "", "data.capabilities",
                      "there is no OIDC: clients that see the capability would log in that way"},
    AllowedDifference{"", "edge routers", "data[*].name",
                      "the only router is none: nobody can connect to it, and its name says so"},
    AllowedDifference{"", "edge routers", "data[*].hostname",
                      "a name that resolves to nothing, since nothing listens there"},
};

std::string WithoutIndexes(const std::string& path) {
  static const std::regex kIndex(R"(\[\d+\])");
  return std::regex_replace(path, kIndex, "[*]");
}

}  // namespace

std::span<const AllowedDifference> AllowedDifferences() {
  return kAllowed;
}

AllowList::AllowList(std::span<const AllowedDifference> allowed, std::string_view line) {
  for (const AllowedDifference& one : allowed) {
    if (one.line.empty() || one.line == line) rows_.push_back({one});
  }
}

Differences AllowList::WithoutAllowed(const Differences& found, std::string_view step) {
  Differences left;
  for (const Difference& difference : found) {
    const std::string path = WithoutIndexes(difference.path);
    const auto row = std::find_if(rows_.begin(), rows_.end(), [&](const Row& candidate) {
      return candidate.allowed.path == path &&
             (candidate.allowed.step.empty() || candidate.allowed.step == step);
    });
    if (row == rows_.end()) {
      left.push_back(difference);
    } else {
      row->used = true;
    }
  }
  return left;
}

std::vector<std::string> AllowList::Unused() const {
  std::vector<std::string> unused;
  for (const Row& row : rows_) {
    if (!row.used)
      unused.push_back(std::string(row.allowed.step) + " " + std::string(row.allowed.path));
  }
  return unused;
}

}  // namespace runners::testing
