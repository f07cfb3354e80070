#include "adapters/openziti/edge_session.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "core/support/error.h"
#include "tests/support/manual_clock.h"
#include "tests/support/scripted_https_server.h"

namespace runners::openziti {
namespace {

using runners::testing::ManualClock;
using runners::testing::ScriptedAnswer;
using runners::testing::ScriptedHttpsServer;
using runners::testing::ScriptedRequest;

constexpr char kLogin[] = "/edge/management/v1/authenticate";
constexpr absl::Duration kPatience = absl::Seconds(10);

// A management API where one can only log in, under tokens token-1, token-2, ...
class SessionFixture : public ::testing::Test {
 protected:
  ScriptedAnswer Answer(const ScriptedRequest&) {
    const int status = status_;
    if (status != 200) return {status, R"({"error":{"code":"INVALID_AUTH"}})", ""};
    return {
        200,
        R"({"data":{"expirationSeconds":100,"token":"token-)" + std::to_string(++granted_) + "\"}}",
        ""};
  }

  OpenZitiOptions Options() {
    OpenZitiOptions options;
    options.ca_file = server_.ca_file();
    options.username = "admin";
    options.password = Secret("p");
    return options;
  }

  absl::Time Deadline() const { return clock_.Now() + kPatience; }
  int logins() const { return server_.Count("POST", kLogin); }

  std::atomic<int> status_{200};
  std::atomic<int> granted_{0};
  ManualClock clock_{absl::UnixEpoch()};
  ScriptedHttpsServer server_{[this](const ScriptedRequest& request) { return Answer(request); }};
  EdgeSession session_{Options(), *EdgeUrl::Parse(server_.url()), clock_};
};

TEST_F(SessionFixture, OneLoginServesUntilRenewalIsDue) {
  EXPECT_EQ(session_.Use(Deadline())->token.Reveal(), "token-1");
  clock_.Advance(absl::Seconds(59));
  EXPECT_EQ(session_.Use(Deadline())->token.Reveal(), "token-1");
  clock_.Advance(absl::Seconds(2));
  EXPECT_EQ(session_.Use(Deadline())->token.Reveal(), "token-2");
  EXPECT_EQ(logins(), 2);
}

TEST_F(SessionFixture, FailedRenewalLeavesTheSessionUntilItsEnd) {
  ASSERT_TRUE(session_.Use(Deadline()).ok());
  status_ = 503;
  clock_.Advance(absl::Seconds(70));
  EXPECT_EQ(session_.Use(Deadline())->token.Reveal(), "token-1");
  clock_.Advance(absl::Seconds(31));
  EXPECT_TRUE(HasReason(session_.Use(Deadline()).status(), ErrorReason::kOverlayUnavailable));
}

TEST_F(SessionFixture, WrongPasswordIsNotTriedAgainDuringThePause) {
  status_ = 401;
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(HasReason(session_.Use(Deadline()).status(), ErrorReason::kOverlayRejected));
  }
  EXPECT_EQ(logins(), 1);

  clock_.Advance(absl::Seconds(6));
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(session_.Use(Deadline()).ok());
  EXPECT_EQ(logins(), 2);
  clock_.Advance(absl::Seconds(6));
  EXPECT_FALSE(session_.Use(Deadline()).ok());
  EXPECT_EQ(logins(), 2) << "the second pause is longer than the first";

  status_ = 200;
  clock_.Advance(absl::Minutes(2));
  EXPECT_TRUE(session_.Use(Deadline()).ok());
}

TEST_F(SessionFixture, PauseWhileTheControllerIsAwayStaysShort) {
  status_ = 503;
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(HasReason(session_.Use(Deadline()).status(), ErrorReason::kOverlayUnavailable));
    clock_.Advance(absl::Seconds(5));
  }
  EXPECT_EQ(logins(), 10);
}

TEST_F(SessionFixture, ThreadsShareOneLogin) {
  std::vector<std::jthread> threads;
  std::atomic<int> served{0};
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      if (session_.Use(Deadline()).ok()) ++served;
    });
  }
  threads.clear();

  EXPECT_EQ(served, 8);
  EXPECT_EQ(logins(), 1);
}

TEST_F(SessionFixture, RefusedSessionIsReplacedOnceForAllWhoHadIt) {
  const SessionTicket old = *session_.Use(Deadline());

  EXPECT_EQ(session_.Replace(old, Deadline())->token.Reveal(), "token-2");
  EXPECT_EQ(session_.Replace(old, Deadline())->token.Reveal(), "token-2");
  EXPECT_EQ(logins(), 2);
}

TEST_F(SessionFixture, MissingPermissionDoesNotLogInAgainAndAgain) {
  const SessionTicket first = *session_.Use(Deadline());
  const SessionTicket second = *session_.Replace(first, Deadline());
  session_.StillRefused();

  EXPECT_TRUE(
      HasReason(session_.Replace(second, Deadline()).status(), ErrorReason::kOverlayRejected));
  EXPECT_EQ(session_.Use(Deadline())->token.Reveal(), "token-2");
  EXPECT_EQ(logins(), 2);
  clock_.Advance(absl::Seconds(31));
  EXPECT_EQ(session_.Replace(second, Deadline())->token.Reveal(), "token-3");
}

TEST_F(SessionFixture, DeadlineInThePastSendsNothing) {
  EXPECT_TRUE(HasReason(session_.Use(clock_.Now()).status(), ErrorReason::kOverlayUnavailable));
  EXPECT_EQ(logins(), 0);
  EXPECT_TRUE(session_.Use(Deadline()).ok()) << "whoever has time need not wait";
}

}  // namespace
}  // namespace runners::openziti
