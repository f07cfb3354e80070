#include "core/model/runner_rules.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace runners {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

std::vector<std::string> FieldsOf(Violations violations) {
  const absl::Status status = std::move(violations).ToStatus();
  std::vector<std::string> fields;
  if (status.ok()) return fields;
  for (const FieldViolation& violation : DetailOf(status).violations) {
    fields.push_back(violation.field);
  }
  return fields;
}

TEST(ReadName, WhiteSpaceAroundItIsDropped) {
  Violations violations;

  EXPECT_EQ(ReadName("name", " \tteam runner\n", violations), "team runner");

  EXPECT_THAT(FieldsOf(std::move(violations)), IsEmpty());
}

TEST(ReadName, BlankTooLongAndControlCharactersAreViolations) {
  for (const std::string& bad :
       {std::string(), std::string("  \t"), std::string(256, 'a'), std::string("a\0b", 3),
        std::string("a\x01z"), std::string("a\xC2\x85z"), std::string("\xFF\xFE")}) {
    Violations violations;
    ReadName("name", bad, violations);
    EXPECT_THAT(FieldsOf(std::move(violations)), ElementsAre("name"));
  }
}

TEST(ReadName, BoundIsBytesAfterTrimming) {
  Violations violations;

  ReadName("name", " " + std::string(255, 'n') + " ", violations);

  EXPECT_THAT(FieldsOf(std::move(violations)), IsEmpty());
}

TEST(ReadLabels, BoundsThemselvesPass) {
  Labels labels;
  for (int i = 0; i < 64; ++i) labels["k" + std::to_string(i)] = "";
  labels.erase("k0");
  labels[std::string(253, 'k')] = std::string(1024, 'v');
  Violations violations;

  ReadLabels("labels", labels, violations);

  EXPECT_THAT(FieldsOf(std::move(violations)), IsEmpty());
}

TEST(ReadLabels, EveryViolationIsReportedAtOnce) {
  Labels labels;
  for (int i = 0; i < 65; ++i) labels["k" + std::to_string(i)] = "v";
  labels[""] = "v";
  labels["long"] = std::string(1025, 'v');
  Violations violations;

  ReadLabels("labels", labels, violations);

  EXPECT_THAT(FieldsOf(std::move(violations)),
              ElementsAre("labels", "labels[\"\"]", "labels[\"long\"].value"));
}

TEST(ReadLabels, AKeyThatIsNotTextIsNotRepeatedInTheAnswer) {
  Violations violations;

  ReadLabels("labels", {{"a\x1b[31m", "v"}}, violations);

  EXPECT_THAT(FieldsOf(std::move(violations)), ElementsAre("labels[...]"));
}

TEST(ReadCapabilities, ViolationsNameThePosition) {
  Violations violations;

  ReadCapabilities("capabilities", {"docker", "", std::string(254, 'c'), "gpu"}, violations);

  EXPECT_THAT(FieldsOf(std::move(violations)), ElementsAre("capabilities[1]", "capabilities[2]"));
}

TEST(CheckAttributeBytes, CountsLabelsAndCapabilitiesTogether) {
  const Labels labels = {{"k", std::string(1023, 'v')}};
  std::vector<std::string> capabilities(60, std::string(253, 'c'));
  capabilities.push_back(std::string(kMaxAttributeBytes - 1024 - 60 * 253, 'd'));
  ASSERT_EQ(AttributeBytes(labels, capabilities), kMaxAttributeBytes);
  Violations at_the_bound;
  Violations over;

  CheckAttributeBytes(labels, capabilities, at_the_bound);
  capabilities.push_back("x");
  CheckAttributeBytes(labels, capabilities, over);

  EXPECT_THAT(FieldsOf(std::move(at_the_bound)), IsEmpty());
  EXPECT_THAT(FieldsOf(std::move(over)), ElementsAre("labels"));
}

TEST(ReadId, TrimsAndLowersButRefusesEverythingElse) {
  Violations violations;

  const auto id = ReadId<RunnerId>("id", " A1B2C3D4-0000-4000-8000-00000000000F ", violations);
  ReadId<RunnerId>("id", "a1b2c3d4-0000-4000-8000-00000000000", violations);
  ReadId<RunnerId>("id", "{a1b2c3d4-0000-4000-8000-00000000000f}", violations);
  ReadId<RunnerId>("id", "a1b2c3d4000040008000-00000000000f----", violations);
  ReadId<RunnerId>("id", "", violations);

  EXPECT_EQ(id->text(), "a1b2c3d4-0000-4000-8000-00000000000f");
  EXPECT_THAT(FieldsOf(std::move(violations)), ElementsAre("id", "id", "id", "id"));
}

}  // namespace
}  // namespace runners
