#include <gmock/gmock.h>

#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/enrollment/enroll_runner.h"
#include "core/enrollment/overlay_worker.h"
#include "tests/integration/postgres/store_fixture.h"
#include "tests/support/fake_overlay.h"
#include "tests/support/forwarding_overlay.h"

namespace runners::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Ends what is under way at one point, as a crash does: nothing after it runs.
class CrashPoints final : public FaultPoints {
 public:
  struct Crash : std::runtime_error {
    using std::runtime_error::runtime_error;
  };

  void CrashAt(std::string point) { point_ = std::move(point); }

  void Reach(std::string_view point) override {
    if (point != point_) return;
    point_.clear();
    throw Crash("crash of a test");
  }

 private:
  std::string point_;
};

// An overlay whose controller makes identities and then loses the connection.
class LossyOverlay final : public ForwardingOverlay {
 public:
  using ForwardingOverlay::ForwardingOverlay;

  absl::StatusOr<IssuedIdentity> IssueIdentity(
      const IdentityKey& key, const std::optional<std::string>& certificate_request,
      absl::Time deadline) override {
    EXPECT_TRUE(ForwardingOverlay::IssueIdentity(key, certificate_request, deadline).ok());
    return MakeError(ErrorReason::kOverlayUnavailable, "the connection was lost");
  }
};

OverlayWorkerOptions Impatient() {
  OverlayWorkerOptions options;
  options.recheck_delay = absl::ZeroDuration();
  return options;
}

// Enrollment and its worker on a real database and an overlay in memory.
class RepairTest : public ::testing::Test {
 protected:
  RepairTest() : id_(stores_.Registered("r").id) {}

  absl::StatusOr<EnrolledRunner> Enroll() {
    // Described gives a runner its id for a token.
    return enroll_runner_.Run(stores_.rig.CallBy(), {Secret(id_.text()), std::nullopt});
  }

  void CrashEnrolling(const std::string& point) {
    crashes_.CrashAt(point);
    EXPECT_THROW(Enroll().IgnoreError(), CrashPoints::Crash);
  }

  void Delete() { ASSERT_TRUE(stores_.runners.Delete(stores_.call(), id_, std::nullopt).ok()); }

  WorkOutcome Work() { return worker_.RunOnce().value().outcome; }

  // Until nothing is due.
  void Drain() {
    for (int i = 0; i < 50; ++i) {
      if (Work() == WorkOutcome::kIdle) return;
    }
    ADD_FAILURE() << "the queue never becomes empty: " << stores_.Queued(id_);
  }

  // As if so much time had passed that every lease is over and everything is due.
  void LetTimePass() {
    stores_.rig.Query("UPDATE enrollment_attempts SET lease_until = now() WHERE state = 'open'");
    stores_.rig.Query(
        "UPDATE work SET not_before = now(), "
        "leased_until = CASE WHEN claim_id IS NULL THEN NULL ELSE now() END");
  }

  std::set<std::string> Identities() const { return overlay_.Names(OverlayObject::kIdentity); }

  void ExpectNothingLeft() {
    EXPECT_THAT(Identities(), IsEmpty());
    EXPECT_THAT(overlay_.Names(OverlayObject::kService), IsEmpty());
    EXPECT_THAT(overlay_.Names(OverlayObject::kPolicy), IsEmpty());
    EXPECT_EQ(stores_.Queued(id_), "");
    EXPECT_EQ(stores_.rig.Value("SELECT count(*) FROM overlay_identities WHERE state <> 'removed'"),
              "0");
  }

  Stores stores_;
  const RunnerId id_;
  FakeOverlay overlay_{stores_.rig.clock()};
  CrashPoints crashes_;
  EnrollRunner enroll_runner_{stores_.enrollment,
                              overlay_,
                              stores_.rig.entropy(),
                              stores_.rig.hasher(),
                              stores_.rig.clock(),
                              crashes_,
                              {}};
  OverlayWorker worker_{stores_.queue,       overlay_, stores_.rig.entropy(),
                        stores_.rig.clock(), crashes_, Impatient()};
};

TEST_F(RepairTest, RegisteredRunnerGetsItsServiceWithoutEnrolling) {
  Drain();

  EXPECT_THAT(overlay_.Names(OverlayObject::kService), ElementsAre(OverlayServiceName(id_)));
  EXPECT_EQ(stores_.Queued(id_), "");
}

TEST_F(RepairTest, EnrollmentThatCrashedBeforeCompletionLeavesNoIdentity) {
  for (const std::string point : {"enroll.attempt_opened", "enroll.identity_issued"}) {
    CrashEnrolling(point);

    LetTimePass();
    Drain();

    EXPECT_THAT(Identities(), IsEmpty()) << point;
    EXPECT_EQ(stores_.runners.Get(stores_.call(), id_).value()->status, RunnerStatus::kPending);
  }
  const absl::StatusOr<EnrolledRunner> enrolled = Enroll();
  ASSERT_TRUE(enrolled.ok()) << enrolled.status();
  EXPECT_TRUE(overlay_.IsAlive(enrolled->overlay_id));
}

