#include <atomic>
#include <future>
#include <stdexcept>
#include <thread>

#include <gtest/gtest.h>

#include "absl/time/clock.h"

#include "app/server/periodic_job.h"
#include "app/server/readiness_watch.h"
#include "app/server/waiting.h"
#include "core/support/error.h"
#include "core/support/mutex.h"
#include "tests/support/manual_clock.h"

namespace runners::server {
namespace {

// Values a thread leaves, for the test to wait for. Thread-safe.
class Told {
 public:
  void Tell(bool value) {
    MutexLock lock(mutex_);
    last_ = value;
    changed_.NotifyAll();
  }

  // Waits until `wanted` was told last; false when that takes more than half a minute.
  bool Becomes(bool wanted) {
    const absl::Time give_up = absl::Now() + absl::Seconds(30);
    MutexLock lock(mutex_);
    while (last_ != wanted && absl::Now() < give_up) {
      changed_.WaitFor(mutex_, std::chrono::milliseconds(100));
    }
    return last_ == wanted;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  bool last_ ABSL_GUARDED_BY(mutex_) = true;
};

class LoggedTest : public ::testing::Test {
 protected:
  system::Log log_{system::LogLevel::kError, system::LogFormat::kText};
};

using PeriodicJobTest = LoggedTest;
using ReadinessWatchTest = LoggedTest;

TEST_F(PeriodicJobTest, GoesOnAfterAStepThatThrows) {
  std::atomic<int> steps = 0;
  std::promise<void> went_on;
  ::testing::internal::CaptureStderr();
  {
    PeriodicJob job(
        "planted", absl::ZeroDuration(),
        [&] {
          const int step = ++steps;
          if (step == 1) throw std::runtime_error("planted text");
          if (step == 2) went_on.set_value();
          return NextStep::kAfterInterval;
        },
        log_);
    EXPECT_EQ(went_on.get_future().wait_for(std::chrono::seconds(30)), std::future_status::ready);
  }

  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(log.find("job.failed job=planted"), std::string::npos) << log;
  EXPECT_EQ(log.find("planted text"), std::string::npos) << log;
}

TEST_F(PeriodicJobTest, StopEndsTheWaitBetweenSteps) {
  std::promise<void> stepped;
  const absl::Time began = absl::Now();
  {
    PeriodicJob job(
        "planted", absl::Hours(1),
        [&] {
          stepped.set_value();
          return NextStep::kAfterInterval;
        },
        log_);
    stepped.get_future().wait();
  }
  EXPECT_LT(absl::Now() - began, absl::Minutes(1));
}

TEST_F(PeriodicJobTest, StepWithMoreToDoIsFollowedAtOnce) {
  std::atomic<int> steps = 0;
  std::promise<void> third;
  PeriodicJob job(
      "planted", absl::Hours(1),
      [&] {
        if (++steps < 3) return NextStep::kAtOnce;
        third.set_value();
        return NextStep::kAfterInterval;
      },
      log_);

  EXPECT_EQ(third.get_future().wait_for(std::chrono::seconds(30)), std::future_status::ready);
}

ReadinessOptions Often() {
  ReadinessOptions options;
  options.interval = absl::Milliseconds(1);
  options.patience = absl::Seconds(3);
  return options;
}

TEST_F(ReadinessWatchTest, FollowsThePingsBothWays) {
  testing::ManualClock clock(absl::UnixEpoch());
  std::atomic<bool> answers = true;
  Told told;
  ReadinessWatch watch(
      [&] {
        return answers ? absl::OkStatus() : MakeError(ErrorReason::kDatabaseUnavailable, "away");
      },
      [&](bool ready) { told.Tell(ready); }, Often(), clock, log_);

  answers = false;
  EXPECT_TRUE(told.Becomes(false));
  answers = true;
  EXPECT_TRUE(told.Becomes(true));
}

TEST_F(ReadinessWatchTest, PingThatHangsCountsAsNoAnswer) {
  testing::ManualClock clock(absl::UnixEpoch());
  std::promise<void> pinging;
  std::promise<void> released;
  std::atomic<bool> first = true;
  Told told;
  ReadinessWatch watch(
      [&] {
        if (first.exchange(false)) {
          pinging.set_value();
          released.get_future().wait();
        }
        return absl::OkStatus();
      },
      [&](bool ready) { told.Tell(ready); }, Often(), clock, log_);
  pinging.get_future().wait();

  clock.Advance(absl::Seconds(4));
  EXPECT_TRUE(told.Becomes(false));
  released.set_value();
  EXPECT_TRUE(told.Becomes(true));
}

TEST(WaitFor, EndsWithTheStop) {
  std::stop_source source;
  std::jthread stopper([&] { source.request_stop(); });

  EXPECT_EQ(WaitFor(source.get_token(), absl::InfiniteDuration()), WaitEnd::kStopRequested);
}

}  // namespace
}  // namespace runners::server
