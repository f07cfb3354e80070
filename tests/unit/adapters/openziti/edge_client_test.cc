#include "adapters/openziti/edge_client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>

#include "adapters/system/system_clock.h"
#include "core/support/error.h"
#include "tests/support/scripted_https_server.h"

namespace runners::openziti {
namespace {

using runners::testing::ScriptedAnswer;
using runners::testing::ScriptedHttpsServer;
using runners::testing::ScriptedRequest;
using runners::testing::TempFolder;
using runners::testing::TestCa;

constexpr char kRoot[] = "/edge/management/v1";

std::string PageText(int rows, int total) {
  nlohmann::json page = {{"data", nlohmann::json::array()},
                         {"meta", {{"pagination", {{"totalCount", total}}}}}};
  for (int i = 0; i < rows; ++i) page["data"].push_back({{"id", "id-" + std::to_string(i)}});
  return page.dump();
}

// A controller whose answers behind the log-in are the test's.
class EdgeClientFixture : public ::testing::Test {
 protected:
  ScriptedAnswer Answer(const ScriptedRequest& request) {
    if (request.path != std::string(kRoot) + "/authenticate") return script_(request);
    return {
        200,
        R"({"data":{"expirationSeconds":1800,"token":"token-)" + std::to_string(++logins_) + "\"}}",
        ""};
  }

  OpenZitiOptions Options() {
    OpenZitiOptions options;
    options.ca_file = server_.ca_file();
    options.username = "admin";
    options.password = Secret("p");
    options.request_timeout = absl::Seconds(5);
    return options;
  }

  EdgeClient Client(const OpenZitiOptions& options) {
    const EdgeUrl url = *EdgeUrl::Parse(server_.url());
    return EdgeClient(options, url, url, clock_, faults_);
  }

  absl::Time Deadline() const { return clock_.Now() + absl::Seconds(20); }

  ErrorReason ReasonOfGet(const ScriptedAnswer& answer) {
    script_ = [answer](const ScriptedRequest&) { return answer; };
    EdgeClient client = Client(Options());
    const auto got = client.Get(EdgeCollection::kServices, "x", Deadline());
    return got.ok() ? ErrorReason::kInternal : ReasonOf(got.status());
  }

  ScriptedHttpsServer::Script script_ = [](const ScriptedRequest&) { return ScriptedAnswer{}; };
  std::atomic<int> logins_{0};
  system::SystemClock clock_;
  NoFaults faults_;
  ScriptedHttpsServer server_{[this](const ScriptedRequest& request) { return Answer(request); }};
};

TEST_F(EdgeClientFixture, ListReadsAllPages) {
  script_ = [](const ScriptedRequest& request) {
    const bool last = request.target.find("offset=1000") != std::string::npos;
    return ScriptedAnswer{200, PageText(last ? 200 : 500, 1200), ""};
  };
  EdgeClient client = Client(Options());

  const auto rows = client.List(EdgeCollection::kTerminators, "hostId=\"a\"", Deadline());

  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(rows->size(), 1200U);
  EXPECT_EQ(server_.Count("GET", std::string(kRoot) + "/terminators"), 3);
  EXPECT_NE(server_.requests().back().target.find("limit=500"), std::string::npos);
}

TEST_F(EdgeClientFixture, RowsOfAnotherNameAreNotTaken) {
  script_ = [](const ScriptedRequest&) {
    return ScriptedAnswer{200, R"({"data":[{"id":"x","name":"other"}],
        "meta":{"pagination":{"totalCount":1}}})",
                          ""};
  };
  EdgeClient client = Client(Options());

  const auto found = client.FindByName(EdgeCollection::kServices, "mine", Deadline());

  ASSERT_TRUE(found.ok());
  EXPECT_FALSE(*found);
}

TEST_F(EdgeClientFixture, ExpiredSessionIsReplacedOnce) {
  script_ = [](const ScriptedRequest& request) {
    if (request.session == "token-1") return ScriptedAnswer{401, "{}", ""};
    return ScriptedAnswer{200, R"({"data":{"id":"x"}})", ""};
  };
  EdgeClient client = Client(Options());

  EXPECT_TRUE(client.Get(EdgeCollection::kServices, "x", Deadline()).ok());
  EXPECT_EQ(logins_, 2);
}

TEST_F(EdgeClientFixture, MissingPermissionIsRejectedAfterOneNewLogin) {
  script_ = [](const ScriptedRequest&) { return ScriptedAnswer{401, "{}", ""}; };
  EdgeClient client = Client(Options());

  for (int i = 0; i < 5; ++i) {
    const auto got = client.Get(EdgeCollection::kServices, "x", Deadline());
    EXPECT_TRUE(HasReason(got.status(), ErrorReason::kOverlayRejected));
  }
  EXPECT_EQ(logins_, 2);
}

