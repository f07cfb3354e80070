#include "adapters/openziti/runner_services.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "adapters/openziti/edge_url.h"
#include "adapters/system/crypto.h"
#include "adapters/system/system_clock.h"
#include "core/support/error.h"
#include "core/support/mutex.h"
#include "tests/support/scripted_https_server.h"

namespace runners::openziti {
namespace {

using nlohmann::json;
using runners::testing::ScriptedAnswer;
using runners::testing::ScriptedHttpsServer;
using runners::testing::ScriptedRequest;

constexpr char kInstance[] = "11111111-0000-4000-8000-000000000001";
constexpr char kRunner[] = "a1b2c3d4-0000-4000-8000-000000000001";

ScriptedAnswer Refusal() {
  return {400, R"({"error":{"code":"COULD_NOT_VALIDATE"}})", ""};
}

// A management API of services and policies that can lose the service, be raced by another replica
// and break down, each at a moment that no real controller can be made to hit.
class RunnerServicesFixture : public ::testing::Test {
 protected:
  ScriptedAnswer Answer(const ScriptedRequest& request) {
    const std::string path = request.path.substr(std::string("/edge/management/v1/").size());
    if (path == "authenticate")
      return {200, R"({"data":{"expirationSeconds":1800,"token":"t"}})", ""};
    const MutexLock lock(mutex_);
    if (broken_) return {503, R"({"error":{"code":"TIMEOUT"}})", ""};
    json& rows = path == "services" ? services_ : policies_;
    if (request.method == "POST") return Create(rows, json::parse(request.body));
    if (path == "service-policies" && services_to_lose_ > 0) {
      --services_to_lose_;
      services_ = json::array();
    }
    return {200,
            json{{"data", rows}, {"meta", {{"pagination", {{"totalCount", rows.size()}}}}}}.dump(),
            ""};
  }

  ScriptedAnswer Create(json& rows, json row) {
    const bool policy = &rows == &policies_;
    if (policy && breaks_after_refusal_) {
      broken_ = true;
      return Refusal();
    }
    if (policy && (refuses_policies_ || !HasService(row["serviceRoles"][0]))) return Refusal();
    row["id"] = "id" + std::to_string(++made_);
    rows.push_back(row);
    return {201, json{{"data", {{"id", row["id"]}}}}.dump(), ""};
  }

  bool HasService(const std::string& role) const {
    return std::any_of(services_.begin(), services_.end(), [&](const json& service) {
      return role == "@" + service["id"].get<std::string>();
    });
  }

  absl::Status Ensure() {
    return runner_services_.Ensure(*RunnerId::Parse(kRunner), clock_.Now() + absl::Seconds(20));
  }
  int Posts(const std::string& collection) const {
    return server_.Count("POST", "/edge/management/v1/" + collection);
  }

  OpenZitiOptions Options() {
    OpenZitiOptions options;
    options.ca_file = server_.ca_file();
    options.username = "admin";
    options.password = Secret("p");
    return options;
  }

  Mutex mutex_;
  json services_ = json::array();
  json policies_ = json::array();
  int services_to_lose_ = 0;  // before the next lists of policies
  bool refuses_policies_ = false;
  bool breaks_after_refusal_ = false;  // refuses the next policy and answers nothing after it
  bool broken_ = false;
  int made_ = 0;
  system::SystemClock clock_;
  NoFaults faults_;
  system::OsEntropy entropy_;
  ScriptedHttpsServer server_{[this](const ScriptedRequest& request) { return Answer(request); }};
  EdgeClient client_{Options(), *EdgeUrl::Parse(server_.url()), *EdgeUrl::Parse(server_.url()),
                     clock_, faults_};
  OwnedObjects objects_{client_, kInstance};
  const Repeats repeats_{clock_, entropy_, absl::Milliseconds(10)};
  RunnerServices runner_services_{client_, objects_, repeats_};
};

TEST_F(RunnerServicesFixture, ServiceThatIsGoneWhenThePolicyNamesItIsMadeAnew) {
  services_to_lose_ = 1;

  EXPECT_EQ(Ensure(), absl::OkStatus());

  ASSERT_EQ(services_.size(), 1U);
  ASSERT_EQ(policies_.size(), 1U);
  EXPECT_TRUE(HasService(policies_[0]["serviceRoles"][0]));
  EXPECT_EQ(Posts("services"), 2);
}

TEST_F(RunnerServicesFixture, ServiceThatKeepsGoingIsRejectedAfterTheSecondTry) {
  services_to_lose_ = 1000;

  EXPECT_TRUE(HasReason(Ensure(), ErrorReason::kOverlayRejected));

  EXPECT_EQ(Posts("services"), 2);
}

TEST_F(RunnerServicesFixture, PolicyRefusedForAnotherReasonIsRejectedAfterOneTry) {
  refuses_policies_ = true;

  EXPECT_TRUE(HasReason(Ensure(), ErrorReason::kOverlayRejected));

  EXPECT_EQ(Posts("services"), 1);
  EXPECT_EQ(Posts("service-policies"), 1);
}

// Another replica has made the policy, so ours is refused; and then the controller dies before we
// can see that. Nothing is wrong with what we asked for.
TEST_F(RunnerServicesFixture, RefusalNobodyCouldLookAfterIsPassingTrouble) {
  breaks_after_refusal_ = true;

  EXPECT_TRUE(HasReason(Ensure(), ErrorReason::kOverlayUnavailable));
}

}  // namespace
}  // namespace runners::openziti
