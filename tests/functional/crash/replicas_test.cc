#include <future>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/functional/server/server_rig.h"
#include "tests/support/fails.h"
#include "tests/support/installation_calls.h"

namespace runners::testing {
namespace {

using ::testing::ElementsAreArray;

constexpr int kReplicas = 2;

std::vector<std::string> NamesOf(const client::Page<Runner>& page) {
  std::vector<std::string> names;
  for (const Runner& runner : page.items) names.push_back(runner.name);
  return names;
}

TEST(TwoReplicas, EachServesThePagesOfTheOthersTokens) {
  Installation installation(OfThisBuild(kReplicas));
  std::vector<std::string> registered;
  for (std::size_t i = 0; i < 7; ++i) {
    registered.push_back("r" + std::to_string(i));
    RegisterAt(installation, registered.back(), i % kReplicas);
  }

  std::vector<std::string> listed;
  client::PageRequest page{2, ""};
  std::size_t pages = 0;
  do {
    const client::Page<Runner> got = Must(installation.Connect(pages % kReplicas).List({}, page));
    for (const std::string& name : NamesOf(got)) listed.push_back(name);
    page.token = got.next_token;
    ++pages;
  } while (!page.token.empty());

  EXPECT_THAT(listed, ElementsAreArray(registered));
  EXPECT_EQ(pages, 4U);
}

TEST(TwoReplicas, TokenOfAPageOutlivesBoth) {
  Installation installation(OfThisBuild(kReplicas));
  for (const char* name : {"r0", "r1", "r2"}) RegisterAt(installation, name);
  const std::string token = Must(installation.Connect(0).List({}, {2, ""})).next_token;

  for (std::size_t i = 0; i < kReplicas; ++i) {
    installation.replica(i).Kill();
    installation.replica(i).Start();
  }

  EXPECT_THAT(NamesOf(Must(installation.Connect(1).List({}, {2, token}))),
              ElementsAreArray({"r2"}));
}

TEST(TwoReplicas, WhatOneDeletesTheOtherNeitherEnrollsNorSelects) {
  Installation installation(OfThisBuild(kReplicas));
  const client::Registered runner = RegisterAt(installation, "r", 0);
  const client::EnrolledIdentity identity = EnrollAt(installation, runner.service_token, 0);
  ASSERT_TRUE(SelectAt(installation, "r", 1).ok());

  ASSERT_TRUE(installation.Connect(1).Delete(runner.runner.id).ok());

  client::Client other = installation.Connect(0);
  EXPECT_TRUE(
      Fails(other.Enroll(runner.service_token).status(), ErrorReason::kServiceTokenNotFound));
  EXPECT_TRUE(Fails(other.Get(runner.runner.id).status(), ErrorReason::kRunnerNotFound));
  EXPECT_TRUE(Fails(SelectAt(installation, "r", 0).status(), ErrorReason::kNoRunnerQualifies));
  installation.AwaitAgreement();
  EXPECT_EQ(LoginStatus(identity.identity_json), 401);
}

// The enrollment waits for a controller that hangs while the runner is deleted elsewhere.
TEST(TwoReplicas, EnrollmentOnOneLosesAgainstADeletionOnTheOther) {
  Installation installation(OfThisBuild(kReplicas));
  const client::Registered runner = RegisterAt(installation, "r", 0);
  installation.AwaitAgreement();
  installation.controller().Freeze();
  auto enrolled = std::async(std::launch::async, [&] {
    return installation.Connect(0).Enroll(runner.service_token).status();
  });
  Await([&] { return installation.Value("SELECT count(*) FROM enrollment_attempts") == "1"; });

  EXPECT_TRUE(installation.Connect(1).Delete(runner.runner.id).ok());
  installation.controller().Thaw();

  EXPECT_TRUE(Fails(enrolled.get(), ErrorReason::kServiceTokenNotFound));
  installation.AwaitAgreement();
}

}  // namespace
}  // namespace runners::testing
