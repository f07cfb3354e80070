#include "app/ctl/arguments.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "core/support/error.h"
#include "tests/unit/app/ctl/ctl_samples.h"

namespace runners::ctl {
namespace {

using ::testing::HasSubstr;

template <typename Value>
std::string UsageSentence(const absl::StatusOr<Value>& parsed) {
  if (parsed.ok()) return "(accepted)";
  if (!IsUsageFailure(parsed.status())) return "(no usage failure)";
  return std::string(MessageOf(parsed.status()));
}

TEST(ParseLabels, TakesPairsApartAtTheFirstSign) {
  const auto labels = ParseLabels("--label", {"a=1", "b=", "c=x=y", "d= "});

  ASSERT_TRUE(labels.ok()) << labels.status();
  EXPECT_EQ(*labels, (Labels{{"a", "1"}, {"b", ""}, {"c", "x=y"}, {"d", " "}}));
}

TEST(ParseLabels, RefusesWhatIsNoPair) {
  EXPECT_EQ(UsageSentence(ParseLabels("--label", {"a=1", "b"})),
            "--label must be KEY=VALUE, not 'b'");
  EXPECT_EQ(UsageSentence(ParseLabels("--label", {"=1"})), "--label must be KEY=VALUE, not '=1'");
  EXPECT_EQ(UsageSentence(ParseLabels("--label", {""})), "--label must be KEY=VALUE, not ''");
}

TEST(ParseLabels, RefusesAKeyGivenTwice) {
  EXPECT_EQ(UsageSentence(ParseLabels("--label", {"a=1", "a=2"})),
            "--label names the key 'a' twice");
}

TEST(ParseLabels, RefusesWhatCannotBeSent) {
  EXPECT_THAT(UsageSentence(ParseLabels("--label", {"a=\xFF"})), HasSubstr("must be UTF-8"));
  EXPECT_THAT(UsageSentence(ParseLabels("--label", {"a=\x1B"})), HasSubstr("must be UTF-8"));
}

TEST(ParseId, AcceptsAUuidInAnyCase) {
  const auto id = ParseId<RunnerId>("ID", "11111111-2222-4333-8444-55555555555A");

  ASSERT_TRUE(id.ok()) << id.status();
  EXPECT_EQ(id->text(), "11111111-2222-4333-8444-55555555555a");
}

TEST(ParseId, RefusesAnythingElse) {
  EXPECT_EQ(UsageSentence(ParseId<RunnerId>("ID", "1")), "ID must be a UUID, not '1'");
  EXPECT_EQ(UsageSentence(ParseOptionalId<OrganizationId>("--org", "")),
            "--org must be a UUID, not ''");
}

TEST(ParseOptionalId, NothingIsNothing) {
  EXPECT_EQ(ParseOptionalId<OrganizationId>("--org", std::nullopt).value(), std::nullopt);
}

TEST(ParseStatuses, KnowsTheWords) {
  EXPECT_EQ(ParseStatuses("--status", {"enrolled", "pending", "enrolled"}).value(),
            (std::set<RunnerStatus>{RunnerStatus::kPending, RunnerStatus::kEnrolled}));
  EXPECT_EQ(UsageSentence(ParseStatuses("--status", {"ENROLLED"})),
            "--status must be pending, enrolled or offline, not 'ENROLLED'");
}

TEST(ParseRelationArgument, KnowsTheWords) {
  EXPECT_EQ(ParseRelationArgument("RELATION", "owner").value(), Relation::kOwner);
  EXPECT_EQ(UsageSentence(ParseRelationArgument("RELATION", "king")),
            "RELATION must be admin, owner or member, not 'king'");
}

TEST(ParseObject, IsTheClusterOrAnOrganization) {
  EXPECT_EQ(ParseObject("OBJECT", "cluster:global").value(), GrantObject{});
  EXPECT_EQ(ParseObject("OBJECT", std::string("organization:") + kSampleOrg)->text(),
            std::string("organization:") + kSampleOrg);
  for (const std::string text : {"organization:x", "cluster", "", kSampleOrg}) {
    EXPECT_THAT(UsageSentence(ParseObject("OBJECT", text)), HasSubstr("OBJECT must be")) << text;
  }
}

TEST(ParseDuration, NeedsAUnitAndABound) {
  EXPECT_EQ(ParseDuration("--wait", "2m").value(), absl::Minutes(2));
  EXPECT_EQ(ParseDuration("--wait", "1m30s").value(), absl::Seconds(90));
  EXPECT_EQ(ParseDuration("--wait", "24h").value(), absl::Hours(24));
  for (const std::string text : {"", "30", "0s", "-1s", "25h", "inf", "2 m", "x"}) {
    EXPECT_THAT(UsageSentence(ParseDuration("--wait", text)), HasSubstr("--wait must be a time"))
        << text;
  }
}

TEST(ParseCount, IsAWholeNumberFromOne) {
  EXPECT_EQ(ParseCount("--limit", "250").value(), 250U);
  for (const std::string text : {"", "0", "-1", "1.5", "2x", "99999999999999999999999"}) {
    EXPECT_THAT(UsageSentence(ParseCount("--limit", text)), HasSubstr("a whole number from 1"))
        << text;
  }
}

TEST(ParseAddress, NeedsAHostAndAPort) {
  EXPECT_EQ(ParseAddress("--server", "localhost:1").value(), "localhost:1");
  EXPECT_EQ(ParseAddress("--server", "[::1]:1").value(), "[::1]:1");
  for (const std::string text : {"", "localhost", ":1", "localhost:", "a\x1B:1"}) {
    EXPECT_THAT(UsageSentence(ParseAddress("--server", text)), HasSubstr("must be HOST:PORT"))
        << text;
  }
}

TEST(ParseEtag, AnEmptyOneIsNoCondition) {
  EXPECT_EQ(ParseEtag("--etag", std::nullopt).value(), std::nullopt);
  EXPECT_EQ(ParseEtag("--etag", "e1").value(), "e1");
  EXPECT_EQ(UsageSentence(ParseEtag("--etag", "")), "--etag must not be empty");
}

}  // namespace
}  // namespace runners::ctl
