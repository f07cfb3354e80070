#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace runners::testing {

// One way in which an answer is not what was recorded.
struct Difference {
  std::string path;      // in the answer: "status", "body", or e.g. "data[0].roleAttributes"
  std::string expected;  // JSON, or words in parentheses
  std::string got;       // likewise

  bool operator==(const Difference&) const = default;
};
using Differences = std::vector<Difference>;

inline void PrintTo(const Difference& difference, std::ostream* out) {
  *out << difference.path << ": expected " << difference.expected << ", got " << difference.got;
}

}  // namespace runners::testing
