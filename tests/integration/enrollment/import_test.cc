#include <gmock/gmock.h>

#include <set>
#include <string>

#include "core/enrollment/enroll_runner.h"
#include "core/enrollment/overlay_worker.h"
#include "tests/integration/postgres/store_fixture.h"
#include "tests/support/fake_overlay.h"
#include "tests/support/import_rig.h"

namespace runners::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

OverlayWorkerOptions AtOnce() {
  OverlayWorkerOptions options;
  options.recheck_delay = absl::ZeroDuration();
  return options;
}

// A runner that was enrolled at the earlier service, with its objects in an overlay in memory.
class ImportedEnrollmentTest : public ::testing::Test {
 protected:
  ImportedEnrollmentTest() {
    row_.service = overlay_.PlantForeign(OverlayObject::kService, OverlayServiceName(id_));
    row_.identity = overlay_.PlantForeign(OverlayObject::kIdentity, "old-identity");
    import_.legacy.Add(row_);
    EXPECT_THAT(import_.Import(), ElementsAre("imported 1: enrolled", "1 0 0"));
  }

  absl::StatusOr<EnrolledRunner> Enroll() {
    return enroll_runner_.Run(stores_.rig.CallBy(), {Secret(row_.token), std::nullopt});
  }

  // Until nothing is due.
  void Drain() {
    for (int i = 0; i < 50; ++i) {
      if (worker_.RunOnce().value().outcome == WorkOutcome::kIdle) return;
    }
    ADD_FAILURE() << "the queue never becomes empty: " << stores_.Queued(id_);
  }

  std::set<std::string> Identities() const { return overlay_.Names(OverlayObject::kIdentity); }

  Stores stores_;
  ImportRig import_{stores_.rig};
  LegacyRow row_ = EnrolledLegacyRow(1);
  const RunnerId id_ = IdOf(row_);
  FakeOverlay overlay_{stores_.rig.clock()};
  NoFaults faults_;
  EnrollRunner enroll_runner_{stores_.enrollment,
                              overlay_,
                              stores_.rig.entropy(),
                              stores_.rig.hasher(),
                              stores_.rig.clock(),
                              faults_,
                              {}};
  OverlayWorker worker_{stores_.queue,       overlay_, stores_.rig.entropy(),
                        stores_.rig.clock(), faults_,  AtOnce()};
};

TEST_F(ImportedEnrollmentTest, WorkerAdoptsItsObjectsAndTheOldIdentityGoesOnWorking) {
  Drain();

  EXPECT_EQ(stores_.Queued(id_), "");
  EXPECT_TRUE(overlay_.IsAlive(row_.identity));
  EXPECT_THAT(Identities(), ElementsAre(IdentityKey{id_, 1, ""}.name()));
  EXPECT_THAT(overlay_.Names(OverlayObject::kPolicy),
              ElementsAre(OverlayServiceName(id_) + "-bind"));
  EXPECT_EQ(stores_.rig.Value("SELECT adopted_at IS NOT NULL FROM imported_runners"), "t");
}

TEST_F(ImportedEnrollmentTest, OldTokenEnrollsAndTheOldIdentityGoes) {
  Drain();

  const absl::StatusOr<EnrolledRunner> enrolled = Enroll();
  ASSERT_TRUE(enrolled.ok()) << enrolled.status();
  EXPECT_TRUE(overlay_.IsAlive(row_.identity));
  Drain();

  EXPECT_FALSE(overlay_.IsAlive(row_.identity));
  EXPECT_TRUE(overlay_.IsAlive(enrolled->overlay_id));
  EXPECT_THAT(Identities(), ElementsAre(IdentityKey{id_, 2, ""}.name()));
}

TEST_F(ImportedEnrollmentTest, EnrollingNeedNotWaitForTheWorker) {
  const absl::StatusOr<EnrolledRunner> enrolled = Enroll();
  ASSERT_TRUE(enrolled.ok()) << enrolled.status();
  Drain();

  EXPECT_FALSE(overlay_.IsAlive(row_.identity));
  EXPECT_TRUE(overlay_.IsAlive(enrolled->overlay_id));
  EXPECT_EQ(stores_.Queued(id_), "");
}

TEST_F(ImportedEnrollmentTest, DeletedBeforeItWasAdoptedItLeavesNothing) {
  ASSERT_TRUE(stores_.runners.Delete(stores_.call(), id_, std::nullopt).ok());
  Drain();

  EXPECT_THAT(Identities(), IsEmpty());
  EXPECT_THAT(overlay_.Names(OverlayObject::kService), IsEmpty());
  EXPECT_THAT(overlay_.Names(OverlayObject::kPolicy), IsEmpty());
  EXPECT_EQ(stores_.Queued(id_), "");
}

TEST_F(ImportedEnrollmentTest, ControllerThatIsAwayHoldsUpTheAdoptionOnly) {
  overlay_.GoAway();
  EXPECT_EQ(worker_.RunOnce().value().outcome, WorkOutcome::kFailed);
  EXPECT_TRUE(Fails(Enroll().status(), ErrorReason::kOverlayUnavailable));
  EXPECT_EQ(stores_.rig.Value("SELECT adopted_at IS NULL FROM imported_runners"), "t");

  overlay_.ComeBack();

  EXPECT_TRUE(Enroll().ok());
}

}  // namespace
}  // namespace runners::testing
