#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace runners {

using Sha256Digest = std::array<std::uint8_t, 32>;

// Cryptographic randomness. Implementations are thread-safe and end the process rather than return
// weak bytes.
class Entropy {
 public:
  virtual ~Entropy() = default;
  virtual void Fill(std::span<std::uint8_t> bytes) = 0;

  // A random (version 4) UUID in canonical form.
  std::string NewUuid();
};

// Digests. Implementations are thread-safe.
class Hasher {
 public:
  virtual ~Hasher() = default;
  virtual Sha256Digest Sha256(std::string_view data) const = 0;
  virtual Sha256Digest HmacSha256(std::string_view key, std::string_view data) const = 0;
};

}  // namespace runners
