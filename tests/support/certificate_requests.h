#pragma once

#include <string>

#include "adapters/system/x509.h"

namespace runners::testing {

// Keys a certificate request may be over, good and bad ones.
enum class RequestKey {
  kP256,
  kP384,
  kRsa2048,
  kP521,
  kP256Explicit,  // its curve is spelled out instead of named
  kRsa1024,
  kEd25519,
};

// A new key of that kind and a request signed with it. Failures are thrown (std::runtime_error).
system::KeyAndRequest NewRequest(RequestKey kind);

// A request over one P-256 key, signed with another.
std::string RequestOfAnotherSigner();

// That request with a byte more behind its end, inside the PEM block.
std::string WithOneByteMore(const std::string& csr_pem);

// The identity file that was answered to a request, with the key it lacks.
Secret WithKey(const Secret& identity_file, const Secret& key_pem);

}  // namespace runners::testing
