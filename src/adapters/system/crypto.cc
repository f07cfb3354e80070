#include "adapters/system/crypto.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <cstdlib>

namespace runners::system {

void OsEntropy::Fill(std::span<std::uint8_t> bytes) {
  // Without randomness no token and no key may be made: ending the process is the safe answer.
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) std::abort();
}

Sha256Digest OpenSslHasher::Sha256(std::string_view data) const {
  Sha256Digest digest{};
  SHA256(reinterpret_cast<const unsigned char*>(data.data()), data.size(), digest.data());
  return digest;
}

Sha256Digest OpenSslHasher::HmacSha256(std::string_view key, std::string_view data) const {
  Sha256Digest digest{};
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(data.data()), data.size(), digest.data(), nullptr);
  return digest;
}

}  // namespace runners::system
