#include "core/support/joined_parts.h"

#include <charconv>
#include <cstddef>
#include <cstdint>

namespace runners {

JoinedParts& JoinedParts::Add(std::string_view part) {
  text_ += std::to_string(part.size());
  text_ += ':';
  text_ += part;
  return *this;
}

JoinedParts& JoinedParts::AddCount(std::size_t count) {
  return Add(std::to_string(count));
}

JoinedParts& JoinedParts::AddTime(absl::Time time) {
  return Add(std::to_string(absl::ToUnixMicros(time)));
}

std::optional<std::vector<std::string>> JoinedParts::Split(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
    const std::size_t digits = static_cast<std::size_t>(end - text.data());
    if (error != std::errc() || digits >= text.size() || text[digits] != ':') return std::nullopt;
    text.remove_prefix(digits + 1);
    if (size > text.size()) return std::nullopt;
    parts.emplace_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return parts;
}

absl::Time JoinedParts::TimeOf(std::string_view part) {
  std::int64_t micros = 0;
  std::from_chars(part.data(), part.data() + part.size(), micros);
  return absl::FromUnixMicros(micros);
}

}  // namespace runners
