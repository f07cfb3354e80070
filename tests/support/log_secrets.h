#pragma once

#include <map>
#include <string>
#include <vector>

namespace runners::testing {

// What a log of a server with these settings must never hold, as far as it does: service tokens and
// digests by their form, private keys, and the values of settings that are secrets. Each is a
// sentence with the line it is in.
std::vector<std::string> SecretsInLog(const std::string& log,
                                      const std::map<std::string, std::string>& settings);

}  // namespace runners::testing
