#include "core/support/enumeration.h"

#include "gtest/gtest.h"

namespace runners {
namespace {

TEST(EscapedBytes, WhatIsNotPrintableAsciiCountsThreeTimes) {
  EXPECT_EQ(EscapedBytes(""), 0U);
  EXPECT_EQ(EscapedBytes("a ~"), 3U);
  EXPECT_EQ(EscapedBytes("%\n\x7F"), 9U);
  EXPECT_EQ(EscapedBytes("\xE2\x82\xAC"), 9U);
}

TEST(Shortened, KeepsWhatFitsAndCutsBetweenCharacters) {
  EXPECT_EQ(Shortened("abcdef", 6), "abcdef");
  EXPECT_EQ(Shortened("abcdefg", 6), "abc...");
  EXPECT_EQ(Shortened("\xE2\x82\xAC\xE2\x82\xAC", 18), "\xE2\x82\xAC\xE2\x82\xAC");
  EXPECT_EQ(Shortened("\xE2\x82\xAC\xE2\x82\xAC", 17), "\xE2\x82\xAC...");
  EXPECT_EQ(Shortened("\xE2\x82\xAC\xE2\x82\xAC", 11), "...");
}

TEST(Enumerated, JoinsAllThatFit) {
  EXPECT_EQ(Enumerated({}, "; ", 64), "");
  EXPECT_EQ(Enumerated({"one"}, "; ", 64), "one");
  EXPECT_EQ(Enumerated({"one", "two", "three"}, "; ", 64), "one; two; three");
}

TEST(Enumerated, SaysHowManyItLeftOutAndStaysWithinTheBound) {
  const std::vector<std::string> items(100, std::string(20, 'x'));
  for (std::size_t bound = 64; bound < 2300; ++bound) {
    const std::string text = Enumerated(items, "; ", bound);
    ASSERT_LE(text.size(), bound);
    const std::size_t cut = text.rfind("; and ");
    if (cut == std::string::npos) {
      EXPECT_EQ(text.size(), 100U * 22U - 2U);
      continue;
    }
    const std::size_t whole = (cut + 2) / 22;  // 20 characters and a separator each
    EXPECT_EQ(text.substr(cut), "; and " + std::to_string(items.size() - whole) + " more");
    EXPECT_EQ(cut, whole * 22 - 2);
  }
}

TEST(Enumerated, AnItemTooLongForEverythingIsCut) {
  EXPECT_EQ(Enumerated({std::string(100, 'x')}, "; ", 64), std::string(61, 'x') + "...");
  EXPECT_EQ(Enumerated({std::string(100, 'x'), "y"}, "; ", 64),
            std::string(49, 'x') + "...; and 1 more");
}

}  // namespace
}  // namespace runners