TEST_F(RepairTest, IdentityWhoseAnswerWasLostGoesWithTheNextEnrollment) {
  CrashEnrolling("enroll.completed");
  LetTimePass();
  Drain();
  EXPECT_THAT(Identities(), SizeIs(1));  // somebody may have it

  const EnrolledRunner enrolled = Enroll().value();
  Drain();

  EXPECT_THAT(Identities(), ElementsAre(IdentityKey{id_, 2, ""}.name()));
  EXPECT_TRUE(overlay_.IsAlive(enrolled.overlay_id));
}

TEST_F(RepairTest, AnsweredIdentityWorksUntilALaterOneIsCompleted) {
  const EnrolledRunner first = Enroll().value();
  CrashEnrolling("enroll.identity_issued");
  LetTimePass();
  Drain();
  EXPECT_TRUE(overlay_.IsAlive(first.overlay_id));

  const EnrolledRunner second = Enroll().value();
  Drain();

  EXPECT_FALSE(overlay_.IsAlive(first.overlay_id));
  EXPECT_TRUE(overlay_.IsAlive(second.overlay_id));
}

TEST_F(RepairTest, IdentityWhoseCreationWasNotAnsweredIsRemoved) {
  Drain();
  LossyOverlay lossy(overlay_);
  EnrollRunner enroll_runner(stores_.enrollment, lossy, stores_.rig.entropy(), stores_.rig.hasher(),
                             stores_.rig.clock(), crashes_, {});

  const absl::Status lost =
      enroll_runner.Run(stores_.rig.CallBy(), {Secret(id_.text()), std::nullopt}).status();
  EXPECT_TRUE(Fails(lost, ErrorReason::kOverlayUnavailable));
  EXPECT_THAT(Identities(), SizeIs(1));
  Drain();

  EXPECT_THAT(Identities(), IsEmpty());
  EXPECT_EQ(stores_.Queued(id_), "");
}

TEST_F(RepairTest, ControllerThatIsAwayHoldsUpEnrollmentOnly) {
  overlay_.GoAway();

  const absl::Status refused = Enroll().status();
  EXPECT_TRUE(Fails(refused, ErrorReason::kOverlayUnavailable));
  EXPECT_EQ(DetailOf(refused).retry_after, absl::Seconds(2));
  EXPECT_EQ(Work(), WorkOutcome::kFailed);
  Delete();

  overlay_.ComeBack();
  LetTimePass();
  Drain();
  ExpectNothingLeft();
}

TEST_F(RepairTest, DeletedRunnerIsRemovedWhereverTheWorkerCrashes) {
  ASSERT_TRUE(Enroll().ok());
  Drain();
  Delete();
  for (const std::string point : {"overlay_work.claimed", "overlay_work.effect_done"}) {
    crashes_.CrashAt(point);
    EXPECT_THROW(worker_.RunOnce().IgnoreError(), CrashPoints::Crash);
    EXPECT_EQ(Work(), WorkOutcome::kIdle) << "the claim of the dead worker still counts";
    LetTimePass();
  }

  Drain();

  ExpectNothingLeft();
}

TEST_F(RepairTest, RemovalIsNotDoneWhileSomebodyEnrolls) {
  Drain();
  CrashEnrolling("enroll.attempt_opened");  // or only hangs there
  Delete();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Work(), WorkOutcome::kDone);
  EXPECT_EQ(stores_.Queued(id_), "remove_runner 0");
  ASSERT_TRUE(overlay_.EnsureRunner(id_, absl::InfiniteFuture()).ok());  // it went on

  LetTimePass();
  Drain();

  ExpectNothingLeft();
}

TEST_F(RepairTest, WriteThatIsAppliedLateIsFoundByTheSecondLook) {
  Drain();
  Delete();
  EXPECT_EQ(Work(), WorkOutcome::kDone);  // the first look
  ASSERT_TRUE(overlay_.EnsureRunner(id_, absl::InfiniteFuture()).ok());

  Drain();

  ExpectNothingLeft();
}

TEST_F(RepairTest, ServiceThatWasAboutToBeMadeIsRemovedAfterAll) {
  crashes_.CrashAt("overlay_work.effect_done");  // made, and nobody wrote it down
  EXPECT_THROW(worker_.RunOnce().IgnoreError(), CrashPoints::Crash);
  Delete();
  Drain();
  ASSERT_TRUE(overlay_.EnsureRunner(id_, absl::InfiniteFuture()).ok());  // and made again, late

  LetTimePass();
  Drain();

  ExpectNothingLeft();
}

// Pods of one runner that start at once, while workers clean up behind them.
TEST_F(RepairTest, OfManyEnrollmentsAtOnceTheCurrentIdentityIsLeft) {
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([this] {
        for (int n = 0; n < 5; ++n) {
          const absl::Status status = Enroll().status();
          EXPECT_TRUE(status.ok() || HasReason(status, ErrorReason::kEnrollmentSuperseded))
              << status;
        }
      });
      threads.emplace_back([this] {
        for (int n = 0; n < 20; ++n) EXPECT_TRUE(worker_.RunOnce().ok());
      });
    }
  }
  Drain();

  EXPECT_THAT(Identities(), SizeIs(1));
  EXPECT_TRUE(overlay_.IsAlive(
      stores_.rig.Value("SELECT overlay_id FROM overlay_identities WHERE state = 'current'")));
  EXPECT_EQ(stores_.rig.Value("SELECT count(*) FROM overlay_identities WHERE state = 'superseded'"),
            "0");
  Delete();
  Drain();
  ExpectNothingLeft();
}

}  // namespace
}  // namespace runners::testing
