#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "tests/integration/postgres/store_fixture.h"

namespace runners::testing {
namespace {

const RequestId kRequest = RequestId::Parse("dddddddd-0000-4000-8000-000000000004").value();
const IdentityId kBob = IdentityId::Parse("cccccccc-0000-4000-8000-00000000000b").value();

class RegisterRequestTest : public ::testing::Test {
 protected:
  // The same request whenever `content` is the same; id and token are new each time.
  NewRunner Asked(const std::string& content = "r") {
    NewRunner runner = stores_.Described(content);
    runner.request = RegisterKey{kRequest, stores_.rig.hasher().Sha256(content)};
    return runner;
  }

  absl::StatusOr<Runner> Register(const NewRunner& runner) {
    return stores_.runners.Register(stores_.call(), runner);
  }

  // Whose token that is; nothing when it is dead.
  std::optional<Runner> OwnerOf(const NewRunner& asked) {
    return stores_.runners.FindByToken(stores_.call(), asked.token.digest).value();
  }

  // Succeeds when the request id was refused for the sake of that runner, and nothing was written.
  ::testing::AssertionResult Refused(const NewRunner& asked, const RunnerId& because_of) {
    const std::string before = Trace();
    const absl::Status status = Register(asked).status();
    if (!Fails(status, ErrorReason::kRequestIdUsed))
      return Fails(status, ErrorReason::kRequestIdUsed);
    if (DetailOf(status).metadata["runner_id"] != because_of.text()) {
      return ::testing::AssertionFailure() << "names another runner";
    }
    if (Trace() != before) return ::testing::AssertionFailure() << before << " is " << Trace();
    return ::testing::AssertionSuccess();
  }

  std::string Trace() {
    return stores_.rig.Value(
        "SELECT concat_ws(' ', (SELECT count(*) FROM runners), (SELECT count(*) FROM audit), "
        "(SELECT count(*) FROM service_tokens WHERE revoked_at IS NULL), "
        "(SELECT count(*) FROM service_tokens))");
  }

