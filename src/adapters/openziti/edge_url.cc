#include "adapters/openziti/edge_url.h"

#include <algorithm>
#include <array>

namespace runners::openziti {
namespace {

constexpr std::string_view kScheme = "https://";
constexpr std::array<std::string_view, 3> kPaths = {"", "/edge/management/v1", "/edge/client/v1"};

bool IsLetterOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// A host name, IPv4 or bracketed IPv6 address, with a port or without.
bool IsAuthority(std::string_view text) {
  constexpr std::string_view kOthers = "-.:[]";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return IsLetterOrDigit(c) || kOthers.find(c) != std::string_view::npos;
  });
}

}  // namespace

std::optional<EdgeUrl> EdgeUrl::Parse(std::string_view text) {
  if (text.substr(0, kScheme.size()) != kScheme) return std::nullopt;
  const std::string_view rest = text.substr(kScheme.size());
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  const std::string_view authority = rest.substr(0, slash);
  std::string_view path = rest.substr(slash);
  while (!path.empty() && path.back() == '/') path.remove_suffix(1);
  if (!IsAuthority(authority)) return std::nullopt;
  if (std::find(kPaths.begin(), kPaths.end(), path) == kPaths.end()) return std::nullopt;
  return EdgeUrl(std::string(kScheme) + std::string(authority));
}

std::string UrlEncoded(std::string_view text) {
  constexpr std::string_view kUnreserved = "-._~";
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (IsLetterOrDigit(c) || kUnreserved.find(c) != std::string_view::npos) {
      encoded.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded.push_back('%');
    encoded.push_back(kHex[byte >> 4]);
    encoded.push_back(kHex[byte & 0x0F]);
  }
  return encoded;
}

}  // namespace runners::openziti
