#include "tests/arch/conventions.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace runners::arch {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string Lines(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += "//\n";
  return text;
}

TEST(Sizes, ProjectKeepsThem) {
  EXPECT_THAT(SizeViolations(SourceTree::Project()), IsEmpty());
}

TEST(Sizes, FileOverTheLimitIsFound) {
  SourceTree tree = SourceTree::Project();
  tree.Append("src/app/fits.cc", Lines(400));
  tree.Append("src/app/long.cc", Lines(401));
  tree.Append("scripts/long", Lines(401));

  const Violations found = SizeViolations(tree);

  EXPECT_THAT(found, Contains(HasSubstr("src/app/long.cc")));
  EXPECT_THAT(found, Contains(HasSubstr("scripts/long")));
  EXPECT_THAT(found, Not(Contains(HasSubstr("fits.cc"))));
}

TEST(BannedWords, ProjectUsesNone) {
  EXPECT_THAT(BannedWordViolations(SourceTree::Project()), IsEmpty());
}

TEST(BannedWords, UseIsFound) {
  SourceTree tree = SourceTree::Project();
  tree.Append("src/adapters/openziti/planted.cc", "auto x = std::getenv(\"HOME\");\n");
  tree.Append("src/core/registry/planted.cc", "absl::Time now = absl::Now();\n");
  tree.Append("src/core/support/planted.h", "absl::MutexLock lock(&mutex);\n");

  const Violations found = BannedWordViolations(tree);

  EXPECT_THAT(found, Contains(HasSubstr("src/adapters/openziti/planted.cc:1")));
  EXPECT_THAT(found, Contains(HasSubstr("src/core/registry/planted.cc:1")));
  EXPECT_THAT(found, Contains(HasSubstr("src/core/support/planted.h:1")));
}

TEST(BannedWords, CommentsAndExceptionsAreNotFound) {
  SourceTree tree = SourceTree::Project();
  tree.Append("src/app/planted.cc", "auto x = std::getenv(\"HOME\");\n");
  tree.Append("src/core/support/planted.h", "// not absl::Mutex\n");

  EXPECT_THAT(BannedWordViolations(tree), Not(Contains(HasSubstr("planted"))));
}

TEST(MigrationNames, ProjectKeepsThem) {
  EXPECT_THAT(MigrationNameViolations(SourceTree::Project()), IsEmpty());
}

TEST(MigrationNames, BadDoubledAndMissingNumbersAreFound) {
  SourceTree tree = SourceTree::Project();
  tree.Append("migrations/0001_create_again.sql", "");
  tree.Append("migrations/9999_add_gap.sql", "");
  tree.Append("migrations/CreateThings.sql", "");

  const Violations found = MigrationNameViolations(tree);

  EXPECT_THAT(found, Contains(HasSubstr("9999_add_gap.sql: expected")));
  EXPECT_THAT(found, Contains(HasSubstr("CreateThings.sql: the name")));
  EXPECT_THAT(found, Contains(HasSubstr("expected number 2")));
}

TEST(MachinePaths, ProjectNamesNone) {
  EXPECT_THAT(MachinePathViolations(SourceTree::Project()), IsEmpty());
}

TEST(MachinePaths, OneIsFound) {
  SourceTree tree = SourceTree::Project();
  tree.Append("docs/planted.md", "look at /home/somebody/notes\nbut not at https://a/home/b\n");

  const Violations found = MachinePathViolations(tree);

  EXPECT_THAT(found, Contains(HasSubstr("docs/planted.md:1")));
  EXPECT_THAT(found, Not(Contains(HasSubstr("docs/planted.md:2"))));
}

TEST(UntestedFolders, ProjectHasNone) {
  EXPECT_THAT(UntestedFolderViolations(SourceTree::Project()), IsEmpty());
}

TEST(UntestedFolders, OneIsFound) {
  SourceTree tree = SourceTree::Project();
  tree.Append("src/adapters/planted/planted.cc", "\n");

  EXPECT_THAT(UntestedFolderViolations(tree), Contains(HasSubstr("src/adapters/planted")));
}

}  // namespace
}  // namespace runners::arch
