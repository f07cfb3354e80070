#pragma once

#include <memory>
#include <string>

#include "core/support/secret.h"

typedef struct x509_st X509;          // of OpenSSL
typedef struct evp_pkey_st EVP_PKEY;  // of OpenSSL

namespace runners::testing {

struct X509Free {
  void operator()(X509* certificate) const;
  void operator()(EVP_PKEY* key) const;
};
using X509Ptr = std::unique_ptr<X509, X509Free>;
using KeyPtr = std::unique_ptr<EVP_PKEY, X509Free>;

// A certificate authority that lives as long as a test: P-256, one hour. Failures are thrown
// (std::runtime_error). Immutable.
class TestCa {
 public:
  explicit TestCa(const std::string& name);

  const std::string& certificate_pem() const { return certificate_pem_; }

  // A certificate for TLS clients over the key of a PEM request, valid for an hour from
  // `starts_in_seconds` on (which may be negative).
  std::string SignRequest(const std::string& csr_pem, long starts_in_seconds = -60) const;

  // A certificate for a TLS server at 127.0.0.1 over `key`.
  X509Ptr IssueServer(EVP_PKEY* key) const;

 private:
  KeyPtr key_;
  X509Ptr certificate_;
  std::string certificate_pem_;
};

KeyPtr NewP256Key();

}  // namespace runners::testing
