#include "app/server/fault_points.h"

#include <csignal>
#include <cstdio>

#include <gtest/gtest.h>

#include "core/support/error.h"

namespace runners::server {
namespace {

#ifdef RUNNERS_FAULT_POINTS

TEST(FaultPoints, SettingMustBeANameAndANumber) {
  EXPECT_TRUE(MakeFaultPoints({}).ok());
  EXPECT_TRUE(MakeFaultPoints({{"RUNNERS_FAULT_POINT", "enroll.completed"}}).ok());
  EXPECT_TRUE(MakeFaultPoints({{"RUNNERS_FAULT_POINT", "enroll.completed:2"}}).ok());
  for (const char* text : {":1", "x:", "x:0", "x:y", "x:-1"}) {
    const auto faults = MakeFaultPoints({{"RUNNERS_FAULT_POINT", text}});
    ASSERT_FALSE(faults.ok()) << text;
    EXPECT_TRUE(HasReason(faults.status(), ErrorReason::kInvalidArgument));
  }
}

TEST(FaultPointsDeathTest, ProcessDiesTheNthTimeThePointIsReached) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        const auto faults = MakeFaultPoints({{"RUNNERS_FAULT_POINT", "here:2"}});
        (*faults)->Reach("here");
        (*faults)->Reach("elsewhere");
        (*faults)->Reach("elsewhere");
        std::fprintf(stderr, "still alive");
        (*faults)->Reach("here");
      },
      ::testing::KilledBySignal(SIGKILL), "still alive");
}

#else

TEST(FaultPoints, BuildWithoutThemHasNone) {
  const auto faults = MakeFaultPoints({{"RUNNERS_FAULT_POINT", "here"}});

  ASSERT_TRUE(faults.ok());
  (*faults)->Reach("here");  // and lives
}

#endif

}  // namespace
}  // namespace runners::server
