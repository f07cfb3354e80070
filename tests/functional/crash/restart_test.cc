#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/installation_calls.h"

namespace runners::testing {
namespace {

using ::testing::Contains;

TEST(RunnerRestart, SameTokenGivesANewIdentityAndTheOldOneIsRefused) {
  Installation installation(OfThisBuild());
  const client::Registered runner = RegisterAt(installation, "r");
  const client::EnrolledIdentity first = EnrollAt(installation, runner.service_token);
  ASSERT_EQ(LoginStatus(first.identity_json), 200);

  const client::EnrolledIdentity second = EnrollAt(installation, runner.service_token);

  EXPECT_NE(second.overlay_identity_id, first.overlay_identity_id);
  RunnerLogin login{Secret(second.identity_json)};
  ASSERT_EQ(login.LogIn(), 200);
  EXPECT_THAT(login.Services(), Contains(RunnerLogin::Service{second.service_name, {"Bind"}}));
  installation.AwaitAgreement();
  EXPECT_EQ(LoginStatus(first.identity_json), 401);
  EXPECT_EQ(LoginStatus(second.identity_json), 200);
}

TEST(RunnerRestart, TokenOfBeforeAServersCrashStillWorks) {
  Installation installation(OfThisBuild());
  const client::Registered runner = RegisterAt(installation, "r");
  const client::EnrolledIdentity first = EnrollAt(installation, runner.service_token);

  installation.replica().Kill();
  installation.EndLeases();
  installation.replica().Start();

  EXPECT_EQ(LoginStatus(first.identity_json), 200);
  EXPECT_TRUE(SelectAt(installation, "r").ok());
  const client::EnrolledIdentity second = EnrollAt(installation, runner.service_token);
  installation.AwaitAgreement();
  EXPECT_EQ(LoginStatus(first.identity_json), 401);
  EXPECT_EQ(LoginStatus(second.identity_json), 200);
}

}  // namespace
}  // namespace runners::testing
