#include "tools/dev_controller/certificate_plan.h"

#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>
#include <stdexcept>

#include "absl/time/clock.h"

namespace dev_controller {
namespace {

using ExtensionPtr = std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>>;
using NumberPtr = std::unique_ptr<BIGNUM, Freer<BN_free>>;

constexpr absl::Duration kClockTolerance = absl::Minutes(1);

[[noreturn]] void Fail() {
  throw std::runtime_error("a certificate cannot be issued");
}

void SetSerial(X509* certificate) {
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) Fail();
  bytes[0] = static_cast<unsigned char>((bytes[0] & 0x7F) | 0x40);  // positive, of constant length
  const NumberPtr number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  if (!number || BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) == nullptr)
    Fail();
}

void SetValidity(X509* certificate, absl::Duration life) {
  const absl::Time start = absl::Now() - kClockTolerance;
  if (ASN1_TIME_set(X509_getm_notBefore(certificate), absl::ToTimeT(start)) == nullptr ||
      ASN1_TIME_set(X509_getm_notAfter(certificate), absl::ToTimeT(start + life)) == nullptr)
    Fail();
}

void AddExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1) Fail();
}

}  // namespace

CertificatePtr Issue(const CertificatePlan& plan) {
  CertificatePtr certificate(X509_new());
  if (!certificate) Fail();
  X509* made = certificate.get();
  X509* issuer = plan.issuer == nullptr ? made : plan.issuer;
  SetSerial(made);
  SetValidity(made, plan.life);
  if (X509_set_version(made, X509_VERSION_3) != 1 ||
      X509_set_subject_name(made, plan.subject) != 1 || X509_set_pubkey(made, plan.key) != 1 ||
      X509_set_issuer_name(made, X509_get_subject_name(issuer)) != 1)
    Fail();
  for (const auto& [nid, value] : plan.extensions) AddExtension(made, issuer, nid, value);
  if (X509_sign(made, plan.issuer_key, EVP_sha256()) == 0) Fail();
  return certificate;
}

NamePtr CommonName(const std::string& text) {
  NamePtr name(X509_NAME_new());
  if (!name || X509_NAME_add_entry_by_txt(name.get(), "CN", MBSTRING_UTF8,
                                          reinterpret_cast<const unsigned char*>(text.data()),
                                          static_cast<int>(text.size()), -1, 0) != 1)
    Fail();
  return name;
}

}  // namespace dev_controller
