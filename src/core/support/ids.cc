#include "runners/ids.h"

#include <cstddef>

#include "core/support/ascii.h"

namespace runners {
namespace {

constexpr std::size_t kUuidLength = 36;

bool IsDashPosition(std::size_t i) {
  return i == 8 || i == 13 || i == 18 || i == 23;
}

}  // namespace

std::optional<std::string> CanonicalUuid(std::string_view text) {
  text = Trimmed(text);
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
