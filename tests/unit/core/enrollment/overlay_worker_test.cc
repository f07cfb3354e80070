#include "core/enrollment/overlay_worker.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "adapters/system/crypto.h"
#include "core/support/error.h"
#include "tests/support/fails.h"
#include "tests/support/manual_clock.h"
#include "tests/unit/core/enrollment/scripted_overlay.h"
#include "tests/unit/core/examples.h"

namespace runners::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Gives out the work the test says and notes what becomes of it.
class ScriptedQueue final : public OverlayQueue {
 public:
  explicit ScriptedQueue(Journal& journal) : journal_(journal) {}

  absl::StatusOr<int> closed = 0;
  absl::StatusOr<std::optional<OverlayWork>> due = std::nullopt;
  absl::StatusOr<bool> open_attempt = false;
  absl::Status settled;  // the outcome of Finish, Retry and LookAgain

  std::vector<Call> calls;
  absl::Duration lease;
  absl::Duration delay;
  std::string reason;

  absl::StatusOr<int> CloseExpiredAttempts(const Call& call) override {
    Note("close expired", call);
    return closed;
  }
  absl::StatusOr<std::optional<OverlayWork>> Claim(const Call& call,
                                                   absl::Duration duration) override {
    Note("claim", call);
    lease = duration;
    return due;
  }
  absl::StatusOr<bool> HasOpenAttempt(const Call& call, const RunnerId& runner) override {
    Note("open attempt?", call);
    EXPECT_EQ(runner, Example<RunnerId>(1));
    return open_attempt;
  }
  absl::Status Finish(const Call& call, const OverlayWork& work) override {
    return Settle("finish", call, work);
  }
  absl::Status Retry(const Call& call, const OverlayWork& work, absl::Duration duration,
                     const std::string& why) override {
    delay = duration;
    reason = why;
    return Settle("retry", call, work);
  }
  absl::Status LookAgain(const Call& call, const OverlayWork& work,
                         absl::Duration duration) override {
    delay = duration;
    return Settle("look again", call, work);
  }

 private:
  void Note(const char* what, const Call& call) {
    journal_.emplace_back(what);
    calls.push_back(call);
  }
  absl::Status Settle(const char* what, const Call& call, const OverlayWork& work) {
    Note(what, call);
    EXPECT_EQ(work.claim_id, due.value()->claim_id);
    return settled;
  }

  Journal& journal_;
};

struct OverlayWorkerTest : ::testing::Test {
  // One piece of work from claim to end; only what is between them stays in the journal.
  absl::StatusOr<WorkOutcome> Do(const OverlayWork& work) {
    const absl::StatusOr<WorkReport> report = Report(work);
    if (!report.ok()) return report.status();
    return report->outcome;
  }

  absl::StatusOr<WorkReport> Report(const OverlayWork& work) {
    queue.due = work;
    absl::StatusOr<WorkReport> report = worker.RunOnce();
    EXPECT_THAT(Journal(journal.begin(), journal.begin() + 3),
                ElementsAre("close expired", "claim", "overlay_work.claimed"));
    journal.erase(journal.begin(), journal.begin() + 3);
    if (report.ok()) {
      EXPECT_EQ(journal.back(), "overlay_work.settled");
      journal.pop_back();
    }
    return report;
  }

  Journal journal;
  ManualClock clock{kNow};
  system::OsEntropy entropy;
  NotedFaultPoints faults{journal};
  ScriptedQueue queue{journal};
  ScriptedOverlay overlay{journal};
  OverlayWorker worker{queue, overlay, entropy, clock, faults, {}};
};

OverlayWork WorkOf(OverlayAction action) {
  const std::int64_t generation = action == OverlayAction::kRemoveIdentity ? 7 : 0;
  return {"work", "claim", action, Example<RunnerId>(1), true, generation, 0, false};
}

OverlayWork SecondLook(OverlayAction action) {
  OverlayWork work = WorkOf(action);
  work.second_look = true;
  return work;
}

constexpr auto kEnsureRunner = OverlayAction::kEnsureRunner;
constexpr auto kRemoveIdentity = OverlayAction::kRemoveIdentity;
constexpr auto kRemoveRunner = OverlayAction::kRemoveRunner;

TEST_F(OverlayWorkerTest, WithNothingDueItIsIdle) {
  EXPECT_EQ(worker.RunOnce().value().outcome, WorkOutcome::kIdle);

  // Broken-off attempts first: what they left is due at once.
  EXPECT_THAT(journal, ElementsAre("close expired", "claim"));
  EXPECT_EQ(queue.lease, absl::Minutes(2));
}

TEST_F(OverlayWorkerTest, ServiceOfALiveRunnerIsMade) {
  EXPECT_EQ(Do(WorkOf(kEnsureRunner)).value(), WorkOutcome::kDone);

  EXPECT_THAT(journal, ElementsAre("ensure", "overlay_work.effect_done", "finish"));
  EXPECT_THAT(overlay.ensured_runners, ElementsAre(Example<RunnerId>(1)));
}

