#include "core/ports/crypto.h"

#include <cstddef>

#include "core/support/ascii.h"

namespace runners {

std::string Entropy::NewUuid() {
  std::array<std::uint8_t, 16> bytes{};
  Fill(bytes);
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0F) | 0x40);  // version 4 (RFC 4122, 4.4)
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3F) | 0x80);  // variant 1

  std::string text = Hex(bytes);
  for (const std::size_t dash : {8, 13, 18, 23}) text.insert(dash, 1, '-');
  return text;
}

}  // namespace runners
