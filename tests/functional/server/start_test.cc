#include <signal.h>

#include <map>
#include <regex>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/functional/server/server_rig.h"
#include "tests/support/log_secrets.h"

namespace runners::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr int kExitSettings = 78;

TEST(ServerStart, WithoutCallerTrustItRefusesAndSaysWhatToDo) {
  const TempDatabase database;
  ServerProcess server(OptionsFor(database, {{"CALLER_TRUST", ""}}),
                       ServerProcess::Begin::kLaunched);

  EXPECT_EQ(server.AwaitExit(), kExitSettings);
  EXPECT_THAT(server.log(), HasSubstr("CALLER_TRUST must be set by hand: CALLER_TRUST=mesh"));
}

TEST(ServerStart, EveryWrongSettingIsNamedAndNoSecretShown) {
  ServerProcess server({kRunnersBinary,
                        {{"DATABASE_URL", "planted-secret"},
                         {"ZITI_PASSWORD", "planted-secret"},
                         {"LOG_LEVEL", "planted-secret"}}},
                       ServerProcess::Begin::kLaunched);

  EXPECT_EQ(server.AwaitExit(), kExitSettings);
  for (const char* name : {"DATABASE_URL", "ZITI_MANAGEMENT_URL", "ZITI_USERNAME", "LOG_LEVEL"}) {
    EXPECT_THAT(server.log(), HasSubstr(std::string("runners: ") + name + " "));
  }
  EXPECT_THAT(server.log(), Not(HasSubstr("planted-secret")));
}

// Every test that starts a server looks through its log with this.
TEST(ServerLog, PlantedSecretsAreFound) {
  const std::map<std::string, std::string> settings = {{"ZITI_PASSWORD", "pass-word"},
                                                       {"DATABASE_URL", ""}};

  EXPECT_THAT(SecretsInLog("a line\ntoken=" + std::string(64, 'a') + "\n", settings), SizeIs(1));
  EXPECT_THAT(SecretsInLog("-----BEGIN EC PRIVATE KEY-----", settings), SizeIs(1));
  EXPECT_THAT(SecretsInLog("login with pass-word failed", settings), SizeIs(1));
  EXPECT_THAT(SecretsInLog("prefix=" + std::string(63, 'a') + " id=7-a", settings), IsEmpty());
}

TEST(ServerStart, ReadyLineNamesAnAddressThatCanBeCalled) {
  const TempDatabase database;
  const ServerProcess server(OptionsFor(database, {{"GRPC_ADDR", ":0"}}));

  EXPECT_TRUE(std::regex_match(server.address(), std::regex(R"(127\.0\.0\.1:[1-9]\d*)")))
      << server.address();
  client::Client client = ClientOf(server);
  const auto page = client.List({}, {});
  EXPECT_TRUE(page.ok()) << page.status();
}

TEST(ServerStart, TakenAddressIsAFailureInASentence) {
  const TempDatabase database;
  const ServerProcess first(OptionsFor(database));
  ServerProcess second(OptionsFor(database, {{"GRPC_ADDR", first.address()}}),
                       ServerProcess::Begin::kLaunched);

  EXPECT_EQ(second.AwaitExit(), 1);
  EXPECT_THAT(second.log(), HasSubstr("runners: cannot listen on " + first.address()));
}

TEST(ServerStart, TwoReplicasOnAnEmptyDatabaseBothComeUp) {
  const TempDatabase database(TempDatabase::Schema::kEmpty);
  ServerProcess one(OptionsFor(database), ServerProcess::Begin::kLaunched);
  ServerProcess other(OptionsFor(database), ServerProcess::Begin::kLaunched);

  one.AwaitReady();
  other.AwaitReady();

  ASSERT_EQ(RunBeside(database, {"grant-admin", kAdmin}).exit_code, 0);
  const auto registered = ClientOf(one).Register({"shared", {}, {}, {}});
  ASSERT_TRUE(registered.ok()) << registered.status();
  const auto read = ClientOf(other).Get(registered->runner.id);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->name, "shared");
}

