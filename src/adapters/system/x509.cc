#include "adapters/system/x509.h"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <climits>
#include <ctime>
#include <memory>
#include <utility>
#include <vector>

namespace runners::system {
namespace {

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};

void FreeCertificates(STACK_OF(X509) * certificates) {
  sk_X509_pop_free(certificates, X509_free);
}

using BioPtr = std::unique_ptr<BIO, Freer<BIO_free_all>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using RequestPtr = std::unique_ptr<X509_REQ, Freer<X509_REQ_free>>;
using CertificatePtr = std::unique_ptr<X509, Freer<X509_free>>;
using CertificatesPtr = std::unique_ptr<STACK_OF(X509), Freer<FreeCertificates>>;
using Pkcs7Ptr = std::unique_ptr<PKCS7, Freer<PKCS7_free>>;
using TrustPtr = std::unique_ptr<X509_STORE, Freer<X509_STORE_free>>;
using CheckPtr = std::unique_ptr<X509_STORE_CTX, Freer<X509_STORE_CTX_free>>;

constexpr std::size_t kMaxCommonNameBytes = 64;
constexpr int kMinRsaBits = 2048;
constexpr std::string_view kRequestBegin = "-----BEGIN CERTIFICATE REQUEST-----\n";
constexpr std::string_view kRequestEnd = "\n-----END CERTIFICATE REQUEST-----";

// OpenSSL keeps a queue of errors per thread; what is left in it is taken for a failure of the next
// TLS call of that thread.
struct CleanErrorQueue {
  CleanErrorQueue() { ERR_clear_error(); }
  ~CleanErrorQueue() { ERR_clear_error(); }
};

BioPtr Reader(std::string_view text) {
  if (text.size() > INT_MAX) return nullptr;
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string Written(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  return size > 0 ? std::string(bytes, static_cast<std::size_t>(size)) : std::string();
}

// Never asks anybody for a pass phrase: an encrypted key is unreadable.
int NoPassPhrase(char*, int, int, void*) {
  return -1;
}

std::optional<std::string> KeyPem(EVP_PKEY* key) {
  const BioPtr out(BIO_new(BIO_s_secmem()));
  if (!out ||
      PEM_write_bio_PKCS8PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return std::nullopt;
  return Written(out.get());
}

std::optional<std::string> RequestPem(EVP_PKEY* key, const std::string& common_name) {
  const RequestPtr request(X509_REQ_new());
  if (!request || X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) != 1) return std::nullopt;
  X509_NAME* subject = X509_REQ_get_subject_name(request.get());
  const auto* name = reinterpret_cast<const unsigned char*>(common_name.data());
  if (X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, name,
                                 static_cast<int>(common_name.size()), -1, 0) != 1 ||
      X509_REQ_set_pubkey(request.get(), key) != 1 ||
      X509_REQ_sign(request.get(), key, EVP_sha256()) == 0)
    return std::nullopt;
  const BioPtr out(BIO_new(BIO_s_mem()));
  if (!out || PEM_write_bio_X509_REQ(out.get(), request.get()) != 1) return std::nullopt;
  return Written(out.get());
}

// Every certificate of a PEM text; nothing when there is none or one cannot be read.
CertificatesPtr ReadCertificates(std::string_view pem) {
  const CleanErrorQueue scope;
  CertificatesPtr certificates(sk_X509_new_null());
  const BioPtr in = Reader(pem);
  if (!certificates || !in) return nullptr;
  while (CertificatePtr certificate{PEM_read_bio_X509(in.get(), nullptr, NoPassPhrase, nullptr)}) {
    if (sk_X509_push(certificates.get(), certificate.get()) == 0) return nullptr;
    certificate.release();  // the stack owns it now
  }
  const unsigned long error = ERR_peek_last_error();
  const bool at_end =
      ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
  if (!at_end || sk_X509_num(certificates.get()) == 0) return nullptr;
  return certificates;
}

// One block from the first byte to the last, but for the end of its last line.
bool IsOneRequestBlock(std::string_view pem) {
  if (pem.find('\r') != std::string_view::npos || pem.find(kRequestBegin) != 0) return false;
  const std::size_t end = pem.find(kRequestEnd);
  if (end == std::string_view::npos) return false;
  const std::string_view rest = pem.substr(end + kRequestEnd.size());
  return rest.empty() || rest == "\n";
}

// The request of a PEM block without headers; nothing when its bytes are not exactly one.
RequestPtr ReadRequest(std::string_view pem) {
  const BioPtr in = Reader(pem);
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* bytes = nullptr;
  long size = 0;
  if (!in || PEM_read_bio(in.get(), &name, &header, &bytes, &size) != 1) return nullptr;
  const unsigned char* cursor = bytes;
  RequestPtr request(d2i_X509_REQ(nullptr, &cursor, size));
  const bool whole = *header == '\0' && cursor == bytes + size;
  OPENSSL_free(name);
  OPENSSL_free(header);
  OPENSSL_free(bytes);
  return whole ? std::move(request) : nullptr;
}

bool IsNamedCurve(EVP_PKEY* key) {
  std::array<char, 32> name{};
  int explicit_parameters = 0;
  if (EVP_PKEY_get_group_name(key, name.data(), name.size(), nullptr) != 1 ||
      EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS,
                             &explicit_parameters) != 1)
    return false;
  const std::string_view curve = name.data();
  return explicit_parameters == 0 && (curve == SN_X9_62_prime256v1 || curve == SN_secp384r1);
}

