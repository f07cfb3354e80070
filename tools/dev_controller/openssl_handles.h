#pragma once

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>

namespace dev_controller {

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};

using BioPtr = std::unique_ptr<BIO, Freer<BIO_free_all>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using RequestPtr = std::unique_ptr<X509_REQ, Freer<X509_REQ_free>>;
using CertificatePtr = std::unique_ptr<X509, Freer<X509_free>>;
using NamePtr = std::unique_ptr<X509_NAME, Freer<X509_NAME_free>>;
using Pkcs7Ptr = std::unique_ptr<PKCS7, Freer<PKCS7_free>>;
using DigestPtr = std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX_free>>;
using SignaturePtr = std::unique_ptr<ECDSA_SIG, Freer<ECDSA_SIG_free>>;

// PEM and back. What OpenSSL refuses is thrown (std::runtime_error): the texts are our own.
KeyPtr NewP256Key();
std::string KeyPem(EVP_PKEY* key);  // PKCS#8, unencrypted
KeyPtr KeyOfPem(const std::string& pem);
std::string CertificatePem(X509* certificate);
CertificatePtr CertificateOfPem(const std::string& pem);

// SHA-1 of the certificate's DER in hexadecimal: the fingerprint a controller knows it by.
std::string Fingerprint(const X509* certificate);

// Standard base64 with padding, on one line.
std::string Base64(std::string_view bytes);

}  // namespace dev_controller
