#include "tools/dev_controller/tls.h"

namespace dev_controller {
namespace {

constexpr char kEndOfCertificate[] = "-----END CERTIFICATE-----\n";

// Any certificate will do: only its fingerprint is looked at. That the client has its key TLS has
// proved by itself.
int TakeAnyCertificate(int, X509_STORE_CTX*) {
  return 1;
}

}  // namespace

Tls::Tls(const Credential& own) : own_(Read(own)), strange_(Read(ForeignServer())) {}

bool Tls::SetUp(SSL_CTX* context) {
  SSL_CTX_set_cert_cb(context, &Choose, this);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, &TakeAnyCertificate);
  // A resumed session would not show its certificate again.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
         SSL_CTX_set_num_tickets(context, 0) == 1;
}

Tls::Shown Tls::Read(const Credential& credential) {
  const std::size_t end = credential.chain_pem.find(kEndOfCertificate);
  const std::string rest = end == std::string::npos
                               ? ""
                               : credential.chain_pem.substr(end + sizeof(kEndOfCertificate) - 1);
  return {CertificateOfPem(credential.chain_pem), rest.empty() ? nullptr : CertificateOfPem(rest),
          KeyOfPem(credential.key_pem)};
}

int Tls::Choose(SSL* connection, void* self) {
  const auto* tls = static_cast<const Tls*>(self);
  const Shown& shown = tls->foreign_ ? tls->strange_ : tls->own_;
  if (SSL_use_cert_and_key(connection, shown.leaf.get(), shown.key.get(), nullptr, 1) != 1)
    return 0;
  return shown.issuer == nullptr || SSL_add1_chain_cert(connection, shown.issuer.get()) == 1 ? 1
                                                                                             : 0;
}

std::string PeerFingerprint(const SSL* connection) {
  if (connection == nullptr) return "";
  const CertificatePtr certificate(SSL_get1_peer_certificate(connection));
  return certificate ? Fingerprint(certificate.get()) : "";
}

}  // namespace dev_controller
