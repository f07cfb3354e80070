#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"

#include "tools/dev_controller/openssl_handles.h"

namespace dev_controller {

// What a certificate is to say and who signs it. Nothing is owned.
struct CertificatePlan {
  const X509_NAME* subject = nullptr;
  EVP_PKEY* key = nullptr;  // the public key in it
  X509* issuer = nullptr;   // null: the certificate signs itself
  EVP_PKEY* issuer_key = nullptr;
  absl::Duration life;
  std::vector<std::pair<int, std::string>> extensions;  // NID and value as in openssl.cnf(5)
};

// Throws std::runtime_error when OpenSSL refuses. It is valid from a minute ago on, because clocks
// differ. Thread-safe.
CertificatePtr Issue(const CertificatePlan& plan);

// A name with nothing but a common name.
NamePtr CommonName(const std::string& text);

}  // namespace dev_controller
