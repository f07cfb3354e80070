#include <gtest/gtest.h>

#include "absl/status/status.h"
#include "adapters/openziti/envelope.h"
#include "core/support/error.h"
#include "runners/runner.h"
#include "tests/contract/overlay/controller_rig.h"
#include "tests/contract/overlay/overlay_rig.h"

namespace runners::testing {
namespace {

using nlohmann::json;
using Names = std::set<std::string>;

// What every implementation of the Overlay port promises of objects of the earlier service.
class AdoptionContract : public ::testing::TestWithParam<RigKind> {
 protected:
  AdoptionContract()
      : inherited_{rig_->PlantForeign(OverlayObject::kService, service_),
                   rig_->PlantForeign(OverlayObject::kIdentity, "old-" + runner_.text())} {}

  Overlay& overlay() { return rig_->overlay(); }
  absl::Status Adopt() { return overlay().Adopt(runner_, inherited_, SoonEnough()); }
  absl::Status Ensure() { return overlay().EnsureRunner(runner_, SoonEnough()); }
  Names Identities() { return rig_->Names(OverlayObject::kIdentity, runner_); }

  const RunnerId runner_ = NewRunnerId();
  const std::string service_ = OverlayServiceName(runner_);
  std::unique_ptr<OverlayRig> rig_ = GetParam().make();
  const InheritedObjects inherited_;
};

TEST_P(AdoptionContract, ServiceIsInTheWayUntilItIsAdopted) {
  EXPECT_TRUE(HasReason(Ensure(), ErrorReason::kOverlayConflict));

  EXPECT_EQ(Adopt(), absl::OkStatus());

  EXPECT_EQ(Ensure(), absl::OkStatus());
  EXPECT_EQ(rig_->Names(OverlayObject::kService, runner_), Names{service_});
}

TEST_P(AdoptionContract, IdentityLivesOnAsTheFirstGenerationUntilThatIsRemoved) {
  EXPECT_EQ(Adopt(), absl::OkStatus());
  EXPECT_EQ(Adopt(), absl::OkStatus());
  EXPECT_TRUE(rig_->IsAlive(inherited_.identity_id));
  EXPECT_EQ(Identities(), Names{service_ + "-g1"});

  EXPECT_EQ(overlay().RemoveIdentity(runner_, 1, SoonEnough()).value(), Removal::kRemoved);

  EXPECT_FALSE(rig_->IsAlive(inherited_.identity_id));
}

TEST_P(AdoptionContract, RemovingTheRunnerTakesWhatWasAdopted) {
  ASSERT_EQ(Adopt(), absl::OkStatus());

  EXPECT_EQ(overlay().RemoveRunner(runner_, SoonEnough()).value(), Removal::kRemoved);

  EXPECT_FALSE(rig_->IsAlive(inherited_.identity_id));
  EXPECT_EQ(rig_->Names(OverlayObject::kService, runner_), Names{});
}

TEST_P(AdoptionContract, WhatIsGoneOrOfAnotherRunnerIsLeftAlone) {
  const RunnerId other = NewRunnerId();
  const InheritedObjects gone{"no-such-service", "no-such-identity"};
  ASSERT_EQ(overlay().Adopt(other, gone, SoonEnough()), absl::OkStatus());
  ASSERT_EQ(overlay().Adopt(other, {}, SoonEnough()), absl::OkStatus());
  ASSERT_EQ(Adopt(), absl::OkStatus());

  EXPECT_EQ(overlay().Adopt(other, inherited_, SoonEnough()), absl::OkStatus());

  EXPECT_EQ(Ensure(), absl::OkStatus()) << "the service is still the runner's";
  EXPECT_EQ(Identities(), Names{service_ + "-g1"});
}

TEST_P(AdoptionContract, ControllerThatIsAwayIsUnavailable) {
  rig_->GoAway();
  const absl::Status adopted =
      overlay().Adopt(runner_, inherited_, absl::Now() + absl::Milliseconds(300));
  rig_->ComeBack();

  EXPECT_TRUE(HasReason(adopted, ErrorReason::kOverlayUnavailable));
}

INSTANTIATE_TEST_SUITE_P(Rigs, AdoptionContract, ::testing::ValuesIn(AllRigs()),
                         [](const auto& tested) { return tested.param.name; });

// What the adapter leaves of it at a controller.
class OpenZitiAdoption : public ::testing::TestWithParam<ControllerKind> {
 protected:
  ControllerAdmin& admin() { return rig_->admin(); }
  std::string Path(const std::string& collection, const std::string& id) {
    return "/" + collection + "/" + id;
  }
  void Patch(const std::string& path, const json& fields) {
    ASSERT_EQ(admin().Send(openziti::HttpMethod::kPatch, path, fields).status, 200);
  }
  absl::Status Adopt() {
    return rig_->overlay().Adopt(runner_, {service_id_, identity_id_}, SoonEnough());
  }

  const RunnerId runner_ = NewRunnerId();
  const std::string service_ = OverlayServiceName(runner_);
  std::unique_ptr<ControllerRig> rig_ = GetParam().make();
  const std::string service_id_ = rig_->PlantForeign(OverlayObject::kService, service_);
  const std::string identity_id_ =
      rig_->PlantForeign(OverlayObject::kIdentity, "old-" + runner_.text());
};

TEST_P(OpenZitiAdoption, RolesAndTagsThatAreThereStay) {
  const json shared = {{"roleAttributes", {"shared"}},
                       {"tags", {{"owner", "somebody"}, {"rack", 7}, {"spare", true}}}};
  Patch(Path("services", service_id_), shared);
  Patch(Path("identities", identity_id_), shared);

  EXPECT_EQ(Adopt(), absl::OkStatus());

  json tags = {{"owner", "somebody"},
               {"rack", 7},
               {"spare", true},
               {"managed-by", "runners"},
               {"instance-id", rig_->instance_id()},
               {"runner-id", runner_.text()}};
  const json service = admin().FindByName("services", service_);
  EXPECT_EQ(service["tags"], tags);
  EXPECT_EQ(service["roleAttributes"], json::array({"shared"}));
  tags["generation"] = 1;
  const json identity = admin().FindByName("identities", service_ + "-g1");
  EXPECT_EQ(identity["tags"], tags);
  EXPECT_EQ(identity["roleAttributes"], json::array({"shared"}));
  EXPECT_EQ(identity["id"], identity_id_);
}

TEST_P(OpenZitiAdoption, ServiceOfAnotherNameAndIdentityOfAnAdministratorStayForeign) {
  Patch(Path("services", service_id_), {{"name", "renamed-" + service_}});
  Patch(Path("identities", identity_id_), {{"isAdmin", true}});

  EXPECT_EQ(Adopt(), absl::OkStatus());

  EXPECT_TRUE(admin().ListByTag("services", "runner-id", runner_.text()).empty());
  EXPECT_TRUE(admin().ListByTag("identities", "runner-id", runner_.text()).empty());
}

TEST_P(OpenZitiAdoption, ObjectsOfAnotherInstallationStayThat) {
  openziti::OpenZitiOptions options = rig_->Options();
  options.instance_id = NewText();
  ASSERT_EQ(Adopt(), absl::OkStatus());

  EXPECT_EQ(rig_->Make(options)->Adopt(runner_, {service_id_, identity_id_}, SoonEnough()),
            absl::OkStatus());

  EXPECT_EQ(admin().FindByName("services", service_)["tags"]["instance-id"], rig_->instance_id());
}

INSTANTIATE_TEST_SUITE_P(Controllers, OpenZitiAdoption, ::testing::ValuesIn(AllControllers()),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace runners::testing
