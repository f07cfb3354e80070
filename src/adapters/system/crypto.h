#pragma once

#include "core/ports/crypto.h"

namespace runners::system {

// Randomness of the operating system through OpenSSL. Thread-safe.
class OsEntropy final : public Entropy {
 public:
  void Fill(std::span<std::uint8_t> bytes) override;
};

// SHA-256 and HMAC-SHA-256 of OpenSSL. Immutable.
class OpenSslHasher final : public Hasher {
 public:
  Sha256Digest Sha256(std::string_view data) const override;
  Sha256Digest HmacSha256(std::string_view key, std::string_view data) const override;
};

}  // namespace runners::system
