#include <gmock/gmock.h>

#include "tests/integration/postgres/store_fixture.h"

namespace runners::testing {
namespace {

using ::testing::Pair;
using ::testing::UnorderedElementsAre;

class SelectionIndexTest : public ::testing::Test {
 protected:
  RunnerId Add(std::optional<OrganizationId> organization, Labels labels,
               std::vector<std::string> capabilities) {
    NewRunner description = stores_.Described("r");
    description.organization_id = std::move(organization);
    description.labels = std::move(labels);
    description.capabilities = std::move(capabilities);
    const RunnerId id = stores_.Registered(description).id;
    stores_.Enrolled(id);
    return id;
  }

  Draw Drawn(const Criteria& criteria) {
    return stores_.selection.DrawOne(stores_.call(), criteria, Counting::kExact).value();
  }

  Stores stores_;
};

TEST_F(SelectionIndexTest, OnlyEnrolledLiveRunnersInScopeQualify) {
  const RunnerId mine = Add(kAcme, {}, {});
  const RunnerId cluster = Add(std::nullopt, {}, {});
  Add(kGlobex, {}, {});
  stores_.Registered("pending");
  const RunnerId deleted = Add(kAcme, {}, {});
  ASSERT_TRUE(stores_.runners.Delete(stores_.call(), deleted, std::nullopt).ok());

  std::set<RunnerId> drawn;
  for (int i = 0; i < 40; ++i) drawn.insert(Drawn({kAcme, {}, {}, {}}).runner.value().id);

  EXPECT_THAT(drawn, UnorderedElementsAre(mine, cluster));
  EXPECT_EQ(Drawn({kAcme, {}, {}, {}}).candidate_count, 2);
  EXPECT_EQ(Drawn({kAcme, {}, {}, {mine}}).runner.value().id, cluster);
}

TEST_F(SelectionIndexTest, LabelsAndCapabilitiesMatchExactly) {
  const RunnerId id = Add(kAcme, {{"Region", "eu, \"west\""}, {"note", ""}}, {"gpu", "gpu", "x"});

  EXPECT_EQ(Drawn({kAcme, {{"Region", "eu, \"west\""}, {"note", ""}}, {"gpu", "x"}, {}})
                .runner.value()
                .id,
            id);
  EXPECT_FALSE(Drawn({kAcme, {{"region", "eu, \"west\""}}, {}, {}}).runner);
  EXPECT_FALSE(Drawn({kAcme, {{"Region", "eu"}}, {}, {}}).runner);
  EXPECT_FALSE(Drawn({kAcme, {{"missing", ""}}, {}, {}}).runner);
  EXPECT_FALSE(Drawn({kAcme, {}, {"GPU"}, {}}).runner);
  EXPECT_EQ(Drawn({kAcme, {}, {"GPU"}, {}}).candidate_count, 0);
}

TEST_F(SelectionIndexTest, TextsMeanNothingToTheDatabase) {
  const std::vector<std::string> texts = {"\"",    "\\", "\\u0041", "'; --", "%",       "$1",
                                          "{a,b}", "[]", "null",    "1",     "ünï ☃ 🚀", "\x7f"};
  std::vector<RunnerId> ids;
  for (const std::string& text : texts) ids.push_back(Add(kAcme, {{text, text}}, {text}));

  for (std::size_t i = 0; i < texts.size(); ++i) {
    const Criteria criteria{kAcme, {{texts[i], texts[i]}}, {texts[i]}, {}};
    const Draw draw = Drawn(criteria);
    EXPECT_EQ(draw.candidate_count, 1) << texts[i];
    ASSERT_TRUE(draw.runner) << texts[i];
    EXPECT_EQ(draw.runner->id, ids[i]) << texts[i];
    const ConstraintCounts counts =
        stores_.selection.CountConstraints(stores_.call(), criteria).value();
    EXPECT_THAT(counts.labels, UnorderedElementsAre(Pair(texts[i], 1)));
    EXPECT_THAT(counts.capabilities, UnorderedElementsAre(Pair(texts[i], 1)));
  }
}

TEST_F(SelectionIndexTest, CountIsMadeOnlyWhenAskedFor) {
  Add(kAcme, {}, {});

  const Draw draw =
      stores_.selection.DrawOne(stores_.call(), {kAcme, {}, {}, {}}, Counting::kSkip).value();

  EXPECT_TRUE(draw.runner);
  EXPECT_EQ(draw.candidate_count, std::nullopt);
}

TEST_F(SelectionIndexTest, CountsSayWhichConstraintIsUnmet) {
  Add(kAcme, {{"region", "eu"}}, {"gpu"});
  Add(std::nullopt, {{"region", "us"}}, {"gpu", "docker"});
  const RunnerId excluded = Add(kAcme, {{"region", "eu"}}, {"docker"});
  Add(kGlobex, {{"region", "eu"}}, {"tpu"});
  stores_.Registered("pending");

  const ConstraintCounts counts =
      stores_.selection
          .CountConstraints(stores_.call(), {kAcme, {{"region", "eu"}}, {"gpu", "tpu"}, {excluded}})
          .value();

  EXPECT_EQ(counts.in_scope, 4);
  EXPECT_EQ(counts.enrolled, 3);
  EXPECT_EQ(counts.considered, 2);
  EXPECT_THAT(counts.labels, UnorderedElementsAre(Pair("region", 1)));
  EXPECT_THAT(counts.capabilities, UnorderedElementsAre(Pair("gpu", 2), Pair("tpu", 0)));
}

}  // namespace
}  // namespace runners::testing