  Stores stores_;
};

TEST_F(RegisterRequestTest, RepeatYieldsTheSameRunnerWithAnotherToken) {
  const NewRunner first = Asked();
  const NewRunner second = Asked();
  const Runner made = Register(first).value();

  const absl::StatusOr<Runner> repeated = Register(second);

  ASSERT_TRUE(repeated.ok()) << repeated.status();
  EXPECT_EQ(*repeated, made);
  EXPECT_EQ(OwnerOf(first), std::nullopt);
  EXPECT_EQ(OwnerOf(second), made);
  EXPECT_EQ(stores_.rig.Value("SELECT count(*) FROM runners"), "1");
  EXPECT_EQ(stores_.Queued(made.id), "ensure_runner 0");
}

TEST_F(RegisterRequestTest, RepeatKillsNoTokenThatCameAnotherWay) {
  const NewRunner first = Asked();
  const RunnerId id = Register(first).value().id;
  stores_.rig.Query(
      "INSERT INTO service_tokens (id, runner_id, digest, prefix, register_request_id) SELECT "
      "gen_random_uuid(), id, sha256(word::bytea), 'other', request FROM runners, (VALUES ('a', "
      "NULL), ('b', gen_random_uuid())) AS other (word, request)");

  ASSERT_TRUE(Register(Asked()).ok());

  EXPECT_EQ(stores_.rig.Value("SELECT count(*) FROM service_tokens WHERE prefix = 'other' AND "
                              "revoked_at IS NULL AND runner_id = '" +
                              id.text() + "'"),
            "2");
  EXPECT_EQ(OwnerOf(first), std::nullopt);
}

TEST_F(RegisterRequestTest, RepeatShowsTheRunnerAsItIsNow) {
  const RunnerId id = Register(Asked()).value().id;
  ASSERT_TRUE(stores_.runners.Update(stores_.call(), {id, "renamed", {}, {}, {}}).ok());

  EXPECT_EQ(Register(Asked()).value().name, "renamed");
}

TEST_F(RegisterRequestTest, RepeatIsAuditedWithoutASecret) {
  const RunnerId id = Register(Asked()).value().id;
  const NewRunner second = Asked();

  ASSERT_TRUE(Register(second).ok());

  const pqxx::result rows = stores_.rig.Query(
      "SELECT actor, subject_id, before ->> 'name', after ->> 'service_token_id', audit::text "
      "FROM audit WHERE subject_kind = 'runner' ORDER BY id");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_STREQ(rows[1][0].c_str(), kAlice.text().c_str());
  EXPECT_STREQ(rows[1][1].c_str(), id.text().c_str());
  EXPECT_STREQ(rows[1][2].c_str(), "r");
  EXPECT_STREQ(rows[1][3].c_str(), second.token.id.c_str());
  EXPECT_THAT(rows[1][4].c_str(), ::testing::Not(::testing::HasSubstr(second.token.prefix)));
}

TEST_F(RegisterRequestTest, OtherContentIsRefused) {
  const RunnerId id = Register(Asked()).value().id;

  EXPECT_TRUE(Refused(Asked("other"), id));
}

TEST_F(RegisterRequestTest, EnrolledRunnerIsRefused) {
  const RunnerId id = Register(Asked()).value().id;
  const NewRunner second = Asked();
  ASSERT_TRUE(Register(second).ok());
  const EnrollmentAttempt attempt = stores_.enrollment
                                        .Begin(stores_.call(), second.token.digest,
                                               stores_.rig.entropy().NewUuid(), absl::Minutes(1))
                                        .value();
  ASSERT_TRUE(stores_.enrollment.Complete(stores_.call(), attempt, "overlay-id").ok());

  EXPECT_TRUE(Refused(Asked(), id));
  EXPECT_TRUE(OwnerOf(second).has_value());
}

TEST_F(RegisterRequestTest, TombstoneRemembersItsRequest) {
  const RunnerId id = Register(Asked()).value().id;
  ASSERT_TRUE(stores_.runners.Delete(stores_.call(), id, std::nullopt).ok());

  EXPECT_TRUE(Refused(Asked(), id));
}

TEST_F(RegisterRequestTest, RequestIdBelongsToItsCaller) {
  const Runner mine = Register(Asked()).value();

  const absl::StatusOr<Runner> other =
      stores_.runners.Register(stores_.rig.CallBy(kBob), Asked("other"));

  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_NE(other->id, mine.id);
}

// An attempt that is under way with the token before does not count.
TEST_F(RegisterRequestTest, RepeatEndsTheEnrollmentOfTheTokenBefore) {
  const NewRunner first = Asked();
  ASSERT_TRUE(Register(first).ok());
  const EnrollmentAttempt attempt = stores_.enrollment
                                        .Begin(stores_.call(), first.token.digest,
                                               stores_.rig.entropy().NewUuid(), absl::Minutes(1))
                                        .value();

  ASSERT_TRUE(Register(Asked()).ok());

  EXPECT_TRUE(Fails(stores_.enrollment.Complete(stores_.call(), attempt, "overlay-id").status(),
                    ErrorReason::kServiceTokenNotFound));
}

TEST_F(RegisterRequestTest, OfSixteenAtATimeOneMakesTheRunnerAndTheLastTokenLives) {
  constexpr std::size_t kCalls = 16;
  std::vector<NewRunner> asked;
  for (std::size_t i = 0; i < kCalls; ++i) asked.push_back(Asked());
  std::vector<absl::StatusOr<Runner>> answers(kCalls, absl::UnknownError("not run"));
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < kCalls; ++i) {
      threads.emplace_back([&, i] { answers[i] = Register(asked[i]); });
    }
  }

  std::set<RunnerId> ids;
  for (const absl::StatusOr<Runner>& answer : answers) {
    ASSERT_TRUE(answer.ok()) << answer.status();
    ids.insert(answer->id);
  }
  EXPECT_EQ(ids.size(), 1U);
  EXPECT_EQ(std::count_if(asked.begin(), asked.end(),
                          [&](const NewRunner& one) { return OwnerOf(one).has_value(); }),
            1);
  EXPECT_EQ(stores_.rig.Value("SELECT concat_ws(' ', (SELECT count(*) FROM runners), (SELECT "
                              "count(*) FROM service_tokens), (SELECT count(*) FROM audit WHERE "
                              "before IS NULL), (SELECT count(*) FROM audit), (SELECT count(*) "
                              "FROM work))"),
            "1 16 1 16 1");
}

}  // namespace
}  // namespace runners::testing
