#include "adapters/system/crypto.h"

#include <set>
#include <string>

#include "gtest/gtest.h"

#include "core/support/ascii.h"
#include "runners/ids.h"

namespace runners::system {
namespace {

TEST(OpenSslHasher, MatchesThePublishedVectors) {
  const OpenSslHasher hasher;

  // FIPS 180-2, B.1 and RFC 4231, 4.3.
  EXPECT_EQ(Hex(hasher.Sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Hex(hasher.HmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(OsEntropy, UuidsAreCanonicalVersion4AndDiffer) {
  OsEntropy entropy;
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string uuid = entropy.NewUuid();
    EXPECT_EQ(CanonicalUuid(uuid), uuid);
    EXPECT_EQ(uuid[14], '4');
    EXPECT_NE(std::string("89ab").find(uuid[19]), std::string::npos);
    EXPECT_TRUE(seen.insert(uuid).second);
  }
}

}  // namespace
}  // namespace runners::system
