#include "core/model/service_token.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "core/support/ascii.h"

namespace runners {
namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kPrefixLength = 8;

}  // namespace

Secret NewServiceToken(Entropy& entropy) {
  std::array<std::uint8_t, kTokenBytes> bytes{};
  entropy.Fill(bytes);
  return Secret(Hex(bytes));
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
