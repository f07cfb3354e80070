#include "tools/dev_controller/jwt.h"

#include <array>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace dev_controller {
namespace {

constexpr int kNumberBytes = 32;  // of r and of s on P-256

std::string Base64Url(std::string_view bytes) {
  std::string text = Base64(bytes);
  for (char& c : text) {
    if (c == '+') c = '-';
    if (c == '/') c = '_';
  }
  while (!text.empty() && text.back() == '=') text.pop_back();
  return text;
}

std::vector<unsigned char> DerSignature(EVP_PKEY* key, const std::string& text) {
  const DigestPtr context(EVP_MD_CTX_new());
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t size = 0;
  if (!context || EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) != 1)
    throw std::runtime_error("a token cannot be signed");
  std::vector<unsigned char> signature(size);
  if (EVP_DigestSign(context.get(), signature.data(), &size, bytes, text.size()) != 1)
    throw std::runtime_error("a token cannot be signed");
  signature.resize(size);
  return signature;
}

// r and s one after the other, where OpenSSL has them in DER.
std::string RawSignature(const std::vector<unsigned char>& der) {
  const unsigned char* cursor = der.data();
  const SignaturePtr signature(d2i_ECDSA_SIG(nullptr, &cursor, static_cast<long>(der.size())));
  std::array<unsigned char, 2 * kNumberBytes> raw{};
  if (!signature ||
      BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), raw.data(), kNumberBytes) != kNumberBytes ||
      BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), raw.data() + kNumberBytes, kNumberBytes) !=
          kNumberBytes)
    throw std::runtime_error("a token cannot be signed");
  return std::string(raw.begin(), raw.end());
}

}  // namespace

std::string SignedJwt(EVP_PKEY* key, const std::string& key_id, const nlohmann::json& claims) {
  const nlohmann::json header = {{"alg", "ES256"}, {"kid", key_id}, {"typ", "JWT"}};
  const std::string signed_part = Base64Url(header.dump()) + "." + Base64Url(claims.dump());
  return signed_part + "." + Base64Url(RawSignature(DerSignature(key, signed_part)));
}

}  // namespace dev_controller
