#include "core/model/page_token.h"

#include <cstddef>
#include <utility>

#include "absl/strings/escaping.h"

#include "core/support/error.h"
#include "core/support/joined_parts.h"

namespace runners {
namespace {

constexpr std::size_t kMacBytes = 16;
constexpr std::size_t kMaxTokenBytes = 2048;
constexpr std::string_view kVersion = "runners-page-1";

bool EqualInConstantTime(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned char difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference = static_cast<unsigned char>(difference | (a[i] ^ b[i]));
  }
  return difference == 0;
}

absl::Status BadToken() {
  return MakeError({ErrorReason::kInvalidPageToken,
                    {{"page_token", "not a token of this list, filter and caller"}},
                    {},
                    {},
                    {}},
                   "invalid page_token: not a token of this list, filter and caller");
}

}  // namespace

PageTokenSealer::PageTokenSealer(const Hasher& hasher, PageTokenKeys keys)
    : hasher_(hasher), keys_(std::move(keys)) {}

std::string PageTokenSealer::Mac(const Secret& key, std::string_view position,
                                 std::string_view context) const {
  const JoinedParts parts = JoinedParts().Add(kVersion).Add(position).Add(context);
  const Sha256Digest mac = hasher_.HmacSha256(key.Reveal(), parts.text());
  return std::string(reinterpret_cast<const char*>(mac.data()), kMacBytes);
}

std::string PageTokenSealer::Seal(std::string_view position, std::string_view context) const {
  return absl::WebSafeBase64Escape(Mac(keys_.current, position, context) + std::string(position));
}

absl::StatusOr<std::string> PageTokenSealer::Open(std::string_view token,
                                                  std::string_view context) const {
  std::string bytes;
  if (token.size() > kMaxTokenBytes ||
      !absl::WebSafeBase64Unescape(absl::string_view(token.data(), token.size()), &bytes) ||
      bytes.size() < kMacBytes) {
    return BadToken();
  }
  const std::string_view mac = std::string_view(bytes).substr(0, kMacBytes);
  const std::string_view position = std::string_view(bytes).substr(kMacBytes);
  const bool genuine =
      EqualInConstantTime(mac, Mac(keys_.current, position, context)) ||
      (keys_.previous && EqualInConstantTime(mac, Mac(*keys_.previous, position, context)));
  if (!genuine) return BadToken();
  return std::string(position);
}

}  // namespace runners
