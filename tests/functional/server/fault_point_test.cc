#ifdef RUNNERS_FAULT_POINTS

#include <signal.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/functional/server/lost_controller.h"
#include "tests/functional/server/server_rig.h"

namespace runners::testing {
namespace {

using ::testing::HasSubstr;

// The work is claimed, fails, and is claimed again.
TEST(FaultPoint, ServerDiesTheNthTimeItIsReached) {
  const LostController controller(LostController::Behaviour::kRefuses);
  const TempDatabase database;
  ASSERT_EQ(RunBeside(database, {"grant-admin", kAdmin}).exit_code, 0);
  ServerProcess server(OptionsFor(
      database, controller.SettingsWith({{"OVERLAY_WORK_INTERVAL", "10ms"},
                                         {"OVERLAY_WORK_TIMEOUT", "1s"},
                                         {"OVERLAY_MAX_BACKOFF", "100ms"},
                                         {"RUNNERS_FAULT_POINT", "overlay_work.claimed:2"}})));
  ASSERT_TRUE(ClientOf(server).Register({"doomed", {}, {}, {}}).ok());

  EXPECT_EQ(server.AwaitExit(), 128 + SIGKILL);
  EXPECT_THAT(server.log(), HasSubstr("overlay.work_failed"));
}

TEST(FaultPoint, WrongSettingIsRefused) {
  const TempDatabase database;
  ServerProcess server(OptionsFor(database, {{"RUNNERS_FAULT_POINT", "x:0"}}),
                       ServerProcess::Begin::kLaunched);

  EXPECT_EQ(server.AwaitExit(), 78);
  EXPECT_THAT(server.log(), HasSubstr("RUNNERS_FAULT_POINT must be NAME or NAME:N"));
}

}  // namespace
}  // namespace runners::testing

#endif
