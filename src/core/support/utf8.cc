#include "core/support/utf8.h"

#include <cstdint>

namespace runners {
namespace {

std::uint8_t ByteAt(std::string_view text, std::size_t i) {
  return static_cast<std::uint8_t>(text[i]);
}

bool IsContinuation(std::uint8_t byte) {
  return (byte & 0xC0U) == 0x80U;
}

// Bytes of the character that starts with `lead`, 0 when none does.
std::size_t LengthOf(std::uint8_t lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

// RFC 3629, 4: no overlong forms, no surrogates, nothing over U+10FFFF.
bool SecondByteFits(std::uint8_t lead, std::uint8_t second) {
  switch (lead) {
    case 0xE0:
      return second >= 0xA0;
    case 0xED:
      return second <= 0x9F;
    case 0xF0:
      return second >= 0x90;
    case 0xF4:
      return second <= 0x8F;
    default:
      return true;
  }
}

bool IsControl(std::string_view text, std::size_t i) {
  const std::uint8_t byte = ByteAt(text, i);
  if (byte < 0x20 || byte == 0x7F) return true;
  return byte == 0xC2 && ByteAt(text, i + 1) < 0xA0;
}

}  // namespace

bool IsPlainUtf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = LengthOf(ByteAt(text, i));
    if (length == 0 || length > text.size() - i) return false;
    for (std::size_t k = 1; k < length; ++k) {
      if (!IsContinuation(ByteAt(text, i + k))) return false;
    }
    if (length > 1 && !SecondByteFits(ByteAt(text, i), ByteAt(text, i + 1))) return false;
    if (IsControl(text, i)) return false;
    i += length;
  }
  return true;
}

std::string_view Utf8Prefix(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  std::size_t end = max_bytes;
  while (end > 0 && IsContinuation(ByteAt(text, end))) --end;
  return text.substr(0, end);
}

}  // namespace runners
