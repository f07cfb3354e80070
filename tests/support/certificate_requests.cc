#include "tests/support/certificate_requests.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <stdexcept>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/support/test_ca.h"

namespace runners::testing {
namespace {

struct Free {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
  void operator()(X509_REQ* request) const { X509_REQ_free(request); }
};
using BioPtr = std::unique_ptr<BIO, Free>;
using RequestPtr = std::unique_ptr<X509_REQ, Free>;

void Check(int result) {
  if (result <= 0) throw std::runtime_error("OpenSSL failed");
}

EVP_PKEY* NewKey(RequestKey kind) {
  switch (kind) {
    case RequestKey::kP256:
    case RequestKey::kP256Explicit:
      return EVP_EC_gen("P-256");
    case RequestKey::kP384:
      return EVP_EC_gen("P-384");
    case RequestKey::kP521:
      return EVP_EC_gen("P-521");
    case RequestKey::kRsa2048:
      return EVP_RSA_gen(2048);
    case RequestKey::kRsa1024:
      return EVP_RSA_gen(1024);
    case RequestKey::kEd25519:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  }
  return nullptr;
}

std::string Written(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

std::string RequestPem(EVP_PKEY* key, EVP_PKEY* signer) {
  const RequestPtr request(X509_REQ_new());
  const auto* name = reinterpret_cast<const unsigned char*>("runner");
  Check(X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(request.get()), "CN", MBSTRING_UTF8,
                                   name, -1, -1, 0));
  Check(X509_REQ_set_pubkey(request.get(), key));
  const bool hashes_itself = EVP_PKEY_get_base_id(signer) == EVP_PKEY_ED25519;
  Check(X509_REQ_sign(request.get(), signer, hashes_itself ? nullptr : EVP_sha256()));
  const BioPtr out(BIO_new(BIO_s_mem()));
  Check(PEM_write_bio_X509_REQ(out.get(), request.get()));
  return Written(out.get());
}

}  // namespace

system::KeyAndRequest NewRequest(RequestKey kind) {
  const KeyPtr key(NewKey(kind));
  if (!key) throw std::runtime_error("OpenSSL failed");
  if (kind == RequestKey::kP256Explicit) {
    Check(EVP_PKEY_set_utf8_string_param(key.get(), "encoding", "explicit"));
  }
  const BioPtr out(BIO_new(BIO_s_mem()));
  Check(PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr));
  return {Secret(Written(out.get())), RequestPem(key.get(), key.get())};
}

std::string RequestOfAnotherSigner() {
  return RequestPem(NewP256Key().get(), NewP256Key().get());
}

Secret WithKey(const Secret& identity_file, const Secret& key_pem) {
  nlohmann::json file = nlohmann::json::parse(identity_file.Reveal());
  file.at("id")["key"] = "pem:" + key_pem.Reveal();
  return Secret(file.dump());
}

std::string WithOneByteMore(const std::string& csr_pem) {
  const BioPtr in(BIO_new_mem_buf(csr_pem.data(), static_cast<int>(csr_pem.size())));
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* bytes = nullptr;
  long size = 0;
  Check(PEM_read_bio(in.get(), &name, &header, &bytes, &size));
  std::vector<unsigned char> longer(bytes, bytes + size);
  longer.push_back(0);
  OPENSSL_free(header);
  OPENSSL_free(bytes);
  const BioPtr out(BIO_new(BIO_s_mem()));
  const int written =
      PEM_write_bio(out.get(), name, "", longer.data(), static_cast<long>(longer.size()));
  OPENSSL_free(name);
  Check(written);
  return Written(out.get());
}

}  // namespace runners::testing
