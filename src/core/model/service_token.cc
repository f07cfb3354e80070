#include "core/model/service_token.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace runners {
namespace {

constexpr std::string_view kAsciiSpace = " \t\r\n\v\f";
constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kTokenLength = 2 * kTokenBytes;
constexpr std::size_t kPrefixLength = 8;

std::string_view Trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kAsciiSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kAsciiSpace) - begin + 1);
}

}  // namespace

Secret NewServiceToken(Entropy& entropy) {
  std::array<std::uint8_t, kTokenBytes> bytes{};
  entropy.Fill(bytes);
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string token;
  token.reserve(kTokenLength);
  for (const std::uint8_t byte : bytes) {
    token.push_back(kHex[byte >> 4]);
    token.push_back(kHex[byte & 0x0F]);
  }
  return Secret(std::move(token));
}

TokenRecord RecordOf(const Secret& token, std::string id, const Hasher& hasher) {
  return {std::move(id), hasher.Sha256(token.Reveal()), token.Reveal().substr(0, kPrefixLength)};
}

Sha256Digest DigestOfPresented(const Secret& token, const Hasher& hasher) {
  return hasher.Sha256(Trimmed(token.Reveal()));
}

bool IsBlank(const Secret& token) {
  return Trimmed(token.Reveal()).empty();
}

}  // namespace runners
