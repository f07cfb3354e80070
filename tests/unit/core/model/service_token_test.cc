#include "core/model/service_token.h"

#include <string>

#include "gtest/gtest.h"

#include "adapters/system/crypto.h"

namespace runners {
namespace {

TEST(NewServiceToken, Is64LowerCaseHexCharactersAndNeverTheSame) {
  system::OsEntropy entropy;

  const Secret one = NewServiceToken(entropy);
  const Secret two = NewServiceToken(entropy);

  EXPECT_EQ(one.Reveal().size(), 64U);
  EXPECT_EQ(one.Reveal().find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_NE(one.Reveal(), two.Reveal());
}

TEST(DigestOfPresented, WhiteSpaceAroundTheTokenIsDropped) {
  system::OsEntropy entropy;
  const system::OpenSslHasher hasher;
  const Secret token = NewServiceToken(entropy);
  const TokenRecord record = RecordOf(token, entropy.NewUuid(), hasher);

  EXPECT_EQ(DigestOfPresented(Secret(" \r\n" + token.Reveal() + "\n"), hasher), record.digest);
  EXPECT_NE(DigestOfPresented(Secret(token.Reveal().substr(1)), hasher), record.digest);
  EXPECT_EQ(record.prefix, token.Reveal().substr(0, 8));
}

TEST(IsBlank, OnlyWhiteSpaceIsBlank) {
  EXPECT_TRUE(IsBlank(Secret("")));
  EXPECT_TRUE(IsBlank(Secret(" \t\n")));
  EXPECT_FALSE(IsBlank(Secret(" x ")));
}

}  // namespace
}  // namespace runners
