#include "tests/arch/readme_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace runners::arch {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(ReadmeTables, ErrorReasonsAreThoseOfTheCode) {
  ASSERT_THAT(ErrorReasonRows(), Not(IsEmpty()));
  EXPECT_THAT(TableViolations(SourceTree::Project(), "error reasons", ErrorReasonRows()),
              IsEmpty());
}

TEST(ReadmeTables, RpcsAreThoseOfBothServices) {
  ASSERT_THAT(RpcRows(), Not(IsEmpty()));
  EXPECT_THAT(TableViolations(SourceTree::Project(), "RPCs", RpcRows()), IsEmpty());
}

TEST(ReadmeTables, SettingsAreWhatTheProgramPrints) {
  ASSERT_THAT(SettingRows(), Not(IsEmpty()));
  EXPECT_THAT(TableViolations(SourceTree::Project(), "settings", SettingRows()), IsEmpty());
}

TEST(ReadmeTables, WrongMissingAndExtraRowsAreFound) {
  SourceTree tree = SourceTree::Project();
  tree.Replace("README.md", "<!-- table: error reasons -->",
               "<!-- table: planted -->\n| a | b |\n|---|---|\n| `one` | 1 |\n| two | 3 |\n"
               "<!-- end -->\n<!-- table: error reasons -->");

  EXPECT_THAT(TableViolations(tree, "planted", {{"one", "1"}, {"two", "3"}}), IsEmpty());
  EXPECT_THAT(TableViolations(tree, "planted", {{"one", "1"}, {"two", "2"}}),
              Contains(HasSubstr("| two | 3 | must be | two | 2 |")));
  EXPECT_THAT(TableViolations(tree, "planted", {{"one", "1"}}), Contains(HasSubstr("too much")));
  EXPECT_THAT(TableViolations(tree, "planted", {{"one", "1"}, {"two", "3"}, {"three", "4"}}),
              Contains(HasSubstr("missing | three | 4 |")));
  EXPECT_THAT(TableViolations(tree, "absent", {{"one", "1"}}), Contains(HasSubstr("missing")));
}

}  // namespace
}  // namespace runners::arch