TEST(ServerStart, ReplicasReadEachOthersPageTokens) {
  const TempDatabase database;
  const ServerProcess one(OptionsFor(database));
  const ServerProcess other(OptionsFor(database));
  ASSERT_EQ(RunBeside(database, {"grant-admin", kAdmin}).exit_code, 0);
  for (const char* name : {"first", "second"}) {
    ASSERT_TRUE(ClientOf(one).Register({name, {}, {}, {}}).ok());
  }

  const auto page = ClientOf(one).List({}, {1, ""});
  ASSERT_TRUE(page.ok()) << page.status();
  const auto next = ClientOf(other).List({}, {1, page->next_token});

  ASSERT_TRUE(next.ok()) << next.status();
  ASSERT_EQ(next->items.size(), 1u);
  EXPECT_EQ(next->items[0].name, "second");
}

TEST(ServerStart, DatabaseThatComesLateIsAwaited) {
  const TempDatabase database;
  database.cluster().Stop();
  ServerProcess server(OptionsFor(database), ServerProcess::Begin::kLaunched);
  server.AwaitLog("database.awaited", 2);

  database.cluster().Start();
  server.AwaitReady();

  EXPECT_TRUE(ClientOf(server).List({}, {}).ok());
}

TEST(ServerStart, WaitForTheDatabaseEndsWithSigterm) {
  const TempDatabase database;
  database.cluster().Stop();
  ServerProcess server(OptionsFor(database), ServerProcess::Begin::kLaunched);
  server.AwaitLog("database.awaited");

  server.Stop();

  EXPECT_THAT(server.log(), HasSubstr("server.stop_requested"));
}

TEST(ServerStart, VerifyingOnlyRefusesADatabaseThatIsBehind) {
  const TempDatabase database(TempDatabase::Schema::kEmpty);
  ServerProcess server(OptionsFor(database, {{"MIGRATE_ON_START", "false"}}),
                       ServerProcess::Begin::kLaunched);

  EXPECT_EQ(server.AwaitExit(), 1);
  EXPECT_THAT(server.log(), HasSubstr("run `runners migrate up`"));

  ASSERT_EQ(RunBeside(database, {"migrate", "up"}).exit_code, 0);
  server.Start();
  EXPECT_TRUE(ClientOf(server).List({}, {}).ok());
}

TEST(ServerStart, WithoutControllerOnlyEnrollingIsUnavailable) {
  const TempDatabase database;
  const ServerProcess server(OptionsFor(database));
  ASSERT_EQ(RunBeside(database, {"grant-admin", kAdmin}).exit_code, 0);
  client::Client client = ClientOf(server);
  const auto registered = client.Register({"local", {}, {}, {}});
  ASSERT_TRUE(registered.ok()) << registered.status();

  const auto enrolled = client.Enroll(registered->service_token);

  EXPECT_EQ(enrolled.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(client::FailureOf(enrolled.status()).reason, ErrorReason::kOverlayNotConfigured);
  EXPECT_TRUE(client.Delete(registered->runner.id).ok());
}

TEST(ServerStart, LogIsJsonLinesWithoutTheDatabasesPassword) {
  const TempDatabase database;
  ServerProcess server(
      OptionsFor(database, {{"DATABASE_URL", database.dsn().Reveal() + " password=planted-secret"},
                            {"LOG_LEVEL", "debug"}}));
  ASSERT_TRUE(ClientOf(server).List({}, {}).ok());
  database.cluster().Stop();
  server.AwaitLog("readiness.lost");
  server.Stop();

  EXPECT_THAT(server.log(), HasSubstr(R"("msg":"rpc.end")"));
  EXPECT_THAT(server.log(), HasSubstr(R"("msg":"database.failed")"));
  EXPECT_THAT(server.log(), Not(HasSubstr("planted-secret")));
}

}  // namespace
}  // namespace runners::testing
