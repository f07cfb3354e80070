#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "tests/contract/dev_controller/controller_fixture.h"

namespace runners::testing {
namespace {

using nlohmann::json;
using openziti::HttpMethod;
using openziti::HttpResponse;
using openziti::TextAt;
using ::testing::ElementsAre;
using Services = std::vector<RunnerLogin::Service>;

class DevControllerNetwork : public ::testing::Test {
 protected:
  // A service that identities with the attribute "runner" may bind.
  std::string NewBoundService(const std::string& name) {
    const std::string id = running_.NewService(name);
    running_.admin.Create("service-policies", {{"name", name + "-bind"},
                                               {"type", "Bind"},
                                               {"semantic", "AnyOf"},
                                               {"identityRoles", json::array({"#runner"})},
                                               {"serviceRoles", json::array({"@" + id})}});
    return id;
  }

  RunningController running_{OptionsFor("2.0")};
};

TEST_F(DevControllerNetwork, SdkMayDoWhatPoliciesSayAndLeavesARecord) {
  const std::string bound = NewBoundService("bound");
  const std::string other = running_.NewService("other");
  RunnerLogin runner(running_.NewIdentityFile("a runner", "runner"));
  ASSERT_EQ(runner.LogIn(), 200);

  EXPECT_EQ(runner.Services(), (Services{{"bound", {"Bind"}}}));
  const HttpResponse granted = runner.AskFor("Bind", bound);
  EXPECT_EQ(granted.status, 201);
  EXPECT_EQ(runner.AskFor("Bind", bound).status, 201);
  const HttpResponse wrong_way = runner.AskFor("Dial", bound);
  EXPECT_EQ(wrong_way.status, 400);
  EXPECT_EQ(openziti::ErrorCodeOf(wrong_way), "COULD_NOT_VALIDATE");
  const HttpResponse unseen = runner.AskFor("Bind", other);
  EXPECT_EQ(unseen.status, 404);
  EXPECT_EQ(openziti::ErrorCodeOf(unseen), "NOT_FOUND");

  const json record = running_.admin.Develop(HttpMethod::kGet, "/record");
  ASSERT_EQ(record["logins"].size(), 1U);
  EXPECT_EQ(record["logins"][0]["method"], "cert");
  const std::string identity = TextAt(running_.admin.FindByName("identities", "a runner"), "id");
  EXPECT_EQ(record["logins"][0]["identityId"], identity);
  std::vector<bool> outcomes;
  for (const json& asked : record["sessions"]) outcomes.push_back(asked["granted"].get<bool>());
  EXPECT_THAT(outcomes, ElementsAre(true, true, false, false));
}

TEST_F(DevControllerNetwork, ForeignCertificateKeepsAnSdkOut) {
  const Secret file = running_.NewIdentityFile("a runner", "runner");
  running_.admin.Develop(HttpMethod::kPatch, "/listeners/client", {{"certificate", "foreign"}});
  EXPECT_EQ(RunnerLogin(file).LogIn(), 0);

  running_.admin.Develop(HttpMethod::kPatch, "/listeners/client", {{"certificate", "own"}});
  EXPECT_EQ(RunnerLogin(file).LogIn(), 200);
}

TEST_F(DevControllerNetwork, TerminatorsComeAndGoWithTheirRouter) {
  const std::string service = NewBoundService("bound");
  (void)running_.NewIdentityFile("a runner", "runner");
  const std::string identity = TextAt(running_.admin.FindByName("identities", "a runner"), "id");
  ControllerAdmin& admin = running_.admin;
  const json router = admin.Develop(HttpMethod::kPost, "/routers", {{"name", "second"}});
  const std::string router_id = TextAt(router, "id");
  admin.Develop(HttpMethod::kPost, "/terminators",
                {{"identity", identity}, {"service", service}, {"router", router_id}});

  const std::vector<json> rows = admin.List("terminators", "service.name contains \"bou\"");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(TextAt(rows[0], "hostId"), identity);
  EXPECT_EQ(TextAt(rows[0], "routerId"), router_id);
  admin.Develop(HttpMethod::kPatch, "/routers/" + router_id, {{"isOnline", false}});
  EXPECT_EQ(admin.FindByName("edge-routers", "second")["isOnline"], false);
  EXPECT_EQ(admin.List("terminators", "").size(), 1U) << "rows stay while a router is away";
  admin.Develop(HttpMethod::kDelete, "/routers/" + router_id);
  EXPECT_EQ(admin.List("terminators", "").size(), 0U);
}

TEST_F(DevControllerNetwork, WrittenIsKeptWhenItIsKilled) {
  const Secret file = running_.NewIdentityFile("a runner", "runner");
  for (int i = 0; i < 20; ++i) running_.NewService("service " + std::to_string(i));

  running_.process.Kill();
  running_.process.Start();

  EXPECT_EQ(running_.admin.List("services", "").size(), 20U);
  EXPECT_EQ(RunnerLogin(file).LogIn(), 200);
}

// How long a session lives under steady use.
class DevControllerSession : public ::testing::Test {
 protected:
  static int StatusAfterSteadyUse(const std::string& line) {
    DevControllerOptions options = OptionsFor(line);
    options.session_timeout = absl::Seconds(1);
    RunningController running(options);
    const std::string session = running.NewSession();
    const std::string url = running.process.management_url() + "/current-api-session";
    int status = 0;
    for (const absl::Time end = absl::Now() + absl::Milliseconds(1500); absl::Now() < end;) {
      const auto answer = running.Send(HttpMethod::kGet, url, session);
      status = answer.ok() ? answer->status : 0;
    }
    return status;
  }
};

TEST_F(DevControllerSession, LivesAsLongAsItIsUsedOn16) {
  EXPECT_EQ(StatusAfterSteadyUse("1.6"), 200);
}

TEST_F(DevControllerSession, EndsInSpiteOfUseOn20) {
  EXPECT_EQ(StatusAfterSteadyUse("2.0"), 401);
}

class DevControllerPermission : public ::testing::TestWithParam<std::string> {};

TEST_P(DevControllerPermission, OfAServiceIsEnoughOn20AndNothingOn16) {
  RunningController running(OptionsFor(GetParam()));
  const Secret file = running.NewIdentityFile("an operator", "operator");
  const std::string id = TextAt(running.admin.FindByName("identities", "an operator"), "id");
  const json change = {{"permissions", json::array({"service"})}};
  ASSERT_EQ(running.admin.Send(HttpMethod::kPatch, "/identities/" + id, change).status, 200);
  // At the management API the same certificate logs in.
  json operator_file = json::parse(file.Reveal());
  operator_file["ztAPI"] = running.process.management_url();
  RunnerLogin caller{Secret(operator_file.dump())};
  ASSERT_EQ(caller.LogIn(), 200);

  if (GetParam() == "2.0") {
    EXPECT_TRUE(caller.Services().empty());
  } else {
    EXPECT_THROW(caller.Services(), std::runtime_error);
  }
}

INSTANTIATE_TEST_SUITE_P(Lines, DevControllerPermission, ::testing::Values("1.6", "2.0"),
                         [](const auto& line) { return "Line" + line.param.substr(0, 1); });

}  // namespace
}  // namespace runners::testing
