#include "core/enrollment/enroll_runner.h"

#include <optional>
#include <string>
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

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

// Answers what the test says and notes what it is asked.
class ScriptedEnrollmentStore final : public EnrollmentStore {
 public:
  explicit ScriptedEnrollmentStore(Journal& journal) : journal_(journal) {}

  absl::Status begun;  // an attempt of generation 7 when OK
  absl::StatusOr<Runner> completed = ExampleRunner(1);
  absl::Status abandoned;

  std::vector<absl::Time> deadlines;
  Sha256Digest digest{};
  absl::Duration lease;
  std::string attempt_id;
  std::string overlay_id;
  std::optional<Leftovers> left;  // as Abandon was told

  absl::StatusOr<EnrollmentAttempt> Begin(const Call& call, const Sha256Digest& presented,
                                          const std::string& id, absl::Duration duration) override {
    Note("begin", call);
    digest = presented;
    attempt_id = id;
    lease = duration;
    if (!begun.ok()) return begun;
    return EnrollmentAttempt{id, Example<RunnerId>(1), 7};
  }
  absl::StatusOr<Runner> Complete(const Call& call, const EnrollmentAttempt& attempt,
                                  const std::string& id) override {
    Note("complete", call);
    EXPECT_EQ(attempt.id, attempt_id);
    overlay_id = id;
    return completed;
  }
  absl::Status Abandon(const Call& call, const EnrollmentAttempt& attempt,
                       Leftovers leftovers) override {
    Note("abandon", call);
    EXPECT_EQ(attempt.id, attempt_id);
    left = leftovers;
    return abandoned;
  }

  absl::StatusOr<int> ForgetOldAttempts(const Call&, absl::Duration) override { return 0; }

 private:
  void Note(const char* what, const Call& call) {
    journal_.emplace_back(what);
    deadlines.push_back(call.deadline);
  }

  Journal& journal_;
};

struct EnrollRunnerTest : ::testing::Test {
  absl::StatusOr<EnrolledRunner> Enroll(absl::Duration left = absl::Minutes(1)) {
    Call call = InternalCall();
    call.deadline = clock.Now() + left;
    return enroll_runner.Run(call, {Secret(" token\n"), std::nullopt});
  }

  Journal journal;
  ManualClock clock{kNow};
  system::OsEntropy entropy;
  const system::OpenSslHasher hasher{};
  NotedFaultPoints faults{journal};
  ScriptedEnrollmentStore store{journal};
  ScriptedOverlay overlay{journal};
  EnrollRunner enroll_runner{store, overlay, entropy, hasher, clock, faults, {}};
};

absl::Status Error(ErrorReason reason) {
  return MakeError(reason, "scripted");
}

TEST_F(EnrollRunnerTest, TradesTheTokenForAnIdentity) {
  const absl::StatusOr<EnrolledRunner> enrolled = Enroll();

  ASSERT_TRUE(enrolled.ok()) << enrolled.status();
  EXPECT_EQ(enrolled->runner, ExampleRunner(1));
  EXPECT_EQ(enrolled->identity_file.Reveal(), "identity file");
  EXPECT_EQ(enrolled->service_name, "runner-" + ExampleRunner(1).id.text());
  EXPECT_EQ(enrolled->overlay_id, "overlay-id");
  EXPECT_EQ(enrolled->generation, 7);
  EXPECT_EQ(store.digest, hasher.Sha256("token"));
  EXPECT_EQ(store.overlay_id, "overlay-id");
  ASSERT_EQ(overlay.keys.size(), 1U);
  EXPECT_EQ(overlay.keys[0].runner_id, Example<RunnerId>(1));
  EXPECT_EQ(overlay.keys[0].generation, 7);
  EXPECT_EQ(overlay.keys[0].attempt_id, store.attempt_id);
}

TEST_F(EnrollRunnerTest, CertificateRequestGoesToTheOverlayAsItIs) {
  Call call = InternalCall();
  call.deadline = clock.Now() + absl::Minutes(1);

  ASSERT_TRUE(enroll_runner.Run(call, {Secret("token"), "a request"}).ok());
  ASSERT_TRUE(enroll_runner.Run(call, {Secret("token"), std::nullopt}).ok());

  EXPECT_THAT(overlay.requests, ElementsAre(std::optional<std::string>("a request"), std::nullopt));
}

// The attempt is on record before anything remote, and completed after all of it.
TEST_F(EnrollRunnerTest, StepsComeInAnOrderThatCanBeRepaired) {
  ASSERT_TRUE(Enroll().ok());

  EXPECT_THAT(journal,
              ElementsAre("begin", "enroll.attempt_opened", "ensure", "enroll.service_ensured",
                          "issue", "enroll.identity_issued", "complete", "enroll.completed"));
}

