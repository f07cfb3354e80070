#include "app/ctl/repeat.h"

#include <sstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "adapters/grpc/client/failure.h"
#include "core/support/error.h"
#include "tests/support/fails.h"
#include "tests/support/service_answer.h"
#include "tests/unit/app/ctl/ctl_samples.h"

namespace runners::ctl {
namespace {

using runners::testing::ErrorInfoOf;
using runners::testing::Fails;
using runners::testing::RetryInfoOf;
using runners::testing::ServiceAnswer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusOr<client::EnrolledIdentity> Enrolled() {
  return client::EnrolledIdentity{
      .identity_json = "{}", .service_name = "runner-1", .overlay_identity_id = "abc"};
}

absl::Status Away() {
  return MakeError(ErrorReason::kOverlayUnavailable, "the controller is away");
}

// A service that is away for some calls, and a clock that only pauses and calls move.
class RepeatEnrollmentTest : public ::testing::Test {
 protected:
  World SomeWorld() {
    return {.out = out_,
            .err = err_,
            .audience = Audience::kPipe,
            .environment = {},
            .now = [this] { return now_; },
            .pause =
                [this](absl::Duration duration) {
                  pauses_.push_back(duration);
                  now_ += duration;
                }};
  }

  absl::StatusOr<client::EnrolledIdentity> Enroll(absl::Duration limit) {
    return RepeatEnrollment({.limit = limit, .each = absl::Seconds(30)}, SomeWorld(),
                            [this](absl::Duration timeout) { return Call(timeout); });
  }

  absl::StatusOr<client::EnrolledIdentity> Call(absl::Duration timeout) {
    timeouts_.push_back(timeout);
    now_ += call_time_;
    if (static_cast<int>(timeouts_.size()) > calls_away_) return Enrolled();
    return failure_;
  }

  absl::Time now_ = SampleTime();
  absl::Duration call_time_;
  int calls_away_ = 1000;
  absl::Status failure_ = Away();
  std::vector<absl::Duration> timeouts_;
  std::vector<absl::Duration> pauses_;
  std::ostringstream out_;
  std::ostringstream err_;
};

TEST_F(RepeatEnrollmentTest, WithoutALimitTheCallIsMadeOnce) {
  EXPECT_TRUE(Fails(Enroll(absl::ZeroDuration()).status(), ErrorReason::kOverlayUnavailable));
  EXPECT_THAT(timeouts_, ElementsAre(absl::Seconds(30)));
  EXPECT_EQ(err_.str(), "");
}

TEST_F(RepeatEnrollmentTest, PausesGrowUntilTheServiceIsBack) {
  calls_away_ = 6;

  EXPECT_TRUE(Enroll(absl::Minutes(2)).ok());
  EXPECT_THAT(pauses_, ElementsAre(absl::Seconds(1), absl::Seconds(2), absl::Seconds(4),
                                   absl::Seconds(8), absl::Seconds(15), absl::Seconds(15)));
  EXPECT_THAT(err_.str(), HasSubstr("the controller is away (UNAVAILABLE); trying again in 4s\n"));
}

TEST_F(RepeatEnrollmentTest, TheLastFailureIsTheAnswerWhenTheLimitIsOver) {
  EXPECT_TRUE(Fails(Enroll(absl::Seconds(10)).status(), ErrorReason::kOverlayUnavailable));
  EXPECT_THAT(pauses_, ElementsAre(absl::Seconds(1), absl::Seconds(2), absl::Seconds(4)));
  EXPECT_EQ(now_, SampleTime() + absl::Seconds(7));
}

TEST_F(RepeatEnrollmentTest, ACallEndsWithTheLimit) {
  calls_away_ = 1;
  call_time_ = absl::Seconds(5);

  EXPECT_TRUE(Enroll(absl::Seconds(10)).ok());
  EXPECT_THAT(timeouts_, ElementsAre(absl::Seconds(30), absl::Seconds(4)));
}

TEST_F(RepeatEnrollmentTest, WaitsAtLeastAsLongAsTheServiceSays) {
  failure_ = client::FromGrpcStatus(
      ServiceAnswer(grpc::UNAVAILABLE, "too many calls", ErrorInfoOf("OVERLOADED"), RetryInfoOf(3)),
      {.address = "127.0.0.1:1", .timeout = absl::Seconds(1), .could_not_connect = false});
  calls_away_ = 3;

  EXPECT_TRUE(Enroll(absl::Minutes(2)).ok());
  EXPECT_THAT(pauses_, ElementsAre(absl::Seconds(3), absl::Seconds(3), absl::Seconds(4)));
  EXPECT_THAT(err_.str(), HasSubstr("too many calls (OVERLOADED); trying again in 3s\n"));
}

TEST_F(RepeatEnrollmentTest, ACommitInDoubtIsRepeated) {
  failure_ = MakeError(ErrorReason::kCommitInDoubt, "in doubt");
  calls_away_ = 1;

  EXPECT_TRUE(Enroll(absl::Minutes(2)).ok());
  EXPECT_EQ(timeouts_.size(), 2U);
}

TEST_F(RepeatEnrollmentTest, OtherFailuresAreNotRepeated) {
  failure_ = MakeError(ErrorReason::kServiceTokenNotFound, "no such token");

  EXPECT_TRUE(Fails(Enroll(absl::Minutes(2)).status(), ErrorReason::kServiceTokenNotFound));
  EXPECT_EQ(timeouts_.size(), 1U);
}

// A registration that fails so many times first.
class RepeatRegistrationTest : public RepeatEnrollmentTest {
 protected:
  absl::StatusOr<client::Registered> Register(absl::Duration limit) {
    return RepeatRegistration({.limit = limit, .each = limit}, SomeWorld(),
                              [this](absl::Duration timeout) -> absl::StatusOr<client::Registered> {
                                const absl::StatusOr<client::EnrolledIdentity> answer =
                                    Call(timeout);
                                if (!answer.ok()) return answer.status();
                                return SampleRegistered();
                              });
  }
};

TEST_F(RepeatRegistrationTest, InDoubtAndAwayAreRepeatedTwice) {
  for (const ErrorReason reason :
       {ErrorReason::kCommitInDoubt, ErrorReason::kDatabaseUnavailable}) {
    failure_ = MakeError(reason, "failed");
    timeouts_.clear();

    EXPECT_TRUE(Fails(Register(absl::Seconds(30)).status(), reason));
    EXPECT_THAT(timeouts_, ElementsAre(absl::Seconds(30), absl::Seconds(29), absl::Seconds(27)));
  }
}

TEST_F(RepeatRegistrationTest, SucceedsAtTheSecondCall) {
  failure_ = MakeError(ErrorReason::kCommitInDoubt, "in doubt");
  calls_away_ = 1;

  EXPECT_TRUE(Register(absl::Seconds(30)).ok());
  EXPECT_THAT(err_.str(), HasSubstr("in doubt (UNKNOWN); trying again in 1s\n"));
}

TEST_F(RepeatRegistrationTest, EndsWithItsTimeout) {
  EXPECT_TRUE(Fails(Register(absl::Seconds(2)).status(), ErrorReason::kOverlayUnavailable));
  EXPECT_EQ(timeouts_.size(), 2U);
}

TEST_F(RepeatRegistrationTest, RefusalIsNotRepeated) {
  failure_ = MakeError(ErrorReason::kRequestIdUsed, "used");

  EXPECT_TRUE(Fails(Register(absl::Seconds(30)).status(), ErrorReason::kRequestIdUsed));
  EXPECT_EQ(timeouts_.size(), 1U);
}

}  // namespace
}  // namespace runners::ctl
