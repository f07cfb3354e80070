#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/contract/transcripts/difference.h"

namespace runners::testing {

// A way in which the development controller differs from a real one, on purpose.
struct AllowedDifference {
  std::string_view line;  // "1.6", "2.0", or "" for both
  std::string_view step;  // "" for every step
  std::string_view path;  // of Difference, with [*] for any index
  std::string_view reason;
};

// All of them.
std::span<const AllowedDifference> AllowedDifferences();

// Takes out of the differences of a replay those that are allowed, and knows which rows were of
// use: one that is not is out of date. Thread-compatible.
class AllowList {
 public:
  AllowList(std::span<const AllowedDifference> allowed, std::string_view line);

  Differences WithoutAllowed(const Differences& found, std::string_view step);

  // "step path" of every row for this line that has matched nothing so far.
  std::vector<std::string> Unused() const;

 private:
  struct Row {
    AllowedDifference allowed;
    bool used = false;
  };

  std::vector<Row> rows_;
};

}  // namespace runners::testing
