#include <gmock/gmock.h>

#include <thread>

#include "tests/integration/postgres/store_fixture.h"

namespace runners::testing {
namespace {

std::string StateOf(Stores& stores, const EnrollmentAttempt& attempt) {
  return stores.rig.Value("SELECT state FROM enrollment_attempts WHERE id = '" + attempt.id + "'");
}

std::string Identities(Stores& stores) {
  return stores.rig.Value(
      "SELECT coalesce(string_agg(generation || ' ' || state, ', ' ORDER BY generation), '') "
      "FROM overlay_identities");
}

TEST(EnrollmentStore, BeginTakesGenerationsOneAfterTheOther) {
  Stores stores;
  const RunnerId id = stores.Registered("r").id;

  const EnrollmentAttempt first = stores.Begun(id);
  const EnrollmentAttempt second = stores.Begun(id);

  EXPECT_EQ(first.runner_id, id);
  EXPECT_EQ(first.generation, 1);
  EXPECT_EQ(second.generation, 2);
  EXPECT_EQ(StateOf(stores, first), "open");
  EXPECT_EQ(stores.rig.Value("SELECT count(*) FROM service_tokens WHERE last_used_at IS NOT NULL"),
            "1");
  EXPECT_TRUE(stores.queue.HasOpenAttempt(stores.call(), id).value());
}

TEST(EnrollmentStore, TokenThatIsNotLiveBeginsNothing) {
  Stores stores;
  const RunnerId id = stores.Registered("r").id;
  const auto begin = [&](const Sha256Digest& digest) {
    return stores.enrollment
        .Begin(stores.call(), digest, stores.rig.entropy().NewUuid(), absl::Minutes(1))
        .status();
  };

  EXPECT_TRUE(Fails(begin(Sha256Digest{}), ErrorReason::kServiceTokenNotFound));
  stores.rig.Query("UPDATE service_tokens SET expires_at = now()");
  EXPECT_TRUE(Fails(begin(stores.DigestOf(id)), ErrorReason::kServiceTokenNotFound));
  stores.rig.Query("UPDATE service_tokens SET expires_at = NULL, revoked_at = now()");
  EXPECT_TRUE(Fails(begin(stores.DigestOf(id)), ErrorReason::kServiceTokenNotFound));
  EXPECT_EQ(stores.rig.Value("SELECT last_generation FROM runners"), "0");
}

TEST(EnrollmentStore, CompleteMakesTheRunnerEnrolled) {
  Stores stores;
  const Runner pending = stores.Registered("r");
  const EnrollmentAttempt attempt = stores.Begun(pending.id);

  const absl::StatusOr<Runner> runner =
      stores.enrollment.Complete(stores.call(), attempt, "overlay-1");

  ASSERT_TRUE(runner.ok()) << runner.status();
  EXPECT_EQ(runner->status, RunnerStatus::kEnrolled);
  EXPECT_GT(runner->updated_at, pending.updated_at);
  EXPECT_EQ(StateOf(stores, attempt), "completed");
  EXPECT_EQ(Identities(stores), "1 current");
  EXPECT_FALSE(stores.queue.HasOpenAttempt(stores.call(), pending.id).value());
  EXPECT_EQ(stores.Queued(pending.id), "ensure_runner 0");
  EXPECT_EQ(stores.rig.Value("SELECT after ->> 'overlay_identity_id' FROM audit "
                             "ORDER BY id DESC LIMIT 1"),
            "overlay-1");
}

TEST(EnrollmentStore, NextEnrollmentSupersedesTheIdentityBefore) {
  Stores stores;
  const RunnerId id = stores.Registered("r").id;
  const Runner first = stores.Enrolled(id);

  const Runner second = stores.Enrolled(id);

  EXPECT_EQ(second, first);  // a restart of the runner is nothing users see
  EXPECT_EQ(Identities(stores), "1 superseded, 2 current");
  EXPECT_EQ(stores.Queued(id), "ensure_runner 0, remove_identity 1");
}

TEST(EnrollmentStore, EarlierGenerationLosesAgainstALaterOne) {
  Stores stores;
  const RunnerId id = stores.Registered("r").id;
  const EnrollmentAttempt early = stores.Begun(id);
  stores.Enrolled(id);

  const absl::Status lost = stores.enrollment.Complete(stores.call(), early, "overlay-1").status();

  EXPECT_TRUE(Fails(lost, ErrorReason::kEnrollmentSuperseded));
  EXPECT_EQ(StateOf(stores, early), "lost");
  EXPECT_EQ(Identities(stores), "2 current");
  EXPECT_EQ(stores.Queued(id), "ensure_runner 0, remove_identity 1");
}

TEST(EnrollmentStore, CompletingTwiceIsTheSame) {
  Stores stores;
  const RunnerId id = stores.Registered("r").id;
  const EnrollmentAttempt attempt = stores.Begun(id);
  const Runner once = stores.enrollment.Complete(stores.call(), attempt, "overlay-1").value();

  const absl::StatusOr<Runner> twice =
      stores.enrollment.Complete(stores.call(), attempt, "overlay-1");

  ASSERT_TRUE(twice.ok()) << twice.status();
  EXPECT_EQ(*twice, once);
  EXPECT_EQ(stores.Queued(id), "ensure_runner 0");
}

TEST(EnrollmentStore, ExpiredLeaseIsTakenAwayAndCleanedUp) {
  Stores stores;
  const RunnerId id = stores.Registered("r").id;
  const EnrollmentAttempt dead = stores.Begun(id, absl::ZeroDuration());
  const EnrollmentAttempt alive = stores.Begun(id);

  EXPECT_EQ(stores.queue.CloseExpiredAttempts(stores.call()).value(), 1);

  EXPECT_EQ(StateOf(stores, dead), "expired");
  EXPECT_EQ(StateOf(stores, alive), "open");
  EXPECT_EQ(stores.Queued(id), "ensure_runner 0, remove_identity 1");
  EXPECT_EQ(stores.queue.CloseExpiredAttempts(stores.call()).value(), 0);
  EXPECT_TRUE(Fails(stores.enrollment.Complete(stores.call(), dead, "overlay-1").status(),
                    ErrorReason::kEnrollmentInterrupted));
  EXPECT_EQ(StateOf(stores, dead), "expired");
}

TEST(EnrollmentStore, InterruptedAndSupersededIsSuperseded) {
  Stores stores;
  const RunnerId id = stores.Registered("r").id;
  const EnrollmentAttempt dead = stores.Begun(id, absl::ZeroDuration());
  stores.Enrolled(id);
  stores.queue.CloseExpiredAttempts(stores.call()).IgnoreError();

  EXPECT_TRUE(Fails(stores.enrollment.Complete(stores.call(), dead, "overlay-1").status(),
                    ErrorReason::kEnrollmentSuperseded));
}

TEST(EnrollmentStore, LateIdentityOfAnExpiredAttemptIsQueuedAgain) {
  Stores stores;
  const RunnerId id = stores.Registered("r").id;
  const EnrollmentAttempt dead = stores.Begun(id, absl::ZeroDuration());
  stores.queue.CloseExpiredAttempts(stores.call()).IgnoreError();
  stores.rig.Query("DELETE FROM work");  // the removal came too early and found nothing

  stores.enrollment.Complete(stores.call(), dead, "overlay-1").IgnoreError();

  EXPECT_EQ(stores.Queued(id), "remove_identity 1");
}

TEST(EnrollmentStore, RunnerDeletedMeanwhileIsCleanedUpAgain) {
  Stores stores;
  const RunnerId id = stores.Registered("r").id;
  const EnrollmentAttempt attempt = stores.Begun(id);
  ASSERT_TRUE(stores.runners.Delete(stores.call(), id, std::nullopt).ok());
  stores.rig.Query("DELETE FROM work");  // the removal is done already

  const absl::Status lost =
      stores.enrollment.Complete(stores.call(), attempt, "overlay-1").status();

  EXPECT_TRUE(Fails(lost, ErrorReason::kServiceTokenNotFound));
  EXPECT_EQ(StateOf(stores, attempt), "lost");
  EXPECT_EQ(stores.Queued(id), "remove_identity 1, remove_runner 0");
  EXPECT_EQ(Identities(stores), "");
}

TEST(EnrollmentStore, TokenRevokedMeanwhileLoses) {
  Stores stores;
  const EnrollmentAttempt attempt = stores.Begun(stores.Registered("r").id);
  stores.rig.Query("UPDATE service_tokens SET revoked_at = now()");

  EXPECT_TRUE(Fails(stores.enrollment.Complete(stores.call(), attempt, "overlay-1").status(),
                    ErrorReason::kServiceTokenNotFound));
  EXPECT_EQ(StateOf(stores, attempt), "lost");
}

TEST(EnrollmentStore, AbandonedAttemptIsCleanedUp) {
  Stores stores;
  const RunnerId id = stores.Registered("r").id;
  const EnrollmentAttempt attempt = stores.Begun(id);

  EXPECT_TRUE(stores.enrollment.Abandon(stores.call(), attempt, Leftovers::kIdentity).ok());
  EXPECT_TRUE(stores.enrollment.Abandon(stores.call(), attempt, Leftovers::kIdentity).ok());

  EXPECT_EQ(StateOf(stores, attempt), "failed");
  EXPECT_EQ(stores.Queued(id), "ensure_runner 0, remove_identity 1");
}

// Many pods that cannot enroll while the controller is away must not fill the queue.
TEST(EnrollmentStore, AbandonedAttemptThatMadeNothingQueuesNothing) {
  Stores stores;
  const RunnerId id = stores.Registered("r").id;
  const EnrollmentAttempt attempt = stores.Begun(id);

  EXPECT_TRUE(stores.enrollment.Abandon(stores.call(), attempt, Leftovers::kNone).ok());

  EXPECT_EQ(StateOf(stores, attempt), "failed");
  EXPECT_EQ(stores.Queued(id), "ensure_runner 0");
}

// It may have made the service anew after it was removed.
TEST(EnrollmentStore, AbandonedAttemptOfADeletedRunnerIsAlwaysCleanedUp) {
  Stores stores;
  const RunnerId id = stores.Registered("r").id;
  const EnrollmentAttempt attempt = stores.Begun(id);
  ASSERT_TRUE(stores.runners.Delete(stores.call(), id, std::nullopt).ok());
  stores.rig.Query("DELETE FROM work");  // the removal is done already

  EXPECT_TRUE(Fails(stores.enrollment.Abandon(stores.call(), attempt, Leftovers::kNone),
                    ErrorReason::kServiceTokenNotFound));

  EXPECT_EQ(stores.Queued(id), "remove_runner 0");
}

TEST(EnrollmentStore, AbandonedAttemptSaysThatItWasInVain) {
  Stores stores;
  const RunnerId id = stores.Registered("r").id;
  const EnrollmentAttempt earlier = stores.Begun(id);
  const EnrollmentAttempt of_deleted = stores.Begun(id);
  stores.Enrolled(id);

  EXPECT_TRUE(Fails(stores.enrollment.Abandon(stores.call(), earlier, Leftovers::kIdentity),
                    ErrorReason::kEnrollmentSuperseded));
  ASSERT_TRUE(stores.runners.Delete(stores.call(), id, std::nullopt).ok());
  EXPECT_TRUE(Fails(stores.enrollment.Abandon(stores.call(), of_deleted, Leftovers::kIdentity),
                    ErrorReason::kServiceTokenNotFound));

  EXPECT_EQ(StateOf(stores, earlier), "failed");
  EXPECT_EQ(StateOf(stores, of_deleted), "failed");
  EXPECT_THAT(stores.Queued(id), ::testing::HasSubstr("remove_identity 1, remove_identity 2"));
}

TEST(EnrollmentStore, CompletedAttemptCannotBeAbandoned) {
  Stores stores;
  const RunnerId id = stores.Registered("r").id;
  const EnrollmentAttempt attempt = stores.Begun(id);
  ASSERT_TRUE(stores.enrollment.Complete(stores.call(), attempt, "overlay-1").ok());

  EXPECT_TRUE(stores.enrollment.Abandon(stores.call(), attempt, Leftovers::kIdentity).ok());

  EXPECT_EQ(StateOf(stores, attempt), "completed");
  EXPECT_EQ(Identities(stores), "1 current");
  EXPECT_EQ(stores.Queued(id), "ensure_runner 0");
}

// Whatever has been over for long, but for what says who is enrolled, or is not removed yet.
TEST(EnrollmentStore, OldAttemptsAreForgotten) {
  Stores stores;
  const RunnerId id = stores.Registered("r").id;
  stores.Enrolled(id);  // removed long ago
  stores.Enrolled(id);  // superseded, and still to be removed
  ASSERT_TRUE(
      stores.enrollment.Abandon(stores.call(), stores.Begun(id), Leftovers::kIdentity).ok());
  stores.Enrolled(id);
  stores.rig.Query(
      "UPDATE enrollment_attempts SET closed_at = now() - interval '31 days'; "
      "UPDATE overlay_identities SET state = 'removed', removed_at = now() - interval '31 days' "
      "WHERE generation = 1");
  ASSERT_TRUE(
      stores.enrollment.Abandon(stores.call(), stores.Begun(id), Leftovers::kIdentity).ok());
  stores.Begun(id);

  EXPECT_EQ(stores.enrollment.ForgetOldAttempts(stores.call(), absl::Hours(30 * 24)).value(), 2);

  EXPECT_EQ(stores.rig.Value("SELECT string_agg(generation || ' ' || state, ', ' "
                             "ORDER BY generation) FROM enrollment_attempts"),
            "2 completed, 4 completed, 5 failed, 6 open");
  EXPECT_EQ(Identities(stores), "2 superseded, 4 current");
  EXPECT_EQ(stores.enrollment.ForgetOldAttempts(stores.call(), absl::Hours(30 * 24)).value(), 0);
}

TEST(EnrollmentStore, OfManyAtOnceTheLatestWins) {
  Stores stores;
  const RunnerId id = stores.Registered("r").id;
  std::vector<EnrollmentAttempt> attempts;
  for (int i = 0; i < 12; ++i) attempts.push_back(stores.Begun(id));

  std::vector<absl::StatusOr<Runner>> outcomes(attempts.size(), absl::UnknownError("not run"));
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < attempts.size(); ++i) {
      threads.emplace_back([&, i] {
        outcomes[i] = stores.enrollment.Complete(stores.call(), attempts[i], "overlay");
      });
    }
  }

  ASSERT_TRUE(outcomes.back().ok()) << outcomes.back().status();
  for (const absl::StatusOr<Runner>& outcome : outcomes) {
    if (!outcome.ok()) {
      EXPECT_TRUE(Fails(outcome.status(), ErrorReason::kEnrollmentSuperseded));
    }
  }
  EXPECT_EQ(stores.rig.Value("SELECT generation FROM overlay_identities WHERE state = 'current'"),
            "12");
  // Whoever is not current is queued to go.
  EXPECT_EQ(stores.rig.Value("SELECT count(*) FROM work WHERE action = 'remove_identity'"), "11");
}

}  // namespace
}  // namespace runners::testing
