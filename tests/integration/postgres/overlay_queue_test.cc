#include <gmock/gmock.h>

#include <mutex>
#include <thread>

#include "tests/integration/postgres/store_fixture.h"

namespace runners::testing {
namespace {

std::optional<OverlayWork> Claimed(Stores& stores, absl::Duration lease = absl::Minutes(1)) {
  return stores.queue.Claim(stores.call(), lease).value();
}

// A live runner with nothing queued.
RunnerId QuietRunner(Stores& stores) {
  const RunnerId id = stores.Registered("r").id;
  stores.rig.Query("DELETE FROM work");
  return id;
}

TEST(OverlayQueue, EmptyQueueHasNothing) {
  Stores stores;

  EXPECT_EQ(Claimed(stores), std::nullopt);
}

TEST(OverlayQueue, ClaimTellsWhatToDo) {
  Stores stores;
  const RunnerId id = stores.Registered("r").id;

  const std::optional<OverlayWork> work = Claimed(stores);

  ASSERT_TRUE(work);
  EXPECT_EQ(work->action, OverlayAction::kEnsureRunner);
  EXPECT_EQ(work->runner_id, id);
  EXPECT_TRUE(work->runner_is_live);
  EXPECT_EQ(work->generation, 0);
  EXPECT_EQ(work->tries, 0);
  EXPECT_FALSE(work->second_look);
  EXPECT_EQ(Claimed(stores), std::nullopt);  // it is leased
}

TEST(OverlayQueue, WorkOfADeadWorkerComesBack) {
  Stores stores;
  stores.Registered("r");
  const std::optional<OverlayWork> first = Claimed(stores, absl::ZeroDuration());

  const std::optional<OverlayWork> second = Claimed(stores);

  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->id, second->id);
  EXPECT_NE(first->claim_id, second->claim_id);
  // The first worker was only slow: its end does not end the second's claim.
  EXPECT_TRUE(stores.queue.Finish(stores.call(), *first).ok());
  EXPECT_TRUE(stores.queue.Retry(stores.call(), *first, absl::ZeroDuration(), "X").ok());
  EXPECT_TRUE(stores.queue.LookAgain(stores.call(), *first, absl::ZeroDuration()).ok());
  EXPECT_EQ(stores.Queued(first->runner_id), "ensure_runner 0");
  EXPECT_EQ(Claimed(stores), std::nullopt);
}

TEST(OverlayQueue, FinishedWorkIsGone) {
  Stores stores;
  const RunnerId id = stores.Registered("r").id;

  EXPECT_TRUE(stores.queue.Finish(stores.call(), *Claimed(stores)).ok());

  EXPECT_EQ(stores.Queued(id), "");
}

TEST(OverlayQueue, FailedWorkComesAgainAfterItsDelay) {
  Stores stores;
  stores.Registered("soon");
  const OverlayWork work = *Claimed(stores);

  ASSERT_TRUE(stores.queue.Retry(stores.call(), work, absl::Hours(1), "OVERLAY_UNAVAILABLE").ok());
  EXPECT_EQ(Claimed(stores), std::nullopt);
  EXPECT_EQ(stores.rig.Value("SELECT last_reason FROM work"), "OVERLAY_UNAVAILABLE");
  stores.rig.Query("UPDATE work SET not_before = not_before - interval '1 hour'");

  const std::optional<OverlayWork> again = Claimed(stores);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->tries, 1);
}

TEST(OverlayQueue, SecondLookWaitsAndIsMarked) {
  Stores stores;
  const RunnerId id = QuietRunner(stores);
  ASSERT_TRUE(stores.runners.Delete(stores.call(), id, std::nullopt).ok());
  const OverlayWork first = *Claimed(stores);
  EXPECT_EQ(first.action, OverlayAction::kRemoveRunner);
  EXPECT_FALSE(first.runner_is_live);

  ASSERT_TRUE(stores.queue.LookAgain(stores.call(), first, absl::Minutes(1)).ok());
  EXPECT_EQ(Claimed(stores), std::nullopt);
  stores.rig.Query("UPDATE work SET not_before = not_before - interval '1 minute'");

  const std::optional<OverlayWork> second = Claimed(stores);
  ASSERT_TRUE(second);
  EXPECT_TRUE(second->second_look);
}

