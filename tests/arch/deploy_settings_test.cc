#include "tests/arch/deploy_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace runners::arch {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

TEST(DeploySettings, AreSettingsOfTheProgram) {
  EXPECT_THAT(DeployViolations(SourceTree::Project()), IsEmpty());
}

TEST(DeploySettings, WrongMissingAndSecretOnesAreFound) {
  SourceTree tree = SourceTree::Project();
  tree.Replace("deploy/compose.yaml", "      CALLER_TRUST: mesh\n", "      CALLERS: mesh\n");
  tree.Replace("deploy/compose.yaml", "PGPASSWORD: ${POSTGRES_PASSWORD}", "PGPASSWORD: hunter2");
  tree.Replace("deploy/systemd/runners.env.example", "DATABASE_URL=", "DATABASE_URI=");

  EXPECT_THAT(
      DeployViolations(tree),
      ElementsAre(AllOf(StartsWith("deploy/compose.yaml:"), HasSubstr("PGPASSWORD holds a secret")),
                  AllOf(StartsWith("deploy/compose.yaml:"), HasSubstr("CALLERS is no setting")),
                  HasSubstr("compose.yaml: CALLER_TRUST is missing"),
                  AllOf(StartsWith("deploy/systemd/"), HasSubstr("DATABASE_URI is no setting")),
                  HasSubstr("runners.env.example: DATABASE_URL is missing")));
}

TEST(DeploySettings, AFileThatIsNotThereLacksAll) {
  SourceTree tree = SourceTree::Project();
  tree.Remove("deploy/compose.yaml");

  EXPECT_THAT(DeployViolations(tree), ElementsAre(HasSubstr("DATABASE_URL is missing"),
                                                  HasSubstr("CALLER_TRUST is missing")));
}

}  // namespace
}  // namespace runners::arch
