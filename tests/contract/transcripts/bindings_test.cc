#include "tests/contract/transcripts/bindings.h"

#include <gtest/gtest.h>

namespace runners::testing {
namespace {

TEST(Bindings, TextOfNothingBoundIsItself) {
  const Bindings bindings;

  EXPECT_EQ(bindings.Translate("./services/abc"), "./services/abc");
  EXPECT_EQ(bindings.Find("abc"), nullptr);
}

TEST(Bindings, EveryOccurrenceIsReplaced) {
  Bindings bindings;
  bindings.Bind("abc", "1");

  EXPECT_EQ(bindings.Translate("@abc ./services/abc/configs"), "@1 ./services/1/configs");
}

TEST(Bindings, LongestRecordedTextWins) {
  Bindings bindings;
  bindings.Bind("abc", "1");
  bindings.Bind("abcd", "2");

  EXPECT_EQ(bindings.Translate("abcd abc"), "2 1");
}

TEST(Bindings, WhatWasPutInIsNotReplacedAgain) {
  Bindings bindings;
  bindings.Bind("abc", "def");
  bindings.Bind("def", "abc");

  EXPECT_EQ(bindings.Translate("abc def"), "def abc");
}

TEST(Bindings, FirstBindingStays) {
  Bindings bindings;
  bindings.Bind("abc", "1");
  bindings.Bind("abc", "2");
  bindings.Bind("", "3");
  bindings.Bind("def", "");

  EXPECT_EQ(bindings.Translate("abc def"), "1 def");
  EXPECT_TRUE(bindings.IsTaken("1"));
  EXPECT_FALSE(bindings.IsTaken("2"));
}

}  // namespace
}  // namespace runners::testing
