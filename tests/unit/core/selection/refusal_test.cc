#include "core/selection/refusal.h"

#include "gtest/gtest.h"

#include "core/support/error.h"

namespace runners {
namespace {

Criteria CriteriaOf(Labels labels, std::set<std::string> capabilities) {
  return {OrganizationId::Parse("10000000-0000-4000-8000-000000000001").value(),
          std::move(labels),
          std::move(capabilities),
          {}};
}

TEST(RefusalOf, NamesEveryConstraintThatNobodyMeets) {
  const absl::Status refusal =
      RefusalOf(CriteriaOf({{"gpu-model", "h100"}, {"region", "eu"}}, {"docker", "tpu"}),
                {15, 14, 14, {{"gpu-model", 0}, {"region", 3}}, {{"docker", 14}, {"tpu", 0}}});

  EXPECT_EQ(MessageOf(refusal),
            "no runner qualifies: label gpu-model=h100: 0 of 14; capability tpu: 0 of 14");
  EXPECT_EQ(DetailOf(refusal).unmet,
            (std::vector<UnmetPrecondition>{{"LABEL", "gpu-model=h100", "0 of 14"},
                                            {"CAPABILITY", "tpu", "0 of 14"}}));
  EXPECT_EQ(DetailOf(refusal).metadata.at("unmet"), "gpu-model=h100: 0 of 14; tpu: 0 of 14");
}

TEST(RefusalOf, WhenEachIsMetBySomeNamesThoseThatNarrow) {
  const absl::Status refusal =
      RefusalOf(CriteriaOf({{"region", "eu"}}, {"docker", "gpu"}),
                {14, 14, 14, {{"region", 3}}, {{"docker", 14}, {"gpu", 4}}});

  EXPECT_EQ(MessageOf(refusal), "no runner has all of: region=eu (3 of 14), gpu (4 of 14)");
  EXPECT_EQ(DetailOf(refusal).unmet.size(), 2U);
}

TEST(RefusalOf, WithoutAnybodyToJudgeSaysWhy) {
  const Criteria criteria = CriteriaOf({{"region", "eu"}}, {});

  EXPECT_EQ(MessageOf(RefusalOf(criteria, {0, 0, 0, {}, {}})), "no runner is in scope");
  EXPECT_EQ(MessageOf(RefusalOf(criteria, {3, 0, 0, {}, {}})),
            "no runner in scope is enrolled: 0 of 3");
  EXPECT_EQ(MessageOf(RefusalOf(criteria, {3, 2, 0, {}, {}})),
            "every enrolled runner in scope is excluded: 2 of 2");
  EXPECT_TRUE(HasReason(RefusalOf(criteria, {0, 0, 0, {}, {}}), ErrorReason::kNoRunnerQualifies));
}

}  // namespace
}  // namespace runners
