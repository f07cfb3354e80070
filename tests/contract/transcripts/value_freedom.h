#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace runners::testing {

// What is asked of a value besides its type. Everything that is not named here must be the very
// value that was recorded.
enum class Freedom {
  kNone,
  kId,            // new each time: learnt from the first answer that has it, then the same
  kInstant,       // any, as the controller writes them: 2026-11-22T09:44:16.132Z
  kSha1,          // any 40 hexadecimal digits
  kAny,           // any that is not empty: versions, addresses, numbers of seconds
  kJwt,           // other texts; header and claims are compared
  kCertificates,  // other keys; what the certificates say is compared
  kOrder,         // a list whose order means nothing
};

// By the name of the nearest key above the value.
Freedom FreedomOf(std::string_view key);

// An id that is the same in every controller, such as that of the default policy.
bool IsWellKnownId(const std::string& id);

bool IsInstant(const std::string& text);
bool IsSha1(const std::string& text);

// What can be compared of a one-time JWT, of PEM certificates (leaf first), and of the CA bundle in
// its encoding: each as an object; null when the text is not what it should be.
nlohmann::json JwtFacts(const std::string& jwt);
nlohmann::json CertificateFacts(const std::string& pem);
nlohmann::json BundleFacts(const std::string& pkcs7);

}  // namespace runners::testing
