#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/postgres/migration.h"
#include "tests/functional/server/server_rig.h"
#include "tests/support/temp_folder.h"

namespace runners::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string NewestLevel() {
  return std::to_string(postgres::EmbeddedMigrations().back().level);
}

TEST(MigrateCommand, DryRunSaysWhatUpWouldDoAndChangesNothing) {
  const TempDatabase database(TempDatabase::Schema::kEmpty);

  const CommandResult dry = RunBeside(database, {"migrate", "up", "--dry-run"});

  EXPECT_EQ(dry.exit_code, 0) << dry.err;
  EXPECT_THAT(dry.out, HasSubstr("would apply 0001_create_runners\n"));
  EXPECT_TRUE(database.Query("SELECT 1 FROM pg_tables WHERE schemaname = 'public'").empty());
}

TEST(MigrateCommand, UpAppliesWhatIsPendingOnce) {
  const TempDatabase database(TempDatabase::Schema::kEmpty);

  const CommandResult first = RunBeside(database, {"migrate", "up"});
  const CommandResult second = RunBeside(database, {"migrate", "up"});

  EXPECT_EQ(first.exit_code, 0) << first.err;
  EXPECT_THAT(first.out, HasSubstr("applied 0001_create_runners\n"));
  EXPECT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(second.out, "nothing to do: the database is up to date\n");
}

TEST(MigrateCommand, StatusTellsPendingFromApplied) {
  const TempDatabase database(TempDatabase::Schema::kEmpty);

  const CommandResult before = RunBeside(database, {"migrate", "status"});
  ASSERT_EQ(RunBeside(database, {"migrate", "up"}).exit_code, 0);
  const CommandResult after = RunBeside(database, {"migrate", "status"});

  EXPECT_EQ(before.exit_code, 0) << before.err;
  EXPECT_THAT(before.out, AllOf(HasSubstr("the database is at level 0"),
                                HasSubstr("pending 0001_create_runners\n")));
  EXPECT_THAT(after.out, AllOf(HasSubstr("the database is at level " + NewestLevel()),
                               HasSubstr(" 0001_create_runners\n"), Not(HasSubstr("pending"))));
}

TEST(MigrateCommand, DatabaseThatIsAwayIsAFailureInASentence) {
  const CommandResult result =
      RunProgram(kRunnersBinary, {"migrate", "status"},
                 {{"DATABASE_URL", "host=/nonexistent user=u dbname=d password=planted-secret"}});

  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("runners: the database is not available"));
  EXPECT_THAT(result.err, Not(HasSubstr("planted-secret")));
}

TEST(GrantAdminCommand, MakesAClusterAdminAndLeavesAnAuditRow) {
  const TempDatabase database;

  const CommandResult granted = RunBeside(database, {"grant-admin", kAdmin});
  const CommandResult again = RunBeside(database, {"grant-admin", kAdmin});

  EXPECT_EQ(granted.exit_code, 0) << granted.err;
  EXPECT_EQ(granted.out, std::string(kAdmin) + " is a cluster admin\n");
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(database
                .Query("SELECT 1 FROM audit WHERE rpc = 'GrantAdmin' AND actor IS NULL AND "
                       "request_id <> '' AND after IS NOT NULL")
                .size(),
            1u);
  const ServerProcess server(OptionsFor(database));
  EXPECT_TRUE(ClientOf(server).ListGrants({}, {}).ok());
}

TEST(GrantAdminCommand, RefusesWhatIsNoUuidAndADatabaseWithoutSchema) {
  const TempDatabase database(TempDatabase::Schema::kEmpty);

  EXPECT_EQ(RunBeside(database, {"grant-admin", "somebody"}).exit_code, 64);
  EXPECT_EQ(RunBeside(database, {"grant-admin"}).exit_code, 64);
  const CommandResult without_schema = RunBeside(database, {"grant-admin", kAdmin});
  EXPECT_EQ(without_schema.exit_code, 1);
  EXPECT_THAT(without_schema.err, HasSubstr("run `runners migrate up`"));
}

TEST(GrantAdminCommand, DatabaseUrlMayComeFromAFile) {
  const TempDatabase database;
  const TempFolder folder;
  const std::string file = folder.Write("url", database.dsn().Reveal() + "\n");

  const CommandResult granted =
      RunProgram(kRunnersBinary, {"grant-admin", kAdmin}, {{"DATABASE_URL_FILE", file}});

  EXPECT_EQ(granted.exit_code, 0) << granted.err;
}

TEST(CommandLine, MistakesAreExitCode64AndHelpIsNone) {
  EXPECT_EQ(RunProgram(kRunnersBinary, {}, {}).exit_code, 64);
  EXPECT_EQ(RunProgram(kRunnersBinary, {"dance"}, {}).exit_code, 64);
  EXPECT_EQ(RunProgram(kRunnersBinary, {"serve", "--fast"}, {}).exit_code, 64);
  const CommandResult help = RunProgram(kRunnersBinary, {"--help"}, {});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.out, HasSubstr("Exit codes: 0 fine, 1 failed"));
}

TEST(CommandLine, MissingSettingIsExitCode78) {
  EXPECT_EQ(RunProgram(kRunnersBinary, {"migrate", "up"}, {}).exit_code, 78);
}

TEST(CommandLine, VersionAndSettingsNeedNoSettings) {
  EXPECT_EQ(RunProgram(kRunnersBinary, {"version"}, {}).out, "runners " RUNNERS_VERSION "\n");
  EXPECT_THAT(RunProgram(kRunnersBinary, {"settings"}, {}).out, HasSubstr("| `GRPC_ADDR` | "));
}

}  // namespace
}  // namespace runners::testing
