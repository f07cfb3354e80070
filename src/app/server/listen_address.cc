#include "app/server/listen_address.h"

#include <charconv>
#include <cstddef>
#include <system_error>

namespace runners::server {
namespace {

constexpr int kMaxPort = 65535;

bool IsPort(const std::string& text) {
  int port = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, port);
  return error == std::errc() && stopped == end && port >= 0 && port <= kMaxPort;
}

bool IsHost(const std::string& text) {
  const bool bracketed = text.size() > 2 && text.front() == '[' && text.back() == ']';
  if (bracketed) return text.find_first_not_of("0123456789abcdefABCDEF:.%", 1) == text.size() - 1;
  return text.find_first_of(":/[] \t") == std::string::npos;
}

}  // namespace

bool IsListenAddress(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return false;
  return IsHost(text.substr(0, colon)) && IsPort(text.substr(colon + 1));
}

std::string CallableAddress(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos) return address;
  const std::string host = address.substr(0, colon);
  const bool every_interface = host.empty() || host == "0.0.0.0" || host == "[::]";
  return every_interface ? "127.0.0.1" + address.substr(colon) : address;
}

}  // namespace runners::server
