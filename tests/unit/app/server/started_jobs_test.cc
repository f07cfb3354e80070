#include <future>
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/system/crypto.h"
#include "app/server/jobs.h"
#include "core/ports/fault_points.h"
#include "core/support/error.h"
#include "tests/support/fake_overlay.h"
#include "tests/support/manual_clock.h"

namespace runners::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kRunner[] = "a1b2c3d4-0000-4000-8000-000000000001";

// Has one piece of work, and says when it has failed. Thread-compatible.
class QueueOfOne final : public OverlayQueue {
 public:
  explicit QueueOfOne(OverlayAction action) : action_(action) {}

  void AwaitFailure() { failed_.get_future().wait(); }
  void AwaitNextLook() { looked_again_.get_future().wait(); }

  absl::StatusOr<int> CloseExpiredAttempts(const Call&) override { return 0; }
  absl::StatusOr<std::optional<OverlayWork>> Claim(const Call&, absl::Duration) override {
    if (++looks_ == 2) looked_again_.set_value();
    if (looks_ > 1) return std::nullopt;
    const std::int64_t generation = action_ == OverlayAction::kRemoveIdentity ? 7 : 0;
    return OverlayWork{"work", "claim", action_, *RunnerId::Parse(kRunner), true, generation, 0};
  }
  absl::StatusOr<bool> HasOpenAttempt(const Call&, const RunnerId&) override { return false; }
  absl::Status Finish(const Call&, const OverlayWork&) override { return absl::OkStatus(); }
  absl::Status Retry(const Call&, const OverlayWork&, absl::Duration, const std::string&) override {
    failed_.set_value();
    return absl::OkStatus();
  }
  absl::Status LookAgain(const Call&, const OverlayWork&, absl::Duration) override {
    return absl::OkStatus();
  }

 private:
  const OverlayAction action_;
  int looks_ = 0;
  std::promise<void> failed_;
  std::promise<void> looked_again_;
};

// What is logged when this work fails for this reason.
std::string LogOf(OverlayAction action, ErrorReason reason) {
  const ManualClock clock(absl::UnixEpoch());
  system::OsEntropy entropy;
  NoFaults faults;
  QueueOfOne queue(action);
  FakeOverlay overlay(clock);
  overlay.FailWith(reason);
  OverlayWorker worker(queue, overlay, entropy, clock, faults, {});
  ::testing::internal::CaptureStderr();
  system::Log log(system::LogLevel::kInfo, system::LogFormat::kText);
  {
    server::Jobs jobs;
    server::StartOverlayJobs(1, absl::Hours(1), worker, log, jobs);
    queue.AwaitFailure();
  }
  return ::testing::internal::GetCapturedStderr();
}

TEST(OverlayJobs, WhatAnOperatorMustLookAtIsAnError) {
  EXPECT_THAT(LogOf(OverlayAction::kEnsureRunner, ErrorReason::kOverlayConflict),
              HasSubstr("error overlay.work_failed work=ensure_runner runner_id=" +
                        std::string(kRunner) + " reason=OVERLAY_CONFLICT\n"));
  EXPECT_THAT(LogOf(OverlayAction::kRemoveIdentity, ErrorReason::kOverlayRejected),
              HasSubstr("error overlay.work_failed work=remove_identity runner_id=" +
                        std::string(kRunner) + " reason=OVERLAY_REJECTED generation=7\n"));
}

TEST(OverlayJobs, WhatPassesIsAWarning) {
  const std::string log = LogOf(OverlayAction::kRemoveRunner, ErrorReason::kOverlayUnavailable);

  EXPECT_THAT(log, HasSubstr("warn"));
  EXPECT_THAT(log, HasSubstr(" overlay.work_failed work=remove_runner runner_id=" +
                             std::string(kRunner) + " reason=OVERLAY_UNAVAILABLE\n"));
  EXPECT_THAT(log, Not(HasSubstr("error")));
}

TEST(OverlayJobs, WorkThatOnlyFailsByItselfKeepsNoOtherWaiting) {
  const ManualClock clock(absl::UnixEpoch());
  system::OsEntropy entropy;
  NoFaults faults;
  QueueOfOne queue(OverlayAction::kEnsureRunner);
  FakeOverlay overlay(clock);
  overlay.FailWith(ErrorReason::kOverlayConflict);
  OverlayWorker worker(queue, overlay, entropy, clock, faults, {});
  system::Log log(system::LogLevel::kError, system::LogFormat::kText);
  server::Jobs jobs;

  server::StartOverlayJobs(1, absl::Hours(1), worker, log, jobs);

  queue.AwaitNextLook();
}

// Has old attempts for some batches. Thread-compatible.
class StoreOfOldAttempts final : public EnrollmentStore {
 public:
  explicit StoreOfOldAttempts(int batches) : batches_(batches) {}

  void AwaitEmpty() { empty_.get_future().wait(); }
  absl::Duration age() const { return age_; }

  absl::StatusOr<EnrollmentAttempt> Begin(const Call&, const Sha256Digest&, const std::string&,
                                          absl::Duration) override {
    return absl::UnimplementedError("not asked for here");
  }
  absl::StatusOr<Runner> Complete(const Call&, const EnrollmentAttempt&,
                                  const std::string&) override {
    return absl::UnimplementedError("not asked for here");
  }
  absl::Status Abandon(const Call&, const EnrollmentAttempt&, Leftovers) override {
    return absl::UnimplementedError("not asked for here");
  }
  absl::StatusOr<int> ForgetOldAttempts(const Call&, absl::Duration age) override {
    age_ = age;
    if (batches_-- > 0) return 1000;
    empty_.set_value();
    return 0;
  }

 private:
  int batches_;
  absl::Duration age_;
  std::promise<void> empty_;
};

TEST(PruningJob, ForgetsBatchAfterBatchUntilNoneIsLeft) {
  const ManualClock clock(absl::UnixEpoch());
  system::OsEntropy entropy;
  system::Log log(system::LogLevel::kError, system::LogFormat::kText);
  StoreOfOldAttempts store(3);
  AttemptPruner pruner(store, entropy, clock);
  {
    const auto job = server::StartPruning(pruner, log);
    store.AwaitEmpty();
  }
  EXPECT_EQ(store.age(), 30 * absl::Hours(24));
}

}  // namespace
}  // namespace runners::testing
