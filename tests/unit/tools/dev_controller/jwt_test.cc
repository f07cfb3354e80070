#include "tools/dev_controller/jwt.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace dev_controller {
namespace {

std::string Decoded(std::string text) {
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  const std::size_t padding = (4 - text.size() % 4) % 4;
  text.append(padding, '=');
  std::vector<unsigned char> bytes(text.size());
  const int size =
      EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()),
                      static_cast<int>(text.size()));
  return std::string(bytes.begin(), bytes.begin() + size - static_cast<int>(padding));
}

struct Parts {
  std::string signed_text;
  nlohmann::json header;
  nlohmann::json claims;
  std::string signature;
};

Parts PartsOf(const std::string& jwt) {
  const std::size_t first = jwt.find('.');
  const std::size_t second = jwt.rfind('.');
  return {jwt.substr(0, second), nlohmann::json::parse(Decoded(jwt.substr(0, first))),
          nlohmann::json::parse(Decoded(jwt.substr(first + 1, second - first - 1))),
          Decoded(jwt.substr(second + 1))};
}

bool Verifies(EVP_PKEY* key, const Parts& parts) {
  const SignaturePtr signature(ECDSA_SIG_new());
  const auto* raw = reinterpret_cast<const unsigned char*>(parts.signature.data());
  ECDSA_SIG_set0(signature.get(), BN_bin2bn(raw, 32, nullptr), BN_bin2bn(raw + 32, 32, nullptr));
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &der);
  const DigestPtr context(EVP_MD_CTX_new());
  EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key);
  const bool good =
      EVP_DigestVerify(context.get(), der, static_cast<std::size_t>(size),
                       reinterpret_cast<const unsigned char*>(parts.signed_text.data()),
                       parts.signed_text.size()) == 1;
  OPENSSL_free(der);
  return good;
}

TEST(Jwt, VerifiesWithTheKeyAndNoOther) {
  const KeyPtr key = NewP256Key();
  const KeyPtr other = NewP256Key();
  // Numbers with leading zeros come up now and then.
  for (int i = 0; i < 200; ++i) {
    const Parts parts = PartsOf(SignedJwt(key.get(), "kid", {{"n", i}}));
    ASSERT_EQ(parts.signature.size(), 64U);
    ASSERT_TRUE(Verifies(key.get(), parts));
    ASSERT_FALSE(Verifies(other.get(), parts));
  }
}

TEST(Jwt, SaysHowItIsSignedAndWhatItClaims) {
  const KeyPtr key = NewP256Key();

  const Parts parts = PartsOf(SignedJwt(key.get(), "abc", {{"sub", "identity"}, {"em", "ott"}}));

  EXPECT_EQ(parts.header, (nlohmann::json{{"alg", "ES256"}, {"kid", "abc"}, {"typ", "JWT"}}));
  EXPECT_EQ(parts.claims, (nlohmann::json{{"sub", "identity"}, {"em", "ott"}}));
}

}  // namespace
}  // namespace dev_controller