TEST_F(EnrollRunnerTest, EveryEnrollmentIsAnAttemptOfItsOwn) {
  ASSERT_TRUE(Enroll().ok());
  const std::string first = store.attempt_id;
  ASSERT_TRUE(Enroll().ok());

  EXPECT_NE(store.attempt_id, first);
}

TEST_F(EnrollRunnerTest, AnswerLeavesHalfASecondBeforeTheDeadline) {
  ASSERT_TRUE(Enroll(absl::Seconds(10)).ok());

  EXPECT_THAT(store.deadlines, Each(kNow + absl::Milliseconds(9500)));
  // What is remote ends early enough for its outcome to be written.
  EXPECT_THAT(overlay.deadlines, Each(kNow + absl::Milliseconds(8000)));
  EXPECT_EQ(store.lease, absl::Milliseconds(19500));
}

// Half a second for the answer and one and a half to write the outcome: with no more than that
// nothing remote can be done, and an attempt would only take a generation.
TEST_F(EnrollRunnerTest, DeadlineThatLeavesNoTimeOpensNoAttempt) {
  for (const absl::Duration left : {absl::Seconds(2), absl::Seconds(1), -absl::Seconds(1)}) {
    const absl::Status status = Enroll(left).status();
    EXPECT_TRUE(Fails(status, ErrorReason::kOverlayUnavailable));
    EXPECT_EQ(DetailOf(status).retry_after, absl::Seconds(1));
    EXPECT_THAT(journal, IsEmpty());
  }

  EXPECT_TRUE(Enroll(absl::Milliseconds(2001)).ok());
}

TEST_F(EnrollRunnerTest, FarDeadlineIsCutToTheTimeout) {
  ASSERT_TRUE(Enroll(absl::InfiniteDuration()).ok());

  EXPECT_THAT(store.deadlines, Each(kNow + absl::Minutes(2)));
  EXPECT_EQ(store.lease, absl::Minutes(2) + absl::Seconds(10));
}

TEST_F(EnrollRunnerTest, BlankTokenIsRefusedBeforeAnythingElse) {
  overlay.configured = Error(ErrorReason::kOverlayNotConfigured);

  for (const char* blank : {"", " \t\r\n"}) {
    const absl::Status status =
        enroll_runner.Run(InternalCall(), {Secret(blank), std::nullopt}).status();
    EXPECT_TRUE(Fails(status, ErrorReason::kInvalidArgument));
    EXPECT_EQ(DetailOf(status).violations.at(0).field, "service_token");
  }
  EXPECT_THAT(journal, IsEmpty());
}

TEST_F(EnrollRunnerTest, WithoutAnOverlayNoGenerationIsTaken) {
  overlay.configured = Error(ErrorReason::kOverlayNotConfigured);

  const absl::Status status = Enroll().status();

  EXPECT_TRUE(Fails(status, ErrorReason::kOverlayNotConfigured));
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(journal, IsEmpty());
}

TEST_F(EnrollRunnerTest, DeadTokenIsNotFound) {
  store.begun = Error(ErrorReason::kServiceTokenNotFound);

  const absl::Status status = Enroll().status();

  EXPECT_TRUE(Fails(status, ErrorReason::kServiceTokenNotFound));
  EXPECT_EQ(DetailOf(status).retry_after, std::nullopt);
  EXPECT_THAT(journal, ElementsAre("begin"));
}

// Clients in the field repeat UNAVAILABLE only.
TEST_F(EnrollRunnerTest, PassingTroubleIsUnavailableWithATimeToRetryAfter) {
  for (const ErrorReason reason :
       {ErrorReason::kDatabaseUnavailable, ErrorReason::kConcurrentUpdate,
        ErrorReason::kLockTimeout, ErrorReason::kStatementTimeout,
        ErrorReason::kDeadlineExceeded}) {
    store.begun = Error(reason);
    const absl::Status status = Enroll().status();
    EXPECT_TRUE(Fails(status, ErrorReason::kDatabaseUnavailable)) << RowOf(reason).name;
    EXPECT_EQ(DetailOf(status).retry_after, absl::Seconds(1)) << RowOf(reason).name;
  }
  for (const ErrorReason reason : {ErrorReason::kOverlayUnavailable, ErrorReason::kOverlayRejected,
                                   ErrorReason::kOverlayConflict}) {
    store.begun = absl::OkStatus();
    overlay.ensured = Error(reason);
    const absl::Status status = Enroll().status();
    EXPECT_TRUE(Fails(status, reason));
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
    EXPECT_EQ(DetailOf(status).retry_after, absl::Seconds(1)) << RowOf(reason).name;
  }
}