bool IsSuitable(EVP_PKEY* key) {
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_EC:
      return IsNamedCurve(key);
    case EVP_PKEY_RSA:
      return EVP_PKEY_get_bits(key) >= kMinRsaBits;
    default:
      return false;
  }
}

TrustPtr TrustOf(std::string_view pem) {
  const CertificatesPtr certificates = ReadCertificates(pem);
  TrustPtr trust(X509_STORE_new());
  if (!certificates || !trust) return nullptr;
  for (int i = 0; i < sk_X509_num(certificates.get()); ++i) {
    if (X509_STORE_add_cert(trust.get(), sk_X509_value(certificates.get(), i)) != 1) return nullptr;
  }
  return trust;
}

std::time_t NotBefore(const X509* leaf) {
  std::tm when{};
  if (ASN1_TIME_to_tm(X509_get0_notBefore(leaf), &when) != 1) return 0;
  return timegm(&when);
}

bool Chains(X509* leaf, STACK_OF(X509) * chain, X509_STORE* trust, absl::Time now) {
  const CheckPtr check(X509_STORE_CTX_new());
  if (!check || X509_STORE_CTX_init(check.get(), trust, leaf, chain) != 1) return false;
  X509_VERIFY_PARAM* rules = X509_STORE_CTX_get0_param(check.get());
  X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_time(rules, std::max(absl::ToTimeT(now), NotBefore(leaf)));
  if (X509_VERIFY_PARAM_set_purpose(rules, X509_PURPOSE_SSL_CLIENT) != 1) return false;
  return X509_verify_cert(check.get()) == 1;
}

}  // namespace

std::optional<KeyAndRequest> MakeKeyAndRequest(const std::string& common_name) {
  const CleanErrorQueue scope;
  if (common_name.empty() || common_name.size() > kMaxCommonNameBytes) return std::nullopt;
  const KeyPtr key(EVP_EC_gen("P-256"));
  if (!key) return std::nullopt;
  std::optional<std::string> key_pem = KeyPem(key.get());
  std::optional<std::string> csr_pem = RequestPem(key.get(), common_name);
  if (!key_pem || !csr_pem) return std::nullopt;
  return KeyAndRequest{Secret(*std::move(key_pem)), *std::move(csr_pem)};
}

std::optional<std::string> CertificatesOfPkcs7(std::string_view base64) {
  const CleanErrorQueue scope;
  // OpenSSL's decoder takes lines of up to 80 characters with an end; giving it one long line
  // without any is the one form that does not depend on how the sender broke his.
  std::string line(base64);
  std::erase_if(line, [](char c) { return c == '\r' || c == '\n' || c == ' ' || c == '\t'; });
  if (line.empty() || line.size() % 4 != 0 || line.size() > INT_MAX) return std::nullopt;
  std::vector<unsigned char> der(line.size() / 4 * 3);
  const int size = EVP_DecodeBlock(der.data(), reinterpret_cast<const unsigned char*>(line.data()),
                                   static_cast<int>(line.size()));
  if (size <= 0) return std::nullopt;

  // Padding decodes to zero bytes after the end of the DER value, which the parser leaves alone.
  const unsigned char* cursor = der.data();
  const Pkcs7Ptr bundle(d2i_PKCS7(nullptr, &cursor, size));
  if (!bundle || !PKCS7_type_is_signed(bundle.get()) || bundle->d.sign == nullptr)
    return std::nullopt;
  const STACK_OF(X509)* certificates = bundle->d.sign->cert;
  if (certificates == nullptr || sk_X509_num(certificates) == 0) return std::nullopt;

  const BioPtr out(BIO_new(BIO_s_mem()));
  if (!out) return std::nullopt;
  for (int i = 0; i < sk_X509_num(certificates); ++i) {
    if (PEM_write_bio_X509(out.get(), sk_X509_value(certificates, i)) != 1) return std::nullopt;
  }
  return Written(out.get());
}

RequestVerdict JudgeRequest(std::string_view csr_pem) {
  const CleanErrorQueue scope;
  if (csr_pem.size() > kMaxCertificateRequestBytes) return RequestVerdict::kTooLarge;
  if (!IsOneRequestBlock(csr_pem)) return RequestVerdict::kNotOneBlock;
  const RequestPtr request = ReadRequest(csr_pem);
  if (!request) return RequestVerdict::kUnreadable;
  EVP_PKEY* key = X509_REQ_get0_pubkey(request.get());
  if (key == nullptr || !IsSuitable(key)) return RequestVerdict::kUnsuitableKey;
  const bool signed_with_it = X509_REQ_verify(request.get(), key) == 1;
  return signed_with_it ? RequestVerdict::kGood : RequestVerdict::kBadSignature;
}

CertificateVerdict JudgeCertificate(std::string_view chain_pem, std::string_view csr_pem,
                                    std::string_view trusted_pem, absl::Time now) {
  const CleanErrorQueue scope;
  const CertificatesPtr chain = ReadCertificates(chain_pem);
  const TrustPtr trust = TrustOf(trusted_pem);
  const RequestPtr request = ReadRequest(csr_pem);
  const EVP_PKEY* key = request ? X509_REQ_get0_pubkey(request.get()) : nullptr;
  if (!chain || !trust || key == nullptr) return CertificateVerdict::kUnreadable;

  X509* leaf = sk_X509_value(chain.get(), 0);
  if (EVP_PKEY_eq(X509_get0_pubkey(leaf), key) != 1) return CertificateVerdict::kOtherKey;
  if (!Chains(leaf, chain.get(), trust.get(), now)) return CertificateVerdict::kUntrusted;
  return CertificateVerdict::kFits;
}

}  // namespace runners::system