TEST_F(EdgeClientFixture, AnswersThatAreNoEdgeApiAreUnavailable) {
  const std::string huge = R"({"data":{"id":")" + std::string(9 << 20, 'x') + "\"}}";
  for (const std::string& body : {std::string(), std::string("<html>"), std::string("{\"data\":"),
                                  std::string("{}"), std::string(R"({"data":{}})"), huge}) {
    EXPECT_EQ(ReasonOfGet({200, body, ""}), ErrorReason::kOverlayUnavailable) << body.substr(0, 20);
  }
}

TEST_F(EdgeClientFixture, RedirectIsNotFollowed) {
  EXPECT_EQ(ReasonOfGet({302, "", server_.url() + "/elsewhere"}), ErrorReason::kOverlayUnavailable);
  EXPECT_EQ(server_.Count("GET", "/elsewhere"), 0);
}

TEST_F(EdgeClientFixture, StatusesAboveHttpsOwnAreRead) {
  EXPECT_EQ(ReasonOfGet({601, R"({"error":{"code":"COULD_NOT_VALIDATE"}})", ""}),
            ErrorReason::kOverlayRejected);
  EXPECT_EQ(ReasonOfGet({606, R"({"error":{"code":"COULD_NOT_VALIDATE"}})", ""}),
            ErrorReason::kOverlayRejected);
}

TEST_F(EdgeClientFixture, DeleteOfNothingIsSuccessOnlyWhenTheControllerSaysSo) {
  script_ = [](const ScriptedRequest& request) {
    const bool ours = request.path.ends_with("/gone");
    return ScriptedAnswer{404, ours ? R"({"error":{"code":"NOT_FOUND"}})" : "not here", ""};
  };
  EdgeClient client = Client(Options());

  const auto gone = client.Delete(EdgeCollection::kIdentities, "gone", Deadline());
  const auto proxy = client.Delete(EdgeCollection::kIdentities, "proxy", Deadline());

  ASSERT_TRUE(gone.ok());
  EXPECT_EQ(*gone, Removal::kNothingThere);
  EXPECT_TRUE(HasReason(proxy.status(), ErrorReason::kOverlayRejected));
}

TEST_F(EdgeClientFixture, AnswerThatDoesNotComeEndsAtTheDeadline) {
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  script_ = [released](const ScriptedRequest&) {
    released.wait();
    return ScriptedAnswer{};
  };
  EdgeClient client = Client(Options());
  const absl::Time deadline = clock_.Now() + absl::Milliseconds(700);

  const auto got = client.Get(EdgeCollection::kServices, "x", deadline);
  const absl::Time ended = clock_.Now();
  release.set_value();

  EXPECT_TRUE(HasReason(got.status(), ErrorReason::kOverlayUnavailable));
  EXPECT_LT(ended, deadline + absl::Milliseconds(500));
}

TEST_F(EdgeClientFixture, ControllerOfAnotherAuthorityIsNotTalkedTo) {
  const TempFolder folder;
  OpenZitiOptions options = Options();
  options.ca_file = folder.Write("ca.pem", TestCa("another").certificate_pem());
  EdgeClient client = Client(options);

  const auto version = client.Version(Deadline());

  EXPECT_TRUE(HasReason(version.status(), ErrorReason::kOverlayUnavailable));
  EXPECT_NE(MessageOf(version.status()).find("does not verify"), std::string_view::npos);
  EXPECT_TRUE(server_.requests().empty());
}

TEST_F(EdgeClientFixture, MissingCaFileIsSaid) {
  OpenZitiOptions options = Options();
  options.ca_file = "/nonexistent/ca.pem";
  EdgeClient client = Client(options);

  const auto version = client.Version(Deadline());

  EXPECT_NE(MessageOf(version.status()).find("missing"), std::string_view::npos);
}

TEST_F(EdgeClientFixture, PasswordGoesOnlyIntoTheBodyOfTheLogin) {
  script_ = [](const ScriptedRequest&) {
    return ScriptedAnswer{200, R"({"data":{"id":"x"}})", ""};
  };
  OpenZitiOptions options = Options();
  options.password = Secret("quite \"special\" \\ pass");
  EdgeClient client = Client(options);
  ASSERT_TRUE(client.Get(EdgeCollection::kServices, "x", Deadline()).ok());

  const std::vector<ScriptedRequest> requests = server_.requests();

  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(nlohmann::json::parse(requests[0].body)["password"], options.password.Reveal());
  EXPECT_EQ(requests[0].target, std::string(kRoot) + "/authenticate?method=password");
  EXPECT_EQ(requests[1].session, "token-1");
}

}  // namespace
}  // namespace runners::openziti
