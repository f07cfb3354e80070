#include "core/support/ascii.h"

#include <array>
#include <cstdint>

#include "gtest/gtest.h"

namespace runners {
namespace {

TEST(Trimmed, TakesWhiteSpaceOffBothEndsOnly) {
  EXPECT_EQ(Trimmed(" \t\r\n\v\fa b\n"), "a b");
  EXPECT_EQ(Trimmed("a"), "a");
  EXPECT_EQ(Trimmed(" \n"), "");
  EXPECT_EQ(Trimmed(""), "");
}

TEST(Hex, TwoDigitsAByteInLowerCase) {
  const std::array<std::uint8_t, 4> bytes = {0x00, 0x0F, 0xA0, 0xFF};

  EXPECT_EQ(Hex(bytes), "000fa0ff");
  EXPECT_EQ(Hex({}), "");
}

}  // namespace
}  // namespace runners
