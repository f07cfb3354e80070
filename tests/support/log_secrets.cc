#include "tests/support/log_secrets.h"

#include <cstddef>
#include <sstream>
#include <string_view>

namespace runners::testing {
namespace {

// A service token, and a SHA-256 in hex.
constexpr std::size_t kTokenCharacters = 64;

bool HoldsToken(std::string_view line) {
  std::size_t run = 0;
  for (const char c : line) {
    run = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ? run + 1 : 0;
    if (run == kTokenCharacters) return true;
  }
  return false;
}

}  // namespace

std::vector<std::string> SecretsInLog(const std::string& log,
                                      const std::map<std::string, std::string>& settings) {
  std::vector<std::string> found;
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    if (HoldsToken(line)) found.push_back("a token or digest: " + line);
    if (line.find("PRIVATE KEY") != std::string::npos) found.push_back("a private key: " + line);
    for (const char* name : {"DATABASE_URL", "ZITI_PASSWORD"}) {
      const auto setting = settings.find(name);
      if (setting == settings.end() || setting->second.empty()) continue;
      if (line.find(setting->second) != std::string::npos) {
        found.push_back(std::string(name) + ": " + line);
      }
    }
  }
  return found;
}

}  // namespace runners::testing
