#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"

#include "core/support/secret.h"

namespace runners::system {

// A new private key and the request for a certificate over it.
struct KeyAndRequest {
  Secret key_pem;  // EC P-256, PKCS#8, PEM, unencrypted
  std::string
      csr_pem;  // PKCS#10 signed with SHA-256: one PEM block and nothing after its last line
};

// Makes a key with OpenSSL's randomness and a request in the name `common_name` (1 to 64 bytes,
// X.520's bound). Nothing when OpenSSL fails or the name does not fit. Thread-safe.
std::optional<KeyAndRequest> MakeKeyAndRequest(const std::string& common_name);

// The certificates of a certs-only PKCS#7 (RFC 7030, 4.1.3), which comes as bare base64 in lines of
// any length, as PEM blocks. Nothing when it is not one or holds no certificate. Thread-safe.
std::optional<std::string> CertificatesOfPkcs7(std::string_view base64);

inline constexpr std::size_t kMaxCertificateRequestBytes = 16 * 1024;

// What is true of a certificate request somebody sent.
enum class RequestVerdict {
  kGood,
  kTooLarge,       // over kMaxCertificateRequestBytes
  kNotOneBlock,    // not one PEM block CERTIFICATE REQUEST in lines that end with LF, and no more
  kUnreadable,     // no PKCS#10 in it, or more than that
  kUnsuitableKey,  // not EC P-256 or P-384 by name, nor RSA of 2048 bits and more
  kBadSignature,   // not signed with the key it is for
};

// Whether a controller may be asked for a certificate with this request. Thread-safe.
RequestVerdict JudgeRequest(std::string_view csr_pem);

// What is true of a certificate chain somebody handed out.
enum class CertificateVerdict {
  kFits,        // the leaf is over the request's key and chains to a trusted certificate
  kUnreadable,  // one of the texts is not what it should be
  kOtherKey,    // the leaf is over another key
  kUntrusted,   // no chain, expired, or not for TLS clients
};

// Whether the first certificate of `chain_pem` (leaf, then intermediates) is over the public key of
// the request `csr_pem` and leads to one of `trusted_pem`, any of which may be the end of the
// chain. A leaf that becomes valid only after `now` is judged at that later time: the clocks of the
// issuer and of this machine differ. Thread-safe.
CertificateVerdict JudgeCertificate(std::string_view chain_pem, std::string_view csr_pem,
                                    std::string_view trusted_pem, absl::Time now);

}  // namespace runners::system
