#include "runners/ids.h"

#include <cstddef>

namespace runners {
namespace {

constexpr std::string_view kAsciiSpace = " \t\r\n\v\f";
constexpr std::size_t kUuidLength = 36;

bool IsDashPosition(std::size_t i) {
  return i == 8 || i == 13 || i == 18 || i == 23;
}

}  // namespace

std::optional<std::string> CanonicalUuid(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kAsciiSpace);
  if (begin == std::string_view::npos) return std::nullopt;
  text = text.substr(begin, text.find_last_not_of(kAsciiSpace) - begin + 1);
  if (text.size() != kUuidLength) return std::nullopt;

  std::string canonical(text);
  for (std::size_t i = 0; i < kUuidLength; ++i) {
    char& c = canonical[i];
    if (IsDashPosition(i)) {
      if (c != '-') return std::nullopt;
      continue;
    }
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return std::nullopt;
  }
  return canonical;
}

}  // namespace runners
