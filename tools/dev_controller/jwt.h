#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "tools/dev_controller/openssl_handles.h"

namespace dev_controller {

// A JWT (RFC 7519) signed with ES256 (RFC 7518, 3.4). `key` is on P-256; `key_id` becomes `kid`.
// Throws std::runtime_error when OpenSSL does not sign. Thread-safe.
std::string SignedJwt(EVP_PKEY* key, const std::string& key_id, const nlohmann::json& claims);

}  // namespace dev_controller
