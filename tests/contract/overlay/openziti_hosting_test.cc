#include <gtest/gtest.h>

#include "adapters/openziti/envelope.h"
#include "adapters/openziti/filter.h"
#include "runners/runner.h"
#include "tests/contract/overlay/controller_rig.h"

namespace runners::testing {
namespace {

using nlohmann::json;
using openziti::HttpMethod;
using openziti::TextAt;

// Removal of identities that host their service while they are removed.
class OpenZitiHosting : public ::testing::TestWithParam<ControllerKind> {
 protected:
  Overlay& overlay() { return rig_->overlay(); }
  ControllerAdmin& admin() { return rig_->admin(); }

  // The id of a new identity.
  std::string Issue(std::int64_t generation) {
    EXPECT_EQ(overlay().EnsureRunner(runner_, SoonEnough()), absl::OkStatus());
    auto issued =
        overlay().IssueIdentity({runner_, generation, NewText()}, std::nullopt, SoonEnough());
    EXPECT_EQ(issued.status(), absl::OkStatus());
    return issued.ok() ? issued->overlay_id : "";
  }

  void Host(const std::string& identity) {
    const std::string service =
        TextAt(admin().FindByName("services", OverlayServiceName(runner_)), "id");
    admin().Develop(HttpMethod::kPost, "/terminators",
                    {{"identity", identity}, {"service", service}});
  }

  std::size_t TerminatorsOf(const std::string& identity) {
    return admin().List("terminators", openziti::Equals("hostId", identity)).size();
  }

  const RunnerId runner_ = NewRunnerId();
  std::unique_ptr<ControllerRig> rig_ = GetParam().make();
};

TEST_P(OpenZitiHosting, RemovedIdentityStopsHostingAndItsSuccessorGoesOn) {
  const std::string first = Issue(1);
  const std::string second = Issue(2);
  for (const std::string& host : {first, first, second}) Host(host);
  ASSERT_EQ(TerminatorsOf(first), 2U);

  const auto removed = overlay().RemoveIdentity(runner_, 1, SoonEnough());

  ASSERT_EQ(removed.status(), absl::OkStatus());
  EXPECT_EQ(*removed, Removal::kRemoved);
  EXPECT_EQ(TerminatorsOf(first), 0U);
  EXPECT_EQ(TerminatorsOf(second), 1U);
}

TEST_P(OpenZitiHosting, RemovedRunnerStopsHosting) {
  const std::string identity = Issue(1);
  Host(identity);

  ASSERT_EQ(overlay().RemoveRunner(runner_, SoonEnough()).status(), absl::OkStatus());

  EXPECT_EQ(TerminatorsOf(identity), 0U);
}

TEST_P(OpenZitiHosting, RemovalThatStoppedHalfWayIsFinished) {
  const std::string identity = Issue(1);
  Host(identity);
  admin().Delete("identities", identity);
  const bool hosts_on = TerminatorsOf(identity) == 1;
  EXPECT_EQ(hosts_on, GetParam().name == "DevLine16Oidc");

  const auto removed = overlay().RemoveIdentity(runner_, 1, SoonEnough());
  const auto again = overlay().RemoveIdentity(runner_, 1, SoonEnough());

  ASSERT_EQ(removed.status(), absl::OkStatus());
  EXPECT_EQ(*removed, hosts_on ? Removal::kRemoved : Removal::kNothingThere);
  ASSERT_EQ(again.status(), absl::OkStatus());
  EXPECT_EQ(*again, Removal::kNothingThere);
  EXPECT_EQ(TerminatorsOf(identity), 0U);
}

TEST_P(OpenZitiHosting, OverloadWhileTerminatorsAreRemovedIsRepeated) {
  const std::string identity = Issue(1);
  Host(identity);
  rig_->gateway().Spoil("GET", "/edge/management/v1/terminators", Fault::kFollowerError, 2);
  rig_->gateway().Spoil("DELETE", "/edge/management/v1/terminators", Fault::kOverload, 2);

  EXPECT_EQ(overlay().RemoveIdentity(runner_, 1, SoonEnough()).status(), absl::OkStatus());

  EXPECT_EQ(TerminatorsOf(identity), 0U);
}

INSTANTIATE_TEST_SUITE_P(Controllers, OpenZitiHosting, ::testing::ValuesIn(HostingControllers()),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace runners::testing
