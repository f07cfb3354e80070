#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

namespace runners {

// One text out of parts, so that different parts never give the same text: each has its length
// before it. What is stored or sealed is built with it, so the form stays as it is.
// Thread-compatible.
class JoinedParts {
 public:
  JoinedParts& Add(std::string_view part);
  JoinedParts& AddCount(std::size_t count);
  JoinedParts& AddTime(absl::Time time);  // in microseconds
  const std::string& text() const { return text_; }

  // The parts of `text`, or nothing when it was not built here.
  static std::optional<std::vector<std::string>> Split(std::string_view text);
  // The time AddTime was given, from its part.
  static absl::Time TimeOf(std::string_view part);

 private:
  std::string text_;
};

}  // namespace runners
