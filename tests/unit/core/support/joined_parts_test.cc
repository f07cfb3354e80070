#include "core/support/joined_parts.h"

#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace runners {
namespace {

using ::testing::ElementsAre;

TEST(JoinedParts, DifferentPartsNeverGiveTheSameText) {
  EXPECT_NE(JoinedParts().Add("a").Add("bc").text(), JoinedParts().Add("ab").Add("c").text());
  EXPECT_NE(JoinedParts().Add("").text(), JoinedParts().text());
  EXPECT_THAT(*JoinedParts::Split(JoinedParts().Add("1:a").Add("").Add("x").text()),
              ElementsAre("1:a", "", "x"));
}

TEST(JoinedParts, SplitRefusesWhatWasNotBuiltHere) {
  for (const std::string_view bad : {"x", "5:abc", "1", "1a", ":", "99999999999999999999999:a"}) {
    EXPECT_FALSE(JoinedParts::Split(bad).has_value()) << bad;
  }
}

TEST(JoinedParts, TimesAndCountsComeBack) {
  const absl::Time time = absl::FromUnixMicros(1'764'000'000'123'456);

  const auto parts = JoinedParts::Split(JoinedParts().AddTime(time).AddCount(42).text());

  EXPECT_EQ(JoinedParts::TimeOf(parts->at(0)), time);
  EXPECT_EQ(parts->at(1), "42");
}

}  // namespace
}  // namespace runners
