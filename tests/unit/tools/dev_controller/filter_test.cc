#include "tools/dev_controller/filter.h"

#include <gtest/gtest.h>

namespace dev_controller {
namespace {

using nlohmann::json;

std::optional<json> Field(const std::string& name) {
  if (name == "name") return "runner-1 \"x\"";
  if (name == "type") return 2;
  if (name == "isAdmin") return false;
  if (name == "externalId") return nullptr;
  if (name == "roleAttributes") return json::array({"a", "b"});
  if (name == "tags.runner-id") return "r";
  return std::nullopt;
}

bool Matches(const std::string& text) {
  const Filter filter = Filter::Parse(text);
  filter.Check(&Field);
  return filter.Matches(&Field);
}

std::string Complaint(const std::string& text) {
  try {
    Matches(text);
  } catch (const FilterError& error) {
    return error.what();
  }
  return "";
}

TEST(Filter, ComparisonsMatchTheirValues) {
  for (const char* text : {"", "true", "name=\"runner-1 \\\"x\\\"\"", "name contains \"unner\"",
                           "name != \"other\"", "type=2", "isAdmin = false", "externalId = null",
                           "anyOf(roleAttributes) = \"b\"", "tags.runner-id=\"r\""}) {
    EXPECT_TRUE(Matches(text)) << text;
  }
  for (const char* text : {"false", "name=\"runner\"", "name contains \"Unner\"", "type=1",
                           "externalId=\"\"", "anyOf(roleAttributes)=\"c\""}) {
    EXPECT_FALSE(Matches(text)) << text;
  }
}

TEST(Filter, AndBindsMoreThanOr) {
  EXPECT_TRUE(Matches("true or false and false"));
  EXPECT_FALSE(Matches("(true or false) and false"));
  EXPECT_TRUE(Matches("type=1 and type=1 or type=2 and name contains \"runner\""));
}

TEST(Filter, UnquotedValueIsComplainedAboutWithItsPlace) {
  EXPECT_EQ(
      Complaint("name=runner"),
      "Unexpected symbol: \"runner\" at line: 1 column: 5. line: 1, column: 5, symbol: runner");
}

TEST(Filter, IdentifiersHoldNoDigits) {
  EXPECT_EQ(Complaint("name2=\"a\""),
            "Unexpected symbol: \"2\" at line: 1 column: 4. line: 1, column: 4, symbol: 2");
}

TEST(Filter, WhatIsNotInUseIsRefused) {
  for (const char* text :
       {"name", "name=", "=\"a\"", "name=\"a", "name=\"a\" limit 5", "(type=2", "type=2)",
        "name contains 2", "name in [\"a\"]", "type>1", "anyOf roleAttributes=\"a\"", "not true",
        "name=\"a\" and", "name = 'a'", "type=1.2.3"}) {
    EXPECT_NE(Complaint(text), "") << text;
  }
}

TEST(Filter, UnknownFieldIsRefusedEvenWhereItDoesNotDecide) {
  EXPECT_EQ(Complaint("true or isOnline=true"), "unknown symbol isOnline");
}

TEST(Filter, SetsAndAnyOfBelongTogether) {
  EXPECT_NE(Complaint("roleAttributes=\"a\""), "");
  EXPECT_NE(Complaint("anyOf(name)=\"a\""), "");
}

TEST(Filter, EndlessNestingIsRefused) {
  EXPECT_NE(Complaint(std::string(10'000, '(')), "");
}

}  // namespace
}  // namespace dev_controller