TEST_F(EnrollRunnerTest, OverlaysOwnTimeToRetryAfterIsKept) {
  ErrorDetail detail;
  detail.reason = ErrorReason::kOverlayUnavailable;
  detail.retry_after = absl::Seconds(7);
  overlay.issued = MakeError(detail, "busy");

  const absl::Status status = Enroll().status();

  EXPECT_EQ(DetailOf(status).retry_after, absl::Seconds(7));
  EXPECT_EQ(MessageOf(status), "busy");
}

TEST_F(EnrollRunnerTest, FailedServiceEndsTheAttempt) {
  overlay.ensured = Error(ErrorReason::kOverlayUnavailable);

  EXPECT_TRUE(Fails(Enroll().status(), ErrorReason::kOverlayUnavailable));
  EXPECT_THAT(journal, ElementsAre("begin", "enroll.attempt_opened", "ensure", "abandon"));
  EXPECT_EQ(store.left, Leftovers::kNone);
}

TEST_F(EnrollRunnerTest, FailedIdentityEndsTheAttempt) {
  overlay.issued = Error(ErrorReason::kOverlayUnavailable);

  EXPECT_TRUE(Fails(Enroll().status(), ErrorReason::kOverlayUnavailable));
  EXPECT_THAT(journal, ElementsAre("begin", "enroll.attempt_opened", "ensure",
                                   "enroll.service_ensured", "issue", "abandon"));
  EXPECT_EQ(store.left, Leftovers::kIdentity);
}

TEST_F(EnrollRunnerTest, CauseIsAnsweredWhenAbandoningFailsToo) {
  overlay.issued = Error(ErrorReason::kOverlayConflict);
  store.abandoned = Error(ErrorReason::kDatabaseUnavailable);

  EXPECT_TRUE(Fails(Enroll().status(), ErrorReason::kOverlayConflict));
}

// The overlay fails because the runner is gone, or another pod was faster: not worth a repeat.
TEST_F(EnrollRunnerTest, AttemptInVainIsAnsweredAsSuch) {
  for (const ErrorReason reason :
       {ErrorReason::kServiceTokenNotFound, ErrorReason::kEnrollmentSuperseded}) {
    overlay.issued = Error(ErrorReason::kOverlayRejected);
    store.abandoned = Error(reason);

    const absl::Status status = Enroll().status();

    EXPECT_TRUE(Fails(status, reason));
    EXPECT_EQ(DetailOf(status).retry_after, std::nullopt);
  }
}

TEST_F(EnrollRunnerTest, SupersededIsFinal) {
  store.completed = Error(ErrorReason::kEnrollmentSuperseded);

  const absl::Status status = Enroll().status();

  EXPECT_TRUE(Fails(status, ErrorReason::kEnrollmentSuperseded));
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(DetailOf(status).retry_after, std::nullopt);
}

TEST_F(EnrollRunnerTest, InterruptedMayBeRepeated) {
  store.completed = Error(ErrorReason::kEnrollmentInterrupted);

  const absl::Status status = Enroll().status();

  EXPECT_TRUE(Fails(status, ErrorReason::kEnrollmentInterrupted));
  EXPECT_EQ(DetailOf(status).retry_after, absl::Seconds(1));
}

TEST_F(EnrollRunnerTest, CompletionThatFailedIsAbandoned) {
  store.completed = Error(ErrorReason::kLockTimeout);

  EXPECT_TRUE(Fails(Enroll().status(), ErrorReason::kDatabaseUnavailable));
  EXPECT_EQ(journal.back(), "abandon");
  EXPECT_EQ(store.left, Leftovers::kIdentity);
}

TEST_F(EnrollRunnerTest, CompletionInDoubtIsNeitherRepeatedNorAbandoned) {
  store.completed = Error(ErrorReason::kCommitInDoubt);

  const absl::Status status = Enroll().status();

  EXPECT_TRUE(Fails(status, ErrorReason::kCommitInDoubt));
  EXPECT_EQ(status.code(), absl::StatusCode::kUnknown);
  EXPECT_EQ(journal.back(), "complete");
  EXPECT_THAT(journal, Not(Contains("abandon")));
}

TEST_F(EnrollRunnerTest, BeginningInDoubtGoesNoFurther) {
  store.begun = Error(ErrorReason::kCommitInDoubt);

  EXPECT_TRUE(Fails(Enroll().status(), ErrorReason::kCommitInDoubt));
  EXPECT_THAT(journal, ElementsAre("begin"));
}

TEST_F(EnrollRunnerTest, DefectStaysADefect) {
  store.begun = Error(ErrorReason::kInternal);

  EXPECT_TRUE(Fails(Enroll().status(), ErrorReason::kInternal));
}

}  // namespace
}  // namespace runners::testing
