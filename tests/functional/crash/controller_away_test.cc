#include <ostream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/clock.h"

#include "tests/support/fails.h"
#include "tests/support/installation_calls.h"

namespace runners::testing {
namespace {

// How a controller is away.
enum class Absence { kDead, kFrozen };

void PrintTo(Absence absence, std::ostream* stream) {
  *stream << (absence == Absence::kDead ? "dead" : "frozen");
}

class ControllerAwayTest : public ::testing::TestWithParam<Absence> {
 protected:
  void GoAway() {
    if (GetParam() == Absence::kDead) {
      installation_.controller().Kill();
    } else {
      installation_.controller().Freeze();
    }
  }
  void ComeBack() {
    if (GetParam() == Absence::kDead) {
      installation_.controller().Start();
    } else {
      installation_.controller().Thaw();
    }
  }

  Installation installation_{OfThisBuild()};
};

TEST_P(ControllerAwayTest, EverythingButEnrollingWorks) {
  const client::Registered enrolled = RegisterAt(installation_, "enrolled");
  EnrollAt(installation_, enrolled.service_token);
  const client::Registered doomed = RegisterAt(installation_, "doomed");
  const client::EnrolledIdentity doomed_identity = EnrollAt(installation_, doomed.service_token);
  installation_.AwaitAgreement();
  client::Client client = installation_.Connect();

  GoAway();

  const client::Registered newcomer = RegisterAt(installation_, "newcomer");
  EXPECT_EQ(Must(client.List({}, {})).items.size(), 3U);
  EXPECT_EQ(Must(SelectAt(installation_, "enrolled")).runner.id, enrolled.runner.id);
  EXPECT_TRUE(client.Delete(doomed.runner.id).ok());
  EXPECT_TRUE(Fails(SelectAt(installation_, "doomed").status(), ErrorReason::kNoRunnerQualifies));

  ComeBack();
  installation_.AwaitAgreement();
  EXPECT_EQ(LoginStatus(doomed_identity.identity_json), 401);
  EXPECT_EQ(LoginStatus(EnrollAt(installation_, newcomer.service_token).identity_json), 200);
}

TEST_P(ControllerAwayTest, EnrollingIsUnavailableWithinTheDeadline) {
  const client::Registered runner = RegisterAt(installation_, "r");
  const client::EnrolledIdentity first = EnrollAt(installation_, runner.service_token);
  installation_.AwaitAgreement();
  constexpr absl::Duration kTimeout = absl::Seconds(5);

  GoAway();
  const absl::Time start = absl::Now();
  const absl::Status refused =
      installation_.Connect().Enroll(runner.service_token, kTimeout).status();
  const absl::Duration took = absl::Now() - start;

  // With a reason: the service answered, and not the client's own clock.
  ASSERT_TRUE(Fails(refused, ErrorReason::kOverlayUnavailable));
  EXPECT_GT(client::FailureOf(refused).retry_after.value_or(absl::ZeroDuration()),
            absl::ZeroDuration());
  EXPECT_LT(took, kTimeout);

  ComeBack();
  installation_.AwaitAgreement();
  EXPECT_EQ(LoginStatus(first.identity_json), 200) << "an answered identity works until replaced";
  const client::EnrolledIdentity second = EnrollAt(installation_, runner.service_token);
  installation_.AwaitAgreement();
  EXPECT_EQ(LoginStatus(first.identity_json), 401);
  EXPECT_EQ(LoginStatus(second.identity_json), 200);
}

INSTANTIATE_TEST_SUITE_P(DeadOrFrozen, ControllerAwayTest,
                         ::testing::Values(Absence::kDead, Absence::kFrozen));

}  // namespace
}  // namespace runners::testing
