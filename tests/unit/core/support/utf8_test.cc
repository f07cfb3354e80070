#include "core/support/utf8.h"

#include <string>

#include "gtest/gtest.h"

namespace runners {
namespace {

TEST(IsPlainUtf8, AcceptsTextOfAnyScript) {
  for (const std::string_view text :
       {"", "plain", "na\xC3\xAFve", "\xE6\x97\xA5\xE6\x9C\xAC", "\xF0\x9F\x9A\x80", "\xEF\xBF\xBD",
        "\xF4\x8F\xBF\xBF", "\xC2\xA0"}) {
    EXPECT_TRUE(IsPlainUtf8(text)) << text;
  }
}

TEST(IsPlainUtf8, RefusesMalformedAndControl) {
  for (const std::string& text :
       {std::string("\x80"), std::string("\xC3"), std::string("\xC0\xAF"),
        std::string("\xE0\x80\xAF"), std::string("\xED\xA0\x80"), std::string("\xF0\x80\x80\x80"),
        std::string("\xF4\x90\x80\x80"), std::string("\xF5\x80\x80\x80"), std::string("a\tb"),
        std::string("a\x7F"), std::string("\0", 1), std::string("\xC2\x9F"),
        std::string("\xE6\x97")}) {
    EXPECT_FALSE(IsPlainUtf8(text));
  }
}

TEST(Utf8Prefix, NeverCutsACharacter) {
  const std::string text = "a\xE6\x97\xA5z";

  EXPECT_EQ(Utf8Prefix(text, 0), "");
  EXPECT_EQ(Utf8Prefix(text, 1), "a");
  EXPECT_EQ(Utf8Prefix(text, 3), "a");
  EXPECT_EQ(Utf8Prefix(text, 4), "a\xE6\x97\xA5");
  EXPECT_EQ(Utf8Prefix(text, 100), text);
}

}  // namespace
}  // namespace runners
