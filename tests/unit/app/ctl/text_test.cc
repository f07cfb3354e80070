#include "app/ctl/text.h"

#include <string>

#include "gtest/gtest.h"

#include "tests/unit/app/ctl/ctl_samples.h"

namespace runners::ctl {
namespace {

TEST(Printable, KeepsTextOfAnyScript) {
  for (const std::string text : {"", "plain", "na\xC3\xAFve", "\xE6\x97\xA5\xE6\x9C\xAC"}) {
    EXPECT_EQ(Printable(text), text);
  }
}

TEST(Printable, EscapesWhatActsOnATerminal) {
  EXPECT_EQ(Printable("\x1B[31mred"), "\\x1b[31mred");
  EXPECT_EQ(Printable("a\nb\rc\td"), "a\\x0ab\\x0dc\\x09d");
  EXPECT_EQ(Printable(std::string("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(Printable("\x7F"), "\\x7f");
  EXPECT_EQ(Printable("\xC2\x9B"), "\\xc2\\x9b");  // CSI as one character
}

TEST(Printable, EscapesMarksThatTurnTheDirection) {
  EXPECT_EQ(Printable("a\xE2\x80\xAE"
                      "b"),
            "a\\xe2\\x80\\xaeb");
  EXPECT_EQ(Printable("\xE2\x81\xA6"), "\\xe2\\x81\\xa6");
  EXPECT_EQ(Printable("\xE2\x80\xA6"), "\xE2\x80\xA6");  // an ellipsis is harmless
}

TEST(Printable, EscapesBytesThatAreNotUtf8) {
  EXPECT_EQ(Printable("a\xFFz"), "a\\xffz");
  EXPECT_EQ(Printable("a\xE6\x97"), "a\\xe6\\x97");
}

TEST(CharacterCount, CountsCharactersAndNotBytes) {
  EXPECT_EQ(CharacterCount(""), 0U);
  EXPECT_EQ(CharacterCount("na\xC3\xAFve"), 5U);
}

TEST(Shortened, CutsBetweenCharactersOnly) {
  EXPECT_EQ(Shortened("12345", 5), "12345");
  EXPECT_EQ(Shortened("123456", 5), "12...");
  EXPECT_EQ(Shortened("\xE6\x97\xA5\xE6\x9C\xAC"
                      "3456",
                      5),
            "\xE6\x97\xA5\xE6\x9C\xAC...");
}

TEST(ShellWord, QuotesWhatAShellWouldRead) {
  EXPECT_EQ(ShellWord("team.token"), "team.token");
  EXPECT_EQ(ShellWord(""), "''");
  EXPECT_EQ(ShellWord("a b"), "'a b'");
  EXPECT_EQ(ShellWord("$(id)"), "'$(id)'");
  EXPECT_EQ(ShellWord("it's"), R"('it'\''s')");
  EXPECT_EQ(ShellWord("~"), "'~'");
}

TEST(LabelsText, NamesPairsInOrder) {
  EXPECT_EQ(LabelsText({}), "-");
  EXPECT_EQ(LabelsText({{"team", "ml"}, {"gpu", ""}}), "gpu=, team=ml");
}

TEST(ScopeText, IsTheOrganizationOrTheCluster) {
  Runner runner = SampleRunner();
  EXPECT_EQ(ScopeText(runner), kSampleOrg);

  runner.organization_id.reset();

  EXPECT_EQ(ScopeText(runner), "cluster");
}

TEST(TimeText, ShowsOnlyTheDigitsThereAre) {
  EXPECT_EQ(TimeText(SampleTime()), "2026-01-02T03:04:05Z");
  EXPECT_EQ(TimeText(SampleTime() + absl::Microseconds(120)), "2026-01-02T03:04:05.00012Z");
}

}  // namespace
}  // namespace runners::ctl
