#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "absl/time/clock.h"
#include "core/support/error.h"
#include "runners/runner.h"
#include "tests/contract/overlay/overlay_rig.h"
#include "tests/support/certificate_requests.h"

namespace runners::testing {
namespace {

using Names = std::set<std::string>;

// What every implementation of the Overlay port promises.
class OverlayContract : public ::testing::TestWithParam<RigKind> {
 protected:
  Overlay& overlay() { return rig_->overlay(); }
  IdentityKey Key(std::int64_t generation) { return {runner_, generation, NewText()}; }
  Names Services() { return rig_->Names(OverlayObject::kService, runner_); }
  Names Policies() { return rig_->Names(OverlayObject::kPolicy, runner_); }
  Names Identities() { return rig_->Names(OverlayObject::kIdentity, runner_); }

  const RunnerId runner_ = NewRunnerId();
  const std::string service_ = OverlayServiceName(runner_);
  const std::string policy_ = service_ + "-bind";
  std::unique_ptr<OverlayRig> rig_ = GetParam().make();
};

TEST_P(OverlayContract, ThereIsAnOverlay) {
  EXPECT_TRUE(overlay().Configured().ok());
}

TEST_P(OverlayContract, EnsureTwiceMakesOneServiceAndOnePolicy) {
  EXPECT_EQ(overlay().EnsureRunner(runner_, SoonEnough()), absl::OkStatus());
  EXPECT_EQ(overlay().EnsureRunner(runner_, SoonEnough()), absl::OkStatus());

  EXPECT_EQ(Services(), Names{service_});
  EXPECT_EQ(Policies(), Names{policy_});
  EXPECT_EQ(Identities(), Names{});
}

TEST_P(OverlayContract, EnsureAfterALostAnswerAdoptsWhatIsThere) {
  rig_->LoseNextAnswer();
  (void)overlay().EnsureRunner(runner_, SoonEnough());

  EXPECT_EQ(overlay().EnsureRunner(runner_, SoonEnough()), absl::OkStatus());
  EXPECT_EQ(Services(), Names{service_});
  EXPECT_EQ(Policies(), Names{policy_});
}

TEST_P(OverlayContract, ForeignServiceIsAConflictAndStays) {
  rig_->PlantForeign(OverlayObject::kService, service_);

  const absl::Status ensured = overlay().EnsureRunner(runner_, SoonEnough());

  EXPECT_TRUE(HasReason(ensured, ErrorReason::kOverlayConflict));
  EXPECT_EQ(Services(), Names{service_});
}

TEST_P(OverlayContract, ForeignPolicyIsAConflictAndStays) {
  rig_->PlantForeign(OverlayObject::kPolicy, policy_);

  const absl::Status ensured = overlay().EnsureRunner(runner_, SoonEnough());

  EXPECT_TRUE(HasReason(ensured, ErrorReason::kOverlayConflict));
  EXPECT_EQ(Policies(), Names{policy_});
}

TEST_P(OverlayContract, ForeignIdentityIsAConflictAndStays) {
  const IdentityKey key = Key(1);
  rig_->PlantForeign(OverlayObject::kIdentity, key.name());

  const auto issued = overlay().IssueIdentity(key, std::nullopt, SoonEnough());
  const auto removed = overlay().RemoveIdentity(runner_, 1, SoonEnough());

  EXPECT_TRUE(HasReason(issued.status(), ErrorReason::kOverlayConflict));
  EXPECT_TRUE(HasReason(removed.status(), ErrorReason::kOverlayConflict));
  EXPECT_EQ(Identities(), Names{key.name()});
}

TEST_P(OverlayContract, IssuedFileHasTheShapeTheSdksRead) {
  const auto issued = overlay().IssueIdentity(Key(1), std::nullopt, SoonEnough());

  ASSERT_EQ(issued.status(), absl::OkStatus());
  EXPECT_FALSE(issued->overlay_id.empty());
  EXPECT_TRUE(rig_->IsAlive(issued->overlay_id));
  const nlohmann::json file = nlohmann::json::parse(issued->identity_file.Reveal(), nullptr, false);
  ASSERT_TRUE(file.is_object());
  EXPECT_TRUE(file.value("ztAPI", "").ends_with("/edge/client/v1"));
  for (const char* part : {"key", "cert", "ca"}) {
    EXPECT_TRUE(file["id"].value(part, "").starts_with("pem:")) << part;
  }
}

TEST_P(OverlayContract, FileOfARequestHasAllButTheKey) {
  const std::string request = NewRequest(RequestKey::kP256).csr_pem;

  const auto issued = overlay().IssueIdentity(Key(1), request, SoonEnough());

  ASSERT_EQ(issued.status(), absl::OkStatus());
  EXPECT_TRUE(rig_->IsAlive(issued->overlay_id));
  const nlohmann::json file = nlohmann::json::parse(issued->identity_file.Reveal(), nullptr, false);
  ASSERT_TRUE(file.is_object());
  EXPECT_TRUE(file.value("ztAPI", "").ends_with("/edge/client/v1"));
  EXPECT_FALSE(file["id"].contains("key"));
  for (const char* part : {"cert", "ca"}) {
    EXPECT_TRUE(file["id"].value(part, "").starts_with("pem:")) << part;
  }
}

TEST_P(OverlayContract, AnotherAttemptReplacesTheIdentityOfItsName) {
  const auto first = overlay().IssueIdentity(Key(1), std::nullopt, SoonEnough());
  const auto second = overlay().IssueIdentity(Key(1), std::nullopt, SoonEnough());

  ASSERT_EQ(first.status(), absl::OkStatus());
  ASSERT_EQ(second.status(), absl::OkStatus());
  EXPECT_NE(first->overlay_id, second->overlay_id);
  EXPECT_FALSE(rig_->IsAlive(first->overlay_id));
  EXPECT_TRUE(rig_->IsAlive(second->overlay_id));
  EXPECT_EQ(Identities(), Names{Key(1).name()});
}

TEST_P(OverlayContract, SameAttemptAgainGivesAnIdentityWithANewKey) {
  const IdentityKey key = Key(1);
  const auto first = overlay().IssueIdentity(key, std::nullopt, SoonEnough());
  const auto second = overlay().IssueIdentity(key, std::nullopt, SoonEnough());

  ASSERT_EQ(first.status(), absl::OkStatus());
  ASSERT_EQ(second.status(), absl::OkStatus());
  EXPECT_NE(first->identity_file.Reveal(), second->identity_file.Reveal());
  EXPECT_TRUE(rig_->IsAlive(second->overlay_id));
  EXPECT_EQ(Identities(), Names{key.name()});
}

TEST_P(OverlayContract, IssueAfterALostAnswerEndsWithOneIdentity) {
  const IdentityKey key = Key(1);
  rig_->LoseNextAnswer();
  (void)overlay().IssueIdentity(key, std::nullopt, SoonEnough());

  EXPECT_EQ(overlay().IssueIdentity(key, std::nullopt, SoonEnough()).status(), absl::OkStatus());
  EXPECT_EQ(Identities(), Names{key.name()});
}

TEST_P(OverlayContract, GenerationsLiveSideBySide) {
  const auto first = overlay().IssueIdentity(Key(1), std::nullopt, SoonEnough());
  const auto second = overlay().IssueIdentity(Key(2), std::nullopt, SoonEnough());

  ASSERT_EQ(first.status(), absl::OkStatus());
  ASSERT_EQ(second.status(), absl::OkStatus());
  EXPECT_TRUE(rig_->IsAlive(first->overlay_id));
  EXPECT_TRUE(rig_->IsAlive(second->overlay_id));
}

TEST_P(OverlayContract, RemovalTakesOneGenerationAndThenFindsNothing) {
  const auto first = overlay().IssueIdentity(Key(1), std::nullopt, SoonEnough());
  const auto second = overlay().IssueIdentity(Key(2), std::nullopt, SoonEnough());
  ASSERT_EQ(first.status(), absl::OkStatus());
  ASSERT_EQ(second.status(), absl::OkStatus());

  const auto removed = overlay().RemoveIdentity(runner_, 1, SoonEnough());
  const auto again = overlay().RemoveIdentity(runner_, 1, SoonEnough());

  ASSERT_EQ(removed.status(), absl::OkStatus());
  EXPECT_EQ(*removed, Removal::kRemoved);
  ASSERT_EQ(again.status(), absl::OkStatus());
  EXPECT_EQ(*again, Removal::kNothingThere);
  EXPECT_FALSE(rig_->IsAlive(first->overlay_id));
  EXPECT_TRUE(rig_->IsAlive(second->overlay_id));
}

TEST_P(OverlayContract, RunnerRemovalTakesEverythingOfItAndNothingOfOthers) {
  const RunnerId other = NewRunnerId();
  for (const RunnerId& runner : {runner_, other}) {
    ASSERT_EQ(overlay().EnsureRunner(runner, SoonEnough()), absl::OkStatus());
    for (const std::int64_t generation : {1, 2, 3}) {
      const IdentityKey key{runner, generation, NewText()};
      ASSERT_EQ(overlay().IssueIdentity(key, std::nullopt, SoonEnough()).status(),
                absl::OkStatus());
    }
  }

  const auto removed = overlay().RemoveRunner(runner_, SoonEnough());
  const auto again = overlay().RemoveRunner(runner_, SoonEnough());

  ASSERT_EQ(removed.status(), absl::OkStatus());
  EXPECT_EQ(*removed, Removal::kRemoved);
  ASSERT_EQ(again.status(), absl::OkStatus());
  EXPECT_EQ(*again, Removal::kNothingThere);
  EXPECT_EQ(Services(), Names{});
  EXPECT_EQ(Policies(), Names{});
  EXPECT_EQ(Identities(), Names{});
  EXPECT_EQ(rig_->Names(OverlayObject::kService, other).size(), 1U);
  EXPECT_EQ(rig_->Names(OverlayObject::kPolicy, other).size(), 1U);
  EXPECT_EQ(rig_->Names(OverlayObject::kIdentity, other).size(), 3U);
}

TEST_P(OverlayContract, RunnerRemovalLeavesAForeignServiceAndTakesTheRest) {
  ASSERT_EQ(overlay().IssueIdentity(Key(1), std::nullopt, SoonEnough()).status(), absl::OkStatus());
  rig_->PlantForeign(OverlayObject::kService, service_);

  const auto removed = overlay().RemoveRunner(runner_, SoonEnough());

  EXPECT_TRUE(HasReason(removed.status(), ErrorReason::kOverlayConflict));
  EXPECT_EQ(Services(), Names{service_});
  EXPECT_EQ(Identities(), Names{});
}

TEST_P(OverlayContract, AwayIsUnavailableInsideTheDeadlineAndPasses) {
  rig_->GoAway();
  const absl::Time deadline = absl::Now() + absl::Seconds(1);
  const absl::Status ensured = overlay().EnsureRunner(runner_, deadline);
  const absl::Time answered = absl::Now();
  rig_->ComeBack();

  ASSERT_TRUE(HasReason(ensured, ErrorReason::kOverlayUnavailable));
  EXPECT_TRUE(DetailOf(ensured).retry_after);
  EXPECT_LT(answered, deadline + absl::Seconds(1));
  absl::Status later = ensured;
  for (const absl::Time limit = SoonEnough(); !later.ok() && absl::Now() < limit;)
    later = overlay().EnsureRunner(runner_, SoonEnough());
  EXPECT_EQ(later, absl::OkStatus());
}

TEST_P(OverlayContract, NothingIsLeftToDoAfterTheDeadline) {
  const absl::Time past = absl::Now() - absl::Seconds(1);

  for (const absl::Status& status : {overlay().EnsureRunner(runner_, past),
                                     overlay().IssueIdentity(Key(1), std::nullopt, past).status(),
                                     overlay().RemoveIdentity(runner_, 1, past).status(),
                                     overlay().RemoveRunner(runner_, past).status()}) {
    EXPECT_TRUE(HasReason(status, ErrorReason::kOverlayUnavailable));
  }
}

INSTANTIATE_TEST_SUITE_P(Overlays, OverlayContract, ::testing::ValuesIn(AllRigs()),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace runners::testing
