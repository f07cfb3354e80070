#include "tools/dev_controller/authority.h"

#include <openssl/objects.h>

#include <stdexcept>
#include <utility>

#include "tools/dev_controller/certificate_plan.h"
#include "tools/dev_controller/settings.h"

namespace dev_controller {
namespace {

using nlohmann::json;

constexpr absl::Duration kLongLife = absl::Hours(10 * 365 * 24);
constexpr char kTrustDomain[] = "spiffe://development";
constexpr char kLeafUses[] = "critical,digitalSignature,keyEncipherment,dataEncipherment";
constexpr char kAuthorityUses[] = "critical,digitalSignature,keyCertSign,cRLSign";
constexpr std::size_t kBase64LineLength = 64;

std::vector<std::pair<int, std::string>> AuthorityExtensions(const char* constraints) {
  return {{NID_basic_constraints, constraints},
          {NID_key_usage, kAuthorityUses},
          {NID_subject_key_identifier, "hash"},
          {NID_authority_key_identifier, "keyid:always"},
          {NID_subject_alt_name, std::string("URI:") + kTrustDomain}};
}

CertificatePtr MakeServer(EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key) {
  const NamePtr name = CommonName("development controller");
  return Issue({name.get(),
                key,
                issuer,
                issuer_key,
                kLongLife,
                {{NID_key_usage, kLeafUses},
                 {NID_ext_key_usage, "serverAuth"},
                 {NID_subject_key_identifier, "hash"},
                 {NID_authority_key_identifier, "keyid:always"},
                 {NID_subject_alt_name, "IP:127.0.0.1,DNS:localhost"}}});
}

std::string Text(const json& saved, const char* key) {
  if (!saved.is_object() || !saved.contains(key) || !saved[key].is_string())
    throw std::runtime_error("the saved certificate authority is incomplete");
  return saved[key].get<std::string>();
}

// Adds the certificates of both to a new certs-only structure.
Pkcs7Ptr CertsOnly(X509* first, X509* second) {
  Pkcs7Ptr bundle(PKCS7_new());
  if (!bundle || PKCS7_set_type(bundle.get(), NID_pkcs7_signed) != 1 ||
      PKCS7_content_new(bundle.get(), NID_pkcs7_data) != 1 ||
      PKCS7_add_certificate(bundle.get(), first) != 1 ||
      PKCS7_add_certificate(bundle.get(), second) != 1)
    throw std::runtime_error("the bundle cannot be made");
  PKCS7_set_detached(bundle.get(), 1);
  return bundle;
}

}  // namespace

Authority Authority::Make() {
  const KeyPtr root_key = NewP256Key();
  const NamePtr root_name = CommonName("development root");
  const CertificatePtr root = Issue({root_name.get(), root_key.get(), nullptr, root_key.get(),
                                     kLongLife, AuthorityExtensions("critical,CA:TRUE")});
  const KeyPtr intermediate_key = NewP256Key();
  const NamePtr intermediate_name = CommonName("development intermediate");
  const CertificatePtr intermediate =
      Issue({intermediate_name.get(), intermediate_key.get(), root.get(), root_key.get(), kLongLife,
             AuthorityExtensions("critical,CA:TRUE,pathlen:1")});
  const KeyPtr server_key = NewP256Key();
  const CertificatePtr server =
      MakeServer(server_key.get(), intermediate.get(), intermediate_key.get());
  return Authority(json{{"rootKey", KeyPem(root_key.get())},
                        {"root", CertificatePem(root.get())},
                        {"intermediateKey", KeyPem(intermediate_key.get())},
                        {"intermediate", CertificatePem(intermediate.get())},
                        {"serverKey", KeyPem(server_key.get())},
                        {"server", CertificatePem(server.get())}});
}

Authority::Authority(const json& saved)
    : root_key_(KeyOfPem(Text(saved, "rootKey"))),
      root_(CertificateOfPem(Text(saved, "root"))),
      intermediate_key_(KeyOfPem(Text(saved, "intermediateKey"))),
      intermediate_(CertificateOfPem(Text(saved, "intermediate"))),
      server_key_(KeyOfPem(Text(saved, "serverKey"))) {
  const CertificatePtr server = CertificateOfPem(Text(saved, "server"));
  server_ = {WithIntermediate(server.get()), KeyPem(server_key_.get())};
  server_fingerprint_ = Fingerprint(server.get());
}

json Authority::ToJson() const {
  const CertificatePtr server = CertificateOfPem(server_.chain_pem);  // the leaf comes first
  return {{"rootKey", KeyPem(root_key_.get())},
          {"root", CertificatePem(root_.get())},
          {"intermediateKey", KeyPem(intermediate_key_.get())},
          {"intermediate", CertificatePem(intermediate_.get())},
          {"serverKey", KeyPem(server_key_.get())},
          {"server", CertificatePem(server.get())}};
}

std::string Authority::IssueForIdentity(X509_REQ* request, const std::string& spiffe_path) const {
  CertificatePlan plan{X509_REQ_get_subject_name(request),
                       X509_REQ_get0_pubkey(request),
                       intermediate_.get(),
                       intermediate_key_.get(),
                       kCertificateLife,
                       {{NID_key_usage, kLeafUses},
                        {NID_ext_key_usage, "clientAuth"},
                        {NID_authority_key_identifier, "keyid:always"}}};
  if (!spiffe_path.empty())
    plan.extensions.emplace_back(NID_subject_alt_name, "URI:" + (kTrustDomain + spiffe_path));
  return WithIntermediate(Issue(plan).get());
}

std::string Authority::IssueForRouter(const std::string& router_id) const {
  const KeyPtr key = NewP256Key();
  const NamePtr name = CommonName(router_id);
  const CertificatePtr certificate = Issue({name.get(),
                                            key.get(),
                                            intermediate_.get(),
                                            intermediate_key_.get(),
                                            kCertificateLife,
                                            {{NID_key_usage, kLeafUses},
                                             {NID_ext_key_usage, "clientAuth"},
                                             {NID_authority_key_identifier, "keyid:always"}}});
  return WithIntermediate(certificate.get());
}

std::string Authority::BundlePem() const {
  return CertificatePem(intermediate_.get()) + CertificatePem(root_.get());
}

std::string Authority::BundlePkcs7() const {
  const Pkcs7Ptr bundle = CertsOnly(intermediate_.get(), root_.get());
  unsigned char* der = nullptr;
  const int size = i2d_PKCS7(bundle.get(), &der);
  if (size <= 0) throw std::runtime_error("the bundle cannot be written");
  const std::string line =
      Base64({reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)});
  OPENSSL_free(der);
  std::string text;
  for (std::size_t i = 0; i < line.size(); i += kBase64LineLength) {
    if (i > 0) text.push_back('\n');
    text += line.substr(i, kBase64LineLength);
  }
  return text;
}

std::string Authority::WithIntermediate(X509* leaf) const {
  return CertificatePem(leaf) + CertificatePem(intermediate_.get());
}

Credential ForeignServer() {
  const KeyPtr key = NewP256Key();
  const NamePtr name = CommonName("somebody else");
  const CertificatePtr certificate = MakeServer(key.get(), nullptr, key.get());
  return {CertificatePem(certificate.get()), KeyPem(key.get())};
}

}  // namespace dev_controller
