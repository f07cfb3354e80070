#include "tests/support/test_ca.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace runners::testing {
namespace {

constexpr long kLifeSeconds = 3600;

template <typename T>
T* Checked(T* object) {
  if (object == nullptr) throw std::runtime_error("OpenSSL failed");
  return object;
}

void Check(int result) {
  if (result <= 0) throw std::runtime_error("OpenSSL failed");
}

void AddExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = Checked(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  const int added = X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
  Check(added);
}

X509Ptr NewCertificate(EVP_PKEY* key, long starts_in_seconds) {
  X509Ptr certificate(Checked(X509_new()));
  long long serial = 0;
  Check(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), 6));
  Check(X509_set_version(certificate.get(), X509_VERSION_3));
  Check(ASN1_INTEGER_set_int64(X509_get_serialNumber(certificate.get()), serial | 1));
  Checked(X509_gmtime_adj(X509_getm_notBefore(certificate.get()), starts_in_seconds));
  Checked(X509_gmtime_adj(X509_getm_notAfter(certificate.get()), starts_in_seconds + kLifeSeconds));
  Check(X509_set_pubkey(certificate.get(), key));
  return certificate;
}

void SetCommonName(X509_NAME* name, const std::string& text) {
  Check(X509_NAME_add_entry_by_txt(
      name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(text.c_str()), -1, -1, 0));
}

std::string PemOf(X509* certificate) {
  BIO* out = Checked(BIO_new(BIO_s_mem()));
  const int written = PEM_write_bio_X509(out, certificate);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(out, &bytes);
  std::string pem(bytes, static_cast<std::size_t>(size));
  BIO_free_all(out);
  Check(written);
  return pem;
}

}  // namespace

void X509Free::operator()(X509* certificate) const {
  X509_free(certificate);
}
void X509Free::operator()(EVP_PKEY* key) const {
  EVP_PKEY_free(key);
}

KeyPtr NewP256Key() {
  return KeyPtr(Checked(EVP_EC_gen("P-256")));
}

TestCa::TestCa(const std::string& name)
    : key_(NewP256Key()), certificate_(NewCertificate(key_.get(), -60)) {
  X509* certificate = certificate_.get();
  SetCommonName(X509_get_subject_name(certificate), name);
  Check(X509_set_issuer_name(certificate, X509_get_subject_name(certificate)));
  AddExtension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
  AddExtension(certificate, certificate, NID_key_usage, "critical,keyCertSign");
  Check(X509_sign(certificate, key_.get(), EVP_sha256()));
  certificate_pem_ = PemOf(certificate);
}

std::string TestCa::SignRequest(const std::string& csr_pem, long starts_in_seconds) const {
  BIO* in = Checked(BIO_new_mem_buf(csr_pem.data(), static_cast<int>(csr_pem.size())));
  X509_REQ* request = PEM_read_bio_X509_REQ(in, nullptr, nullptr, nullptr);
  BIO_free_all(in);
  Checked(request);
  const KeyPtr key(X509_REQ_get_pubkey(request));
  if (X509_REQ_verify(request, key.get()) != 1) throw std::runtime_error("the CSR is not signed");
  const X509Ptr certificate = NewCertificate(key.get(), starts_in_seconds);
  const int named = X509_set_subject_name(certificate.get(), X509_REQ_get_subject_name(request));
  X509_REQ_free(request);
  Check(named);
  Check(X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate_.get())));
  AddExtension(certificate.get(), certificate_.get(), NID_ext_key_usage, "clientAuth");
  Check(X509_sign(certificate.get(), key_.get(), EVP_sha256()));
  return PemOf(certificate.get());
}

X509Ptr TestCa::IssueServer(EVP_PKEY* key) const {
  X509Ptr certificate = NewCertificate(key, -60);
  SetCommonName(X509_get_subject_name(certificate.get()), "127.0.0.1");
  Check(X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate_.get())));
  AddExtension(certificate.get(), certificate_.get(), NID_subject_alt_name, "IP:127.0.0.1");
  AddExtension(certificate.get(), certificate_.get(), NID_ext_key_usage, "serverAuth");
  Check(X509_sign(certificate.get(), key_.get(), EVP_sha256()));
  return certificate;
}

}  // namespace runners::testing