TEST(OverlayQueue, WorkQueuedAgainDuringItsClaimStays) {
  Stores stores;
  const RunnerId id = QuietRunner(stores);
  const EnrollmentAttempt attempt = stores.Begun(id);
  ASSERT_TRUE(stores.enrollment.Abandon(stores.call(), attempt, Leftovers::kIdentity).ok());
  const OverlayWork claimed = *Claimed(stores);
  ASSERT_EQ(claimed.action, OverlayAction::kRemoveIdentity);

  ASSERT_TRUE(stores.enrollment.Abandon(stores.call(), attempt, Leftovers::kIdentity).ok());
  ASSERT_TRUE(stores.queue.Finish(stores.call(), claimed).ok());

  EXPECT_EQ(stores.Queued(id), "remove_identity 1");
  const std::optional<OverlayWork> again = Claimed(stores);
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->second_look);
}

TEST(OverlayQueue, FinishedRemovalIsRecorded) {
  Stores stores;
  const RunnerId id = QuietRunner(stores);
  stores.Enrolled(id);
  stores.Enrolled(id);
  const OverlayWork work = *Claimed(stores);
  ASSERT_EQ(work.action, OverlayAction::kRemoveIdentity);
  ASSERT_EQ(work.generation, 1);

  ASSERT_TRUE(stores.queue.Finish(stores.call(), work).ok());

  EXPECT_EQ(stores.rig.Value("SELECT string_agg(state, ',' ORDER BY generation) "
                             "FROM overlay_identities"),
            "removed,current");
}

TEST(OverlayQueue, FinishedRemovalOfARunnerRecordsAllIdentities) {
  Stores stores;
  const RunnerId id = QuietRunner(stores);
  stores.Enrolled(id);
  ASSERT_TRUE(stores.runners.Delete(stores.call(), id, std::nullopt).ok());

  ASSERT_TRUE(stores.queue.Finish(stores.call(), *Claimed(stores)).ok());

  EXPECT_EQ(stores.rig.Value("SELECT state FROM overlay_identities"), "removed");
  EXPECT_EQ(stores.Queued(id), "");
}

TEST(OverlayQueue, ServiceMadeForADeletedRunnerIsRemovedAgain) {
  Stores stores;
  const RunnerId id = stores.Registered("r").id;
  const OverlayWork ensure = *Claimed(stores);
  ASSERT_TRUE(stores.runners.Delete(stores.call(), id, std::nullopt).ok());
  ASSERT_TRUE(stores.queue.Finish(stores.call(), *Claimed(stores)).ok());  // the removal
  ASSERT_EQ(stores.Queued(id), "ensure_runner 0");

  ASSERT_TRUE(stores.queue.Finish(stores.call(), ensure).ok());

  EXPECT_EQ(stores.Queued(id), "remove_runner 0");
}

TEST(OverlayQueue, ExpiredAttemptOfADeletedRunnerRemovesTheRunnerAgain) {
  Stores stores;
  const RunnerId id = QuietRunner(stores);
  stores.Begun(id, absl::ZeroDuration());
  ASSERT_TRUE(stores.runners.Delete(stores.call(), id, std::nullopt).ok());
  stores.rig.Query("DELETE FROM work");

  EXPECT_EQ(stores.queue.CloseExpiredAttempts(stores.call()).value(), 1);

  EXPECT_EQ(stores.Queued(id), "remove_identity 1, remove_runner 0");
}

TEST(OverlayQueue, WorkersNeverGetTheSameWork) {
  Stores stores;
  constexpr std::size_t kRunners = 60;
  for (std::size_t i = 0; i < kRunners; ++i) stores.Registered("r");

  std::mutex mutex;
  std::vector<std::string> claimed;
  {
    std::vector<std::jthread> workers;
    for (int worker = 0; worker < 6; ++worker) {
      workers.emplace_back([&] {
        while (const std::optional<OverlayWork> work = Claimed(stores)) {
          {
            const std::lock_guard<std::mutex> lock(mutex);
            claimed.push_back(work->id);
          }
          EXPECT_TRUE(stores.queue.Finish(stores.call(), *work).ok());
        }
      });
    }
  }

  EXPECT_EQ(claimed.size(), kRunners);
  EXPECT_EQ(std::set<std::string>(claimed.begin(), claimed.end()).size(), kRunners);
}

}  // namespace
}  // namespace runners::testing
