#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runners/runner.h"
#include "tests/functional/server/server_rig.h"
#include "tests/support/controller_admin.h"
#include "tests/support/dev_controller_process.h"
#include "tests/support/legacy_database.h"

namespace runners::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string WithPassword(const Secret& dsn) {
  return dsn.Reveal() + " password=planted-secret";
}

TEST(ImportCommand, SaysWhatItDidAndThenThatThereIsNothingToDo) {
  const TempDatabase database;
  LegacyDatabase legacy;
  legacy.Add(EnrolledLegacyRow(1));
  const std::string from = WithPassword(legacy.dsn());
  const std::string id = EnrolledLegacyRow(1).id;

  const CommandResult dry = RunBeside(database, {"import", "--from", from, "--dry-run"});
  EXPECT_EQ(database.Query("SELECT count(*) FROM runners")[0][0].as<int>(), 0);
  const CommandResult first = RunBeside(database, {"import", "--from", from});
  const CommandResult second = RunBeside(database, {"import", "--from", from});

  EXPECT_EQ(dry.exit_code, 0) << dry.err;
  EXPECT_EQ(dry.out,
            "would import " + id + ": enrolled\n1 would be imported, 0 there already, 0 skipped\n");
  EXPECT_EQ(first.exit_code, 0) << first.err;
  EXPECT_EQ(first.out, "imported " + id + ": enrolled\n1 imported, 0 there already, 0 skipped\n");
  EXPECT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(second.out, "there already " + id + "\n0 imported, 1 there already, 0 skipped\n");
}

TEST(ImportCommand, WhatIsSkippedIsExitCode1AndNothingSecretIsSaid) {
  const TempDatabase database;
  LegacyDatabase legacy;
  LegacyRow bad = ExampleLegacyRow(1);
  bad.name = "x\ny";
  LegacyRow twin = ExampleLegacyRow(3);
  twin.token = ExampleLegacyRow(2).token;
  for (const LegacyRow& row : {bad, ExampleLegacyRow(2), twin}) legacy.Add(row);

  const CommandResult result =
      RunBeside(database, {"import", "--from", WithPassword(legacy.dsn())});

  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.out,
            "skipped " + bad.id + ": name: must be UTF-8 without control characters\nimported " +
                ExampleLegacyRow(2).id + ": pending\nskipped " + twin.id +
                ": another runner has its service token\n1 imported, 0 there already, 2 skipped\n");
  EXPECT_EQ(result.err, "");
}

TEST(ImportCommand, DatabasesThatAreAwayAreToldApart) {
  const TempDatabase database;
  const LegacyDatabase legacy;
  const std::string away = "host=/nonexistent user=u dbname=d password=planted-secret";

  const CommandResult no_source = RunBeside(database, {"import", "--from", away});
  const CommandResult no_target = RunProgram(
      kRunnersBinary, {"import", "--from", legacy.dsn().Reveal()}, {{"DATABASE_URL", away}});

  EXPECT_EQ(no_source.exit_code, 1);
  EXPECT_THAT(no_source.err,
              HasSubstr("runners: the earlier service's side: the database is not "));
  EXPECT_EQ(no_target.exit_code, 1);
  EXPECT_THAT(no_target.err, HasSubstr("runners: the database is not available"));
  for (const CommandResult& result : {no_source, no_target}) {
    EXPECT_THAT(result.err + result.out, Not(HasSubstr("planted-secret")));
    EXPECT_THAT(result.err + result.out, Not(HasSubstr("nonexistent")));
  }
}

TEST(ImportCommand, RefusesWhatCannotBeImportedFromOrInto) {
  const TempDatabase database;
  const TempDatabase empty(TempDatabase::Schema::kEmpty);
  const LegacyDatabase legacy;

  EXPECT_EQ(RunBeside(database, {"import"}).exit_code, 64);
  const CommandResult no_dsn = RunBeside(database, {"import", "--from", "planted-secret"});
  EXPECT_EQ(no_dsn.exit_code, 1);
  EXPECT_EQ(no_dsn.err,
            "runners: --from is neither a postgres:// URI nor a libpq connection string\n");
  const CommandResult itself = RunBeside(database, {"import", "--from", database.dsn().Reveal()});
  EXPECT_EQ(itself.exit_code, 1);
  EXPECT_THAT(itself.err, HasSubstr("is not the earlier service's: it lacks identity_id"));
  const CommandResult no_schema = RunBeside(empty, {"import", "--from", legacy.dsn().Reveal()});
  EXPECT_EQ(no_schema.exit_code, 1);
  EXPECT_THAT(no_schema.err, HasSubstr("run `runners migrate up`"));
}

// The whole way: what the earlier service had made at a controller, an import, and the installed
// runner that enrolls with the token it has.
TEST(ImportCommand, InstalledRunnerEnrollsWithItsOldToken) {
  const DevControllerProcess controller({RUNNERS_BINARY_DIR "/dev_controller", "2.0", {}, false});
  ControllerAdmin admin({controller.management_url(), controller.client_url(), controller.ca_file(),
                         controller.username(), controller.password()});
  LegacyRow row = EnrolledLegacyRow(1);
  row.service = admin.Create("services", {{"name", row.service_name},
                                          {"encryptionRequired", true},
                                          {"roleAttributes", {"runner-services"}}});
  row.identity = admin.Create("identities", {{"name", "runner-of-old"},
                                             {"type", "Device"},
                                             {"isAdmin", false},
                                             {"roleAttributes", {"runners"}}});
  LegacyDatabase legacy;
  legacy.Add(row);
  const TempDatabase database;
  ASSERT_EQ(RunBeside(database, {"grant-admin", kAdmin}).exit_code, 0);
  ASSERT_EQ(RunBeside(database, {"import", "--from", legacy.dsn().Reveal()}).exit_code, 0);
  const ServerProcess server(
      OptionsFor(database, {{"ZITI_MANAGEMENT_URL", controller.management_url()},
                            {"ZITI_CLIENT_URL", controller.client_url()},
                            {"ZITI_CA_FILE", controller.ca_file()},
                            {"ZITI_USERNAME", controller.username()},
                            {"ZITI_PASSWORD", controller.password().Reveal()},
                            {"OVERLAY_WORK_INTERVAL", "10ms"}}));
  const std::string first = row.service_name + "-g1";
  Await([&] { return !admin.FindByName("identities", first).is_null(); });
  EXPECT_EQ(admin.FindByName("identities", first)["id"], row.identity);
  EXPECT_EQ(ClientOf(server).Get(IdOf(row)).value().status, RunnerStatus::kEnrolled);

  const auto enrolled = ClientOf(server).Enroll(row.token);
  ASSERT_TRUE(enrolled.ok()) << enrolled.status();

  EXPECT_EQ(enrolled->service_name, row.service_name);
  Await([&] { return admin.FindByName("identities", first).is_null(); });
  RunnerLogin runner{Secret(enrolled->identity_json)};
  ASSERT_EQ(runner.LogIn(), 200);
  EXPECT_EQ(runner.Services(), (std::vector<RunnerLogin::Service>{{row.service_name, {"Bind"}}}));
  EXPECT_EQ(admin.FindByName("services", row.service_name)["id"], row.service);
}

}  // namespace
}  // namespace runners::testing
