#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "tools/dev_controller/openssl_handles.h"

namespace dev_controller {

// A certificate with what is needed to use it.
struct Credential {
  std::string chain_pem;  // leaf, then intermediates
  std::string key_pem;
};

// The certificate authority of one state folder: a root, an intermediate that issues, and the
// certificate both listeners show. All keys are on P-256. Immutable.
class Authority {
 public:
  // A new authority. Throws std::runtime_error when OpenSSL fails.
  static Authority Make();
  // From what ToJson gave. Throws std::runtime_error when it is something else.
  explicit Authority(const nlohmann::json& saved);
  nlohmann::json ToJson() const;  // with private keys

  // The certificate of an identity over the key of a request: a year, for TLS clients. With
  // `spiffe_path` ("/identity/<id>") it has a URI SAN in the trust domain.
  std::string IssueForIdentity(X509_REQ* request, const std::string& spiffe_path) const;
  // The certificate of an edge router; its key is nobody's.
  std::string IssueForRouter(const std::string& router_id) const;

  const Credential& server() const { return server_; }
  // SHA-1 of the listeners' certificate in hexadecimal: `kid` of what it signs.
  const std::string& server_fingerprint() const { return server_fingerprint_; }
  EVP_PKEY* server_key() const { return server_key_.get(); }

  // Intermediate and root, PEM.
  std::string BundlePem() const;
  // The same as a certs-only PKCS#7 in base64 lines of 64 characters without armour (RFC 7030).
  std::string BundlePkcs7() const;

 private:
  std::string WithIntermediate(X509* leaf) const;

  KeyPtr root_key_;
  CertificatePtr root_;
  KeyPtr intermediate_key_;
  CertificatePtr intermediate_;
  KeyPtr server_key_;
  Credential server_;
  std::string server_fingerprint_;
};

// A certificate for 127.0.0.1 of an authority nobody trusts, for the fault of that name.
Credential ForeignServer();

}  // namespace dev_controller
