#include <algorithm>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/clock.h"

#include "tests/functional/server/server_rig.h"
#include "tests/support/fails.h"
#include "tests/support/installation_calls.h"

namespace runners::testing {
namespace {

constexpr std::size_t kPods = 16;
constexpr std::size_t kReplicas = 2;

// What became of one pod: its answer, and a login with it right away.
struct Pod {
  absl::StatusOr<client::EnrolledIdentity> answer = absl::UnknownError("not run");
  int login = 0;
  absl::Time login_ended;
};

InstallationOptions ForManyPods() {
  InstallationOptions options = OfThisBuild(kReplicas);
  options.settings = {{"ENROLLMENT_THREADS", "16"}};
  return options;
}

std::vector<Pod> EnrollAtOnce(Installation& installation, const std::string& token) {
  std::vector<Pod> pods(kPods);
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < kPods; ++i) {
    threads.emplace_back([&, i] {
      Pod& pod = pods[i];
      pod.answer = installation.Connect(i % kReplicas, absl::Minutes(1)).Enroll(token);
      if (!pod.answer.ok()) return;
      pod.login = LoginStatus(pod.answer->identity_json);
      pod.login_ended = absl::Now();
    });
  }
  threads.clear();
  return pods;
}

// When an identity was replaced; the infinite future while it was not.
absl::Time SupersededAt(const Installation& installation, const std::string& overlay_id) {
  const std::string micros = installation.Value(
      "SELECT (extract(epoch FROM superseded_at) * 1000000)::bigint FROM overlay_identities "
      "WHERE overlay_id = '" +
      overlay_id + "'");
  return micros.empty() ? absl::InfiniteFuture() : absl::FromUnixMicros(std::stoll(micros));
}

// In the order in which they were committed, each from the generation of the one before.
void ExpectGenerationsRise(Installation& installation, std::size_t enrollments) {
  const pqxx::result audit = installation.database().Query(
      "SELECT (before->>'generation')::bigint, (after->>'generation')::bigint FROM audit "
      "WHERE rpc = 'EnrollRunner' ORDER BY id");
  ASSERT_EQ(static_cast<std::size_t>(audit.size()), enrollments);
  long last = 0;
  for (const pqxx::row& row : audit) {
    EXPECT_EQ(row[0].as<long>(), last);
    EXPECT_GT(row[1].as<long>(), last);
    last = row[1].as<long>();
  }
}

TEST(EnrollRace, OfSixteenPodsWithOneTokenOneIsLeftAndNobodyIsCutOffEarly) {
  Installation installation(ForManyPods());
  const client::Registered runner = RegisterAt(installation, "r");

  const std::vector<Pod> pods = EnrollAtOnce(installation, runner.service_token);
  installation.AwaitAgreement();

  std::size_t enrolled = 0;
  std::vector<int> logins_afterwards;
  for (const Pod& pod : pods) {
    if (!pod.answer.ok()) {
      EXPECT_TRUE(Fails(pod.answer.status(), ErrorReason::kEnrollmentSuperseded));
      continue;
    }
    ++enrolled;
    if (pod.login != 200) {
      EXPECT_EQ(pod.login, 401);
      EXPECT_LE(SupersededAt(installation, pod.answer->overlay_identity_id), pod.login_ended)
          << "cut off before another one had completed";
    }
    logins_afterwards.push_back(LoginStatus(pod.answer->identity_json));
  }
  EXPECT_EQ(std::count(logins_afterwards.begin(), logins_afterwards.end(), 200), 1);
  EXPECT_EQ(std::count(logins_afterwards.begin(), logins_afterwards.end(), 401),
            static_cast<long>(enrolled) - 1);
  ExpectGenerationsRise(installation, enrolled);
  EXPECT_EQ(installation.Value("SELECT string_agg(generation::text, ',' ORDER BY generation) "
                               "FROM enrollment_attempts"),
            "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16");
  EXPECT_EQ(installation.Value("SELECT count(*) FROM enrollment_attempts WHERE state = 'lost'"),
            std::to_string(kPods - enrolled));
}

// How far an enrollment is when its runner is deleted.
enum class Stage { kUnborn, kAttemptOpen, kIdentityMade, kAttemptClosed };

void AwaitStage(Installation& installation, const RunnerId& id, Stage stage) {
  const std::string attempts =
      "SELECT count(*) FROM enrollment_attempts WHERE runner_id = '" + id.text() + "'";
  switch (stage) {
    case Stage::kUnborn:
      return;
    case Stage::kAttemptOpen:
      return Await([&] { return installation.Value(attempts) != "0"; });
    case Stage::kIdentityMade:
      return Await([&] {
        return !installation.admin()
                    .FindByName("identities", "runner-" + id.text() + "-g1")
                    .is_null();
      });
    case Stage::kAttemptClosed:
      return Await([&] { return installation.Value(attempts + " AND state <> 'open'") != "0"; });
  }
}

// Answered or not, an enrollment that was acknowledged came before the deletion, and one that was
// refused left nothing.
TEST(EnrollRace, DeletionAtAnyStageLeavesNothing) {
  Installation installation(OfThisBuild(kReplicas));
  for (const Stage stage :
       {Stage::kUnborn, Stage::kAttemptOpen, Stage::kIdentityMade, Stage::kAttemptClosed}) {
    const client::Registered runner = RegisterAt(installation, "r");
    const std::string& id = runner.runner.id.text();
    absl::StatusOr<client::EnrolledIdentity> enrolled = absl::UnknownError("not run");
    {
      const std::jthread pod(
          [&] { enrolled = installation.Connect(0).Enroll(runner.service_token); });
      AwaitStage(installation, runner.runner.id, stage);
      EXPECT_TRUE(installation.Connect(1).Delete(runner.runner.id).ok());
    }

    const std::string history = installation.Value(
        "SELECT string_agg(rpc, ', ' ORDER BY id) FROM audit WHERE subject_id = '" + id + "'");
    if (enrolled.ok()) {
      EXPECT_EQ(history, "RegisterRunner, EnrollRunner, DeleteRunner");
    } else {
      EXPECT_TRUE(Fails(enrolled.status(), ErrorReason::kServiceTokenNotFound));
      EXPECT_EQ(history, "RegisterRunner, DeleteRunner");
    }
    installation.AwaitAgreement();
    if (enrolled.ok()) {
      EXPECT_EQ(LoginStatus(enrolled->identity_json), 401);
    }
  }
}

}  // namespace
}  // namespace runners::testing
