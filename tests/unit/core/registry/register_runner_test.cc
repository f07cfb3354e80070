#include "core/registry/register_runner.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "adapters/system/crypto.h"
#include "core/support/error.h"
#include "tests/support/fails.h"
#include "tests/support/scripted_access.h"
#include "tests/unit/core/examples.h"
#include "tests/unit/core/registry/scripted_runner_store.h"

namespace runners::testing {
namespace {

using ::testing::IsEmpty;

struct RegisterRunnerTest : ::testing::Test {
  system::OsEntropy entropy;
  const system::OpenSslHasher hasher;
  ScriptedAccess access;
  ScriptedRunnerStore store;
  NoFaults faults;
  const Authorizer authorizer{access};
  RegisterRunner register_runner{authorizer, store, entropy, hasher, faults};
  const Registration registration{"gpu", kAcme, {{"region", "eu"}}, {"b", "a", "b"}};
};

TEST_F(RegisterRunnerTest, StoresTheDigestOfTheTokenItAnswers) {
  access.answer = OwnerAccess(kAcme);
  store.changed = ExampleRunner(1, kAcme);

  const absl::StatusOr<RegisteredRunner> registered =
      register_runner.Run(CallBy(kAlice), registration);

  ASSERT_TRUE(registered.ok()) << registered.status();
  EXPECT_EQ(registered->runner, ExampleRunner(1, kAcme));
  ASSERT_EQ(store.registrations.size(), 1U);
  const NewRunner& stored = store.registrations[0];
  EXPECT_EQ(stored.name, "gpu");
  EXPECT_EQ(stored.organization_id, kAcme);
  EXPECT_EQ(stored.labels, registration.labels);
  EXPECT_EQ(stored.capabilities, registration.capabilities);
  const std::string& token = registered->service_token.Reveal();
  EXPECT_EQ(stored.token.digest, hasher.Sha256(token));
  EXPECT_EQ(stored.token.prefix, token.substr(0, 8));
  EXPECT_NE(stored.token.id, stored.id.text());
}

TEST_F(RegisterRunnerTest, NoTwoRunnersShareAnIdOrToken) {
  store.changed = ExampleRunner(1);

  const std::string one =
      register_runner.Run(InternalCall(), registration).value().service_token.Reveal();
  const std::string two =
      register_runner.Run(InternalCall(), registration).value().service_token.Reveal();

  EXPECT_NE(one, two);
  EXPECT_NE(store.registrations[0].id, store.registrations[1].id);
  EXPECT_NE(store.registrations[0].token.id, store.registrations[1].token.id);
}

TEST_F(RegisterRunnerTest, MemberMayNotRegister) {
  access.answer = MemberAccess(kAcme);

  const absl::Status status = register_runner.Run(CallBy(kAlice), registration).status();

  EXPECT_TRUE(Fails(status, ErrorReason::kPermissionDenied));
  EXPECT_THAT(store.registrations, IsEmpty());
}

TEST_F(RegisterRunnerTest, OwnerMayNotRegisterForTheCluster) {
  access.answer = OwnerAccess(kAcme);
  Registration cluster = registration;
  cluster.organization_id.reset();

  EXPECT_TRUE(
      Fails(register_runner.Run(CallBy(kAlice), cluster).status(), ErrorReason::kPermissionDenied));
  EXPECT_THAT(store.registrations, IsEmpty());
}

TEST_F(RegisterRunnerTest, ErrorOfTheStoreIsTheAnswer) {
  store.changed = MakeError(ErrorReason::kCommitInDoubt, "in doubt");

  EXPECT_TRUE(Fails(register_runner.Run(InternalCall(), registration).status(),
                    ErrorReason::kCommitInDoubt));
  EXPECT_EQ(store.registrations.size(), 1U);  // and is not tried again
}

}  // namespace
}  // namespace runners::testing
