#include <gtest/gtest.h>

#include "adapters/openziti/envelope.h"
#include "core/support/error.h"
#include "runners/runner.h"
#include "tests/contract/overlay/controller_rig.h"
#include "tests/support/certificate_requests.h"

namespace runners::testing {
namespace {

using nlohmann::json;
using openziti::TextAt;
using openziti::TextsAt;
using Services = std::vector<RunnerLogin::Service>;

// What the adapter leaves at a controller, and what a runner can do with it.
class OpenZitiContract : public ::testing::TestWithParam<ControllerKind> {
 protected:
  Overlay& overlay() { return rig_->overlay(); }
  ControllerAdmin& admin() { return rig_->admin(); }

  IssuedIdentity Issue(std::int64_t generation) {
    EXPECT_EQ(overlay().EnsureRunner(runner_, SoonEnough()), absl::OkStatus());
    auto issued =
        overlay().IssueIdentity({runner_, generation, NewText()}, std::nullopt, SoonEnough());
    EXPECT_EQ(issued.status(), absl::OkStatus());
    return issued.ok() ? *std::move(issued) : IssuedIdentity{};
  }

  const RunnerId runner_ = NewRunnerId();
  const std::string service_ = OverlayServiceName(runner_);
  const std::string policy_ = service_ + "-bind";
  std::unique_ptr<ControllerRig> rig_ = GetParam().make();
};

TEST_P(OpenZitiContract, IdentityFileLogsInAndMayBindItsOwnServiceOnly) {
  ASSERT_EQ(overlay().EnsureRunner(NewRunnerId(), SoonEnough()), absl::OkStatus());
  const IssuedIdentity issued = Issue(1);
  RunnerLogin runner(issued.identity_file);

  ASSERT_EQ(runner.LogIn(), 200);
  EXPECT_EQ(runner.Services(), (Services{{service_, {"Bind"}}}));
}

TEST_P(OpenZitiContract, FileOfARequestLogsInOnceItsKeyIsAdded) {
  ASSERT_EQ(overlay().EnsureRunner(runner_, SoonEnough()), absl::OkStatus());
  std::int64_t generation = 0;
  for (const RequestKey kind : {RequestKey::kP256, RequestKey::kP384, RequestKey::kRsa2048}) {
    const system::KeyAndRequest own = NewRequest(kind);

    const auto issued =
        overlay().IssueIdentity({runner_, ++generation, NewText()}, own.csr_pem, SoonEnough());

    ASSERT_EQ(issued.status(), absl::OkStatus()) << static_cast<int>(kind);
    RunnerLogin runner(WithKey(issued->identity_file, own.key_pem));
    EXPECT_EQ(runner.LogIn(), 200) << static_cast<int>(kind);
    EXPECT_EQ(runner.Services(), (Services{{service_, {"Bind"}}}));
  }
}

TEST_P(OpenZitiContract, RemovedIdentityIsRefusedAndItsSuccessorIsNot) {
  const IssuedIdentity first = Issue(1);
  const IssuedIdentity second = Issue(2);
  RunnerLogin old(first.identity_file);
  RunnerLogin fresh(second.identity_file);
  EXPECT_EQ(old.LogIn(), 200) << "both generations work until one is removed";
  EXPECT_EQ(fresh.LogIn(), 200);

  ASSERT_EQ(overlay().RemoveIdentity(runner_, 1, SoonEnough()).status(), absl::OkStatus());

  EXPECT_EQ(old.LogIn(), 401);
  EXPECT_EQ(fresh.LogIn(), 200);
  EXPECT_EQ(fresh.Services(), (Services{{service_, {"Bind"}}}));
}

TEST_P(OpenZitiContract, EveryObjectSaysWhoMadeItAndForWhat) {
  const std::string attempt = NewText();
  ASSERT_EQ(overlay().EnsureRunner(runner_, SoonEnough()), absl::OkStatus());
  ASSERT_EQ(overlay().IssueIdentity({runner_, 7, attempt}, std::nullopt, SoonEnough()).status(),
            absl::OkStatus());
  const json tags = {{"managed-by", "runners"},
                     {"instance-id", rig_->instance_id()},
                     {"runner-id", runner_.text()}};
  json identity_tags = tags;
  identity_tags["generation"] = 7;
  identity_tags["attempt-id"] = attempt;

  EXPECT_EQ(admin().FindByName("services", service_)["tags"], tags);
  EXPECT_EQ(admin().FindByName("service-policies", policy_)["tags"], tags);
  EXPECT_EQ(admin().FindByName("identities", service_ + "-g7")["tags"], identity_tags);
  for (const char* collection : {"services", "service-policies", "identities"}) {
    EXPECT_EQ(admin().ListByTag(collection, "runner-id", runner_.text()).size(), 1U) << collection;
  }
}

TEST_P(OpenZitiContract, ObjectsGiveTheRunnerNoMoreThanItsOwnService) {
  Issue(1);
  const json service = admin().FindByName("services", service_);
  const json policy = admin().FindByName("service-policies", policy_);
  const json identity = admin().FindByName("identities", service_ + "-g1");
  using Roles = std::vector<std::string>;

  EXPECT_EQ(TextsAt(service, "roleAttributes"), Roles{"runner-services"});
  EXPECT_TRUE(service["encryptionRequired"].get<bool>());
  EXPECT_EQ(TextAt(policy, "type"), "Bind");
  EXPECT_EQ(TextsAt(policy, "identityRoles"), Roles{"#" + service_});
  EXPECT_EQ(TextsAt(policy, "serviceRoles"), Roles{"@" + TextAt(service, "id")});
  EXPECT_EQ(TextsAt(identity, "roleAttributes"), Roles{service_});
  EXPECT_FALSE(identity["isAdmin"].get<bool>());
}

TEST_P(OpenZitiContract, PolicyOfADeletedServicePointsAtItsSuccessor) {
  const IssuedIdentity issued = Issue(1);
  admin().Delete("services", TextAt(admin().FindByName("services", service_), "id"));
  ASSERT_TRUE(TextsAt(admin().FindByName("service-policies", policy_), "serviceRoles").empty());

  EXPECT_EQ(overlay().EnsureRunner(runner_, SoonEnough()), absl::OkStatus());

  const std::string id = TextAt(admin().FindByName("services", service_), "id");
  EXPECT_EQ(TextsAt(admin().FindByName("service-policies", policy_), "serviceRoles"),
            std::vector<std::string>{"@" + id});
  RunnerLogin runner(issued.identity_file);
  ASSERT_EQ(runner.LogIn(), 200);
  EXPECT_EQ(runner.Services(), (Services{{service_, {"Bind"}}}));
}

TEST_P(OpenZitiContract, PolicySomebodyChangedIsPutRight) {
  Issue(1);
  const std::string id = TextAt(admin().FindByName("service-policies", policy_), "id");
  const json wide = {{"identityRoles", json::array({"#all"})}};
  ASSERT_EQ(admin().Send(openziti::HttpMethod::kPatch, "/service-policies/" + id, wide).status,
            200);

  EXPECT_EQ(overlay().EnsureRunner(runner_, SoonEnough()), absl::OkStatus());

  EXPECT_EQ(TextsAt(admin().FindByName("service-policies", policy_), "identityRoles"),
            std::vector<std::string>{"#" + service_});
}

TEST_P(OpenZitiContract, ObjectsOfAnotherInstallationAreForeign) {
  Issue(1);
  openziti::OpenZitiOptions options = rig_->Options();
  options.instance_id = NewText();
  const auto other = rig_->Make(options);

  EXPECT_TRUE(HasReason(other->EnsureRunner(runner_, SoonEnough()), ErrorReason::kOverlayConflict));
  EXPECT_TRUE(HasReason(other->RemoveIdentity(runner_, 1, SoonEnough()).status(),
                        ErrorReason::kOverlayConflict));
  EXPECT_TRUE(HasReason(other->RemoveRunner(runner_, SoonEnough()).status(),
                        ErrorReason::kOverlayConflict));
  EXPECT_FALSE(admin().FindByName("services", service_).is_null());
  EXPECT_FALSE(admin().FindByName("service-policies", policy_).is_null());
  EXPECT_FALSE(admin().FindByName("identities", service_ + "-g1").is_null());
}

TEST_P(OpenZitiContract, ControllerTellsItsVersion) {
  const auto version = rig_->openziti().Version(SoonEnough());

  ASSERT_EQ(version.status(), absl::OkStatus());
  EXPECT_EQ(*version == "development", rig_->process() != nullptr);
}

INSTANTIATE_TEST_SUITE_P(Controllers, OpenZitiContract, ::testing::ValuesIn(AllControllers()),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace runners::testing
