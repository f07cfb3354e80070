#include <signal.h>

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/functional/server/server_rig.h"

namespace runners::testing {
namespace {

using ::testing::HasSubstr;

// `runners healthcheck` on that server.
CommandResult Ask(const ServerProcess& server, const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments = {"healthcheck"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return RunProgram(kRunnersBinary, arguments, {{"GRPC_ADDR", server.address()}});
}

TEST(ServerHealth, ReadinessFollowsTheDatabaseAndLivenessDoesNot) {
  const TempDatabase database;
  ServerProcess server(OptionsFor(database, {{"READINESS_INTERVAL", "50ms"}}));
  EXPECT_EQ(Ask(server).exit_code, 0);
  EXPECT_EQ(Ask(server, {"--liveness"}).exit_code, 0);

  database.cluster().Stop();
  server.AwaitLog("readiness.lost");
  const CommandResult away = Ask(server);
  EXPECT_EQ(away.exit_code, 1);
  EXPECT_THAT(away.err, HasSubstr("is not serving"));
  EXPECT_EQ(Ask(server, {"--liveness"}).exit_code, 0);

  database.cluster().Start();
  server.AwaitLog("readiness.regained");
  EXPECT_EQ(Ask(server).exit_code, 0);
  EXPECT_TRUE(ClientOf(server).List({}, {}).ok());
}

TEST(ServerHealth, NobodyThereIsAFailure) {
  const TempDatabase database;
  ServerProcess server(OptionsFor(database));
  const std::string address = server.address();
  server.Stop();

  const CommandResult asked = RunProgram(kRunnersBinary, {"healthcheck", "--address", address}, {});

  EXPECT_EQ(asked.exit_code, 1);
  EXPECT_THAT(asked.err, HasSubstr("nobody answers at " + address));
}

TEST(ServerHealth, WrongAddressIsAMistakeOfTheCommandLine) {
  EXPECT_EQ(RunProgram(kRunnersBinary, {"healthcheck", "--address", "x"}, {}).exit_code, 64);
}

TEST(ServerHealth, FrozenServerDoesNotHoldUpTheQuestion) {
  const TempDatabase database;
  ServerProcess server(OptionsFor(database));
  server.Freeze();

  EXPECT_EQ(Ask(server, {"--liveness"}).exit_code, 1);

  server.Thaw();
  EXPECT_EQ(Ask(server, {"--liveness"}).exit_code, 0);
}

}  // namespace
}  // namespace runners::testing
