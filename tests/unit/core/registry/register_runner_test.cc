#include "core/registry/register_runner.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

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

const RequestId kRequest = Example<RequestId>(7);

std::string HexOf(const Sha256Digest& digest) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : digest) {
    text.push_back(kDigits[byte >> 4U]);
    text.push_back(kDigits[byte & 15U]);
  }
  return text;
}

struct RegisterRunnerTest : ::testing::Test {
  system::OsEntropy entropy;
  const system::OpenSslHasher hasher{};
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

TEST_F(RegisterRunnerTest, WithoutARequestIdThereIsNothingToKnowARepeatBy) {
  store.changed = ExampleRunner(1);

  EXPECT_TRUE(register_runner.Run(InternalCall(), registration).ok());

  EXPECT_FALSE(store.registrations.at(0).request.has_value());
}

// The digests of earlier versions are in the database.
TEST_F(RegisterRunnerTest, DigestOfARequestKeepsItsForm) {
  access.answer = OwnerAccess(kAcme);
  store.changed = ExampleRunner(1, kAcme);
  Registration asked = registration;
  asked.request_id = kRequest;

  EXPECT_TRUE(register_runner.Run(CallBy(kAlice), asked).ok());

  ASSERT_TRUE(store.registrations.at(0).request.has_value());
  EXPECT_EQ(store.registrations[0].request->id, kRequest);
  EXPECT_EQ(HexOf(store.registrations[0].request->digest),
            "855b880d149fdeb8802682fd169408fb436b75139d6c4c29a8dcb4f56430f51b");
}

TEST_F(RegisterRunnerTest, DigestOfARequestTellsEveryDifference) {
  access.answer = AdminAccess();
  store.changed = ExampleRunner(1);
  const std::vector<Registration> different = {
      {"gpu", kAcme, {{"region", "eu"}}, {"b", "a", "b"}, kRequest},
      {"gpv", kAcme, {{"region", "eu"}}, {"b", "a", "b"}, kRequest},
      {"gpu", kGlobex, {{"region", "eu"}}, {"b", "a", "b"}, kRequest},
      {"gpu", std::nullopt, {{"region", "eu"}}, {"b", "a", "b"}, kRequest},
      {"gpu", kAcme, {{"region", "us"}}, {"b", "a", "b"}, kRequest},
      {"gpu", kAcme, {{"region", "eu"}}, {"a", "b", "b"}, kRequest},
      {"gpu", kAcme, {{"region", "eu"}}, {"a", "b"}, kRequest},
      {"gpu", kAcme, {}, {"region", "eu", "b", "a", "b"}, kRequest},
  };

  std::set<std::string> digests;
  for (const Registration& asked : different) {
    EXPECT_TRUE(register_runner.Run(CallBy(kAlice), asked).ok());
    digests.insert(HexOf(store.registrations.back().request->digest));
  }

  EXPECT_EQ(digests.size(), different.size());
}

TEST_F(RegisterRunnerTest, RequestIdOfNobodyIsRefused) {
  Registration asked = registration;
  asked.request_id = kRequest;

  EXPECT_TRUE(
      Fails(register_runner.Run(InternalCall(), asked).status(), ErrorReason::kUnauthenticated));
  EXPECT_THAT(store.registrations, IsEmpty());
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
