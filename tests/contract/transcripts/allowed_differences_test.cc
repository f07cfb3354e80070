#include "tests/contract/transcripts/allowed_differences.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace runners::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::array kRows = {
    AllowedDifference{"2.0", "edge routers", "data[*].capabilities", "there is no router"},
    AllowedDifference{"", "", "meta.more", "a test"},
};
constexpr std::size_t kMostRows = 5;

TEST(AllowList, TakesOutWhatIsAllowedAndNothingElse) {
  AllowList list(kRows, "2.0");
  const Difference here{"data[12].capabilities", "null", "(nothing)"};
  const Difference elsewhere{"data[12].cost", "0", "(nothing)"};

  EXPECT_THAT(list.WithoutAllowed({here, elsewhere}, "edge routers"), ElementsAre(elsewhere));
  EXPECT_THAT(list.WithoutAllowed({here}, "get service"), ElementsAre(here));
  EXPECT_THAT(list.Unused(), ElementsAre(" meta.more"));
}

TEST(AllowList, RowWithoutAStepIsForEveryStep) {
  AllowList list(kRows, "1.6");

  EXPECT_THAT(list.WithoutAllowed({{"meta.more", "1", "2"}}, "get service"), IsEmpty());
  EXPECT_THAT(list.Unused(), IsEmpty());
}

TEST(AllowList, RowOfTheOtherLineDoesNotCount) {
  AllowList list(kRows, "1.6");
  const Difference here{"data[0].capabilities", "null", "(nothing)"};

  EXPECT_THAT(list.WithoutAllowed({here}, "edge routers"), ElementsAre(here));
}

TEST(AllowedDifferences, AreFewAndEachHasAReason) {
  EXPECT_LE(AllowedDifferences().size(), kMostRows);
  for (const AllowedDifference& row : AllowedDifferences()) {
    EXPECT_GE(row.reason.size(), 20u) << row.step << " " << row.path;
  }
}

}  // namespace
}  // namespace runners::testing
