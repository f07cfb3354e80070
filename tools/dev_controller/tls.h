#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <string>

#include "tools/dev_controller/authority.h"
#include "tools/dev_controller/openssl_handles.h"

namespace dev_controller {

// The TLS side of a listener: which certificate it shows and what it asks of clients. Thread-safe
// after SetUp.
class Tls {
 public:
  explicit Tls(const Credential& own);
  Tls(const Tls&) = delete;
  Tls& operator=(const Tls&) = delete;

  // False when OpenSSL refuses. `context` must not outlive this.
  bool SetUp(SSL_CTX* context);

  // From the next handshake on.
  void ShowForeign(bool foreign) { foreign_ = foreign; }

 private:
  struct Shown {
    CertificatePtr leaf;
    CertificatePtr issuer;  // null: none is sent
    KeyPtr key;
  };

  static Shown Read(const Credential& credential);
  static int Choose(SSL* connection, void* self);

  const Shown own_;
  const Shown strange_;
  std::atomic<bool> foreign_ = false;
};

// SHA-1 of the certificate the client showed, in hexadecimal; "" without one.
std::string PeerFingerprint(const SSL* connection);

}  // namespace dev_controller