TEST_F(OverlayWorkerTest, InheritedObjectsAreAdoptedBeforeAnythingElse) {
  for (const OverlayAction action : {kEnsureRunner, kRemoveIdentity, kRemoveRunner}) {
    OverlayWork work = WorkOf(action);
    work.inherited = InheritedObjects{"service", "identity"};
    journal.clear();

    EXPECT_EQ(Do(work).value(), WorkOutcome::kDone);

    EXPECT_EQ(journal.front(), "adopt");
  }
  EXPECT_THAT(overlay.adopted_objects, ::testing::Each(InheritedObjects{"service", "identity"}));
}

TEST_F(OverlayWorkerTest, WithoutTheAdoptionNothingIsDone) {
  OverlayWork work = WorkOf(kRemoveRunner);
  work.inherited = InheritedObjects{"service", "identity"};
  overlay.adopted = MakeError(ErrorReason::kOverlayUnavailable, "scripted");

  EXPECT_EQ(Do(work).value(), WorkOutcome::kFailed);

  EXPECT_THAT(journal, ElementsAre("adopt", "overlay_work.effect_done", "retry"));
}

TEST_F(OverlayWorkerTest, EffectEndsWithinTheLease) {
  ASSERT_TRUE(Do(WorkOf(kEnsureRunner)).ok());

  EXPECT_THAT(overlay.deadlines, ElementsAre(kNow + absl::Minutes(1)));
  for (const Call& call : queue.calls) {
    EXPECT_EQ(call.deadline, kNow + absl::Minutes(2));
    EXPECT_TRUE(call.internal());
    EXPECT_EQ(call.request_id, queue.calls[0].request_id);
  }
}

TEST_F(OverlayWorkerTest, NothingIsMadeForADeletedRunner) {
  OverlayWork work = WorkOf(kEnsureRunner);
  work.runner_is_live = false;

  EXPECT_EQ(Do(work).value(), WorkOutcome::kDone);

  EXPECT_THAT(journal, ElementsAre("overlay_work.effect_done", "finish"));
}

// A create that was answered with a timeout may be applied late.
TEST_F(OverlayWorkerTest, FirstLookIsNeverBelieved) {
  for (const OverlayAction action : {kRemoveIdentity, kRemoveRunner}) {
    for (const Removal found : {Removal::kRemoved, Removal::kNothingThere}) {
      journal.clear();
      overlay.removed = found;
      EXPECT_EQ(Do(WorkOf(action)).value(), WorkOutcome::kDone);
      EXPECT_EQ(journal.back(), "look again");
      EXPECT_EQ(queue.delay, absl::Minutes(1));
    }
  }
}

TEST_F(OverlayWorkerTest, SecondLookThatFindsSomethingIsNotTheLast) {
  overlay.removed = Removal::kRemoved;

  EXPECT_EQ(Do(SecondLook(kRemoveIdentity)).value(), WorkOutcome::kDone);

  EXPECT_THAT(journal, ElementsAre("remove identity", "overlay_work.effect_done", "look again"));
}

TEST_F(OverlayWorkerTest, SecondLookThatFindsNothingEndsTheRemoval) {
  overlay.removed = Removal::kNothingThere;

  EXPECT_EQ(Do(SecondLook(kRemoveIdentity)).value(), WorkOutcome::kDone);

  EXPECT_THAT(journal, ElementsAre("remove identity", "overlay_work.effect_done", "finish"));
  ASSERT_EQ(overlay.keys.size(), 1U);
  EXPECT_EQ(overlay.keys[0].runner_id, Example<RunnerId>(1));
  EXPECT_EQ(overlay.keys[0].generation, 7);
}

// Asked after the look: an attempt that ended before it queues the removal again itself.
TEST_F(OverlayWorkerTest, RunnerIsGoneOnlyWhenNobodyEnrolls) {
  overlay.removed = Removal::kNothingThere;
  queue.open_attempt = true;

  EXPECT_EQ(Do(SecondLook(kRemoveRunner)).value(), WorkOutcome::kDone);
  EXPECT_THAT(journal, ElementsAre("remove runner", "overlay_work.effect_done", "open attempt?",
                                   "look again"));
  EXPECT_EQ(queue.delay, absl::Minutes(1));

  journal.clear();
  queue.open_attempt = false;
  EXPECT_EQ(Do(SecondLook(kRemoveRunner)).value(), WorkOutcome::kDone);
  EXPECT_EQ(journal.back(), "finish");
}

