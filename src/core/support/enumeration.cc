#include "core/support/enumeration.h"

#include "core/support/utf8.h"

namespace runners {
namespace {

std::size_t EscapedByte(char c) {
  return c >= ' ' && c <= '~' && c != '%' ? 1 : 3;
}

}  // namespace

std::size_t EscapedBytes(std::string_view text) {
  std::size_t bytes = 0;
  for (const char c : text) bytes += EscapedByte(c);
  return bytes;
}

std::string Shortened(std::string_view text, std::size_t max_bytes) {
  constexpr std::string_view kCut = "...";
  if (EscapedBytes(text) <= max_bytes) return std::string(text);
  std::size_t kept = 0;
  std::size_t left = max_bytes - kCut.size();
  while (kept < text.size() && EscapedByte(text[kept]) <= left) left -= EscapedByte(text[kept++]);
  return std::string(Utf8Prefix(text, kept)).append(kCut);
}

std::string MoreText(std::size_t left_out) {
  return "and " + std::to_string(left_out) + " more";
}

std::string Enumerated(const std::vector<std::string>& items, std::string_view separator,
                       std::size_t max_bytes) {
  std::string text;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::size_t left_after = items.size() - i - 1;
    const std::string rest =
        left_after == 0 ? std::string() : std::string(separator) + MoreText(left_after);
    const std::string one = (i == 0 ? std::string() : std::string(separator)) + items[i];
    if (bytes + EscapedBytes(one) + EscapedBytes(rest) > max_bytes) {
      if (i == 0) return Shortened(items[i], max_bytes - EscapedBytes(rest)) + rest;
      return text + std::string(separator) + MoreText(left_after + 1);
    }
    text += one;
    bytes += EscapedBytes(one);
  }
  return text;
}

}  // namespace runners