TEST_F(OverlayWorkerTest, FailedWorkWaitsForItsNextTry) {
  overlay.ensured = MakeError(ErrorReason::kOverlayUnavailable, "away");

  EXPECT_EQ(Do(WorkOf(kEnsureRunner)).value(), WorkOutcome::kFailed);

  EXPECT_THAT(journal, ElementsAre("ensure", "overlay_work.effect_done", "retry"));
  EXPECT_EQ(queue.reason, "OVERLAY_UNAVAILABLE");
}

TEST_F(OverlayWorkerTest, FailureIsReportedWithWhatAnOperatorNeeds) {
  const std::vector<std::pair<ErrorReason, bool>> needs_somebody_by_reason = {
      {ErrorReason::kOverlayUnavailable, false},
      {ErrorReason::kOverlayRejected, true},
      {ErrorReason::kOverlayConflict, true}};
  for (const auto& [reason, needs_somebody] : needs_somebody_by_reason) {
    overlay.removed = MakeError(reason, "scripted");
    journal.clear();

    const WorkReport report = Report(WorkOf(kRemoveIdentity)).value();

    ASSERT_TRUE(report.failure);
    EXPECT_EQ(report.failure->action, kRemoveIdentity);
    EXPECT_EQ(report.failure->runner_id, Example<RunnerId>(1));
    EXPECT_EQ(report.failure->generation, 7);
    EXPECT_EQ(report.failure->reason, reason);
    EXPECT_EQ(report.failure->needs_somebody(), needs_somebody) << RowOf(reason).name;
  }
}

TEST_F(OverlayWorkerTest, FailedRemovalIsNoLook) {
  overlay.removed = MakeError(ErrorReason::kOverlayConflict, "foreign");

  EXPECT_EQ(Do(SecondLook(kRemoveRunner)).value(), WorkOutcome::kFailed);

  EXPECT_EQ(journal.back(), "retry");
  EXPECT_EQ(queue.reason, "OVERLAY_CONFLICT");
}

TEST_F(OverlayWorkerTest, PauseDoublesUpToItsCap) {
  overlay.ensured = MakeError(ErrorReason::kOverlayUnavailable, "away");
  const std::vector<std::pair<int, int>> seconds_by_tries = {
      {0, 1}, {1, 2}, {2, 4}, {8, 256}, {9, 300}, {10, 300}, {2'000'000'000, 300}};

  for (const auto& [tries, seconds] : seconds_by_tries) {
    journal.clear();
    OverlayWork work = WorkOf(kEnsureRunner);
    work.tries = tries;
    ASSERT_TRUE(Do(work).ok());
    EXPECT_EQ(queue.delay, absl::Seconds(seconds)) << tries << " tries";
  }
}

TEST_F(OverlayWorkerTest, WithoutTheQueueNothingIsTouched) {
  queue.closed = MakeError(ErrorReason::kDatabaseUnavailable, "away");
  EXPECT_TRUE(Fails(worker.RunOnce().status(), ErrorReason::kDatabaseUnavailable));
  EXPECT_THAT(journal, ElementsAre("close expired"));

  journal.clear();
  queue.closed = 3;
  queue.due = MakeError(ErrorReason::kLockTimeout, "locked");
  EXPECT_TRUE(Fails(worker.RunOnce().status(), ErrorReason::kLockTimeout));
  EXPECT_THAT(journal, ElementsAre("close expired", "overlay_work.attempts_closed", "claim"));
  EXPECT_THAT(overlay.deadlines, IsEmpty());
}

TEST_F(OverlayWorkerTest, ErrorOfTheQueueIsTheAnswer) {
  queue.settled = MakeError(ErrorReason::kCommitInDoubt, "in doubt");

  EXPECT_TRUE(Fails(Do(WorkOf(kEnsureRunner)).status(), ErrorReason::kCommitInDoubt));
  EXPECT_EQ(journal.back(), "finish");  // once: its lease brings it back
  journal.clear();
  EXPECT_TRUE(Fails(Do(WorkOf(kRemoveRunner)).status(), ErrorReason::kCommitInDoubt));
  EXPECT_EQ(journal.back(), "look again");
  journal.clear();
  overlay.ensured = MakeError(ErrorReason::kOverlayUnavailable, "away");
  EXPECT_TRUE(Fails(Do(WorkOf(kEnsureRunner)).status(), ErrorReason::kCommitInDoubt));
  EXPECT_EQ(journal.back(), "retry");
}

TEST_F(OverlayWorkerTest, RunnerOfUnknownAttemptsIsNotFinished) {
  overlay.removed = Removal::kNothingThere;
  queue.open_attempt = MakeError(ErrorReason::kDatabaseUnavailable, "away");

  EXPECT_TRUE(Fails(Do(SecondLook(kRemoveRunner)).status(), ErrorReason::kDatabaseUnavailable));

  EXPECT_EQ(journal.back(), "open attempt?");
}

}  // namespace
}  // namespace runners::testing
