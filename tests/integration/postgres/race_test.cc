#include <gmock/gmock.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/integration/postgres/store_fixture.h"

namespace runners::testing {
namespace {

// A change of somebody else that is under way: it holds its locks until Commit.
class OpenChange {
 public:
  OpenChange(DatabaseRig& rig, const std::string& sql)
      : connection_(rig.database().dsn().Reveal()), transaction_(connection_) {
    transaction_.exec(sql);
  }
  void Commit() { transaction_.commit(); }

 private:
  pqxx::connection connection_;
  pqxx::work transaction_;
};

// Returns once somebody waits for a row of this database. Throws when nobody does for long.
void AwaitBlocked(DatabaseRig& rig) {
  const absl::Time end = absl::Now() + absl::Seconds(20);
  while (rig.Value("SELECT count(*) FROM pg_stat_activity "
                   "WHERE datname = current_database() AND wait_event_type = 'Lock'") == "0") {
    if (absl::Now() > end) throw std::runtime_error("nobody waits for a lock");
  }
}

TEST(Race, OfManyEditsWithOneEtagOneWins) {
  Stores stores;
  const Runner before = stores.Registered("r");
  std::vector<absl::Status> outcomes(8, absl::UnknownError("not run"));
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      threads.emplace_back([&, i] {
        const RunnerEdit edit{before.id, "n" + std::to_string(i), {}, {}, before.etag};
        outcomes[i] = stores.runners.Update(stores.call(), edit).status();
      });
    }
  }

  EXPECT_EQ(std::count_if(outcomes.begin(), outcomes.end(), [](const auto& s) { return s.ok(); }),
            1);
  for (const absl::Status& outcome : outcomes) {
    if (!outcome.ok()) {
      EXPECT_TRUE(Fails(outcome, ErrorReason::kEtagMismatch));
    }
  }
}

// Whatever the order, a deleted runner ends with no current identity that nobody is told to remove.
TEST(Race, EnrollAgainstDeleteLeavesNothingBehind) {
  Stores stores;
  for (int round = 0; round < 10; ++round) {
    const RunnerId id = stores.Registered("r").id;
    const EnrollmentAttempt attempt = stores.Begun(id);
    absl::Status completed;
    {
      const std::jthread enroller([&] {
        completed = stores.enrollment.Complete(stores.call(), attempt, "overlay").status();
      });
      const std::jthread deleter(
          [&] { EXPECT_TRUE(stores.runners.Delete(stores.call(), id, std::nullopt).ok()); });
    }

    const std::string queued = stores.Queued(id);
    EXPECT_THAT(queued, ::testing::HasSubstr("remove_runner 0"));
    if (!completed.ok()) {
      EXPECT_TRUE(Fails(completed, ErrorReason::kServiceTokenNotFound));
      EXPECT_THAT(queued, ::testing::HasSubstr("remove_identity 1"));
    }
    EXPECT_FALSE(stores.queue.HasOpenAttempt(stores.call(), id).value());
  }
}

TEST(Race, BeginAgainstDeleteOpensNothingOnATombstone) {
  Stores stores;
  for (int round = 0; round < 10; ++round) {
    const RunnerId id = stores.Registered("r").id;
    absl::StatusOr<EnrollmentAttempt> begun = absl::UnknownError("not run");
    {
      const std::jthread enroller([&] {
        begun = stores.enrollment.Begin(stores.call(), stores.DigestOf(id),
                                        stores.rig.entropy().NewUuid(), absl::Minutes(1));
      });
      const std::jthread deleter(
          [&] { EXPECT_TRUE(stores.runners.Delete(stores.call(), id, std::nullopt).ok()); });
    }

    const bool open = stores.queue.HasOpenAttempt(stores.call(), id).value();
    EXPECT_EQ(open, begun.ok());
    if (!begun.ok()) {
      EXPECT_TRUE(Fails(begun.status(), ErrorReason::kServiceTokenNotFound));
      continue;
    }
    EXPECT_TRUE(Fails(stores.enrollment.Complete(stores.call(), *begun, "overlay").status(),
                      ErrorReason::kServiceTokenNotFound));
  }
}

TEST(Race, BeginThatWaitedForADeleteSeesIt) {
  Stores stores;
  const RunnerId id = stores.Registered("r").id;
  OpenChange deletion(stores.rig, "UPDATE runners SET deleted_at = now()");
  absl::StatusOr<EnrollmentAttempt> begun = absl::UnknownError("not run");
  {
    const std::jthread enroller([&] {
      begun = stores.enrollment.Begin(stores.call(), stores.DigestOf(id),
                                      stores.rig.entropy().NewUuid(), absl::Minutes(1));
    });
    AwaitBlocked(stores.rig);
    deletion.Commit();
  }

  EXPECT_TRUE(Fails(begun.status(), ErrorReason::kServiceTokenNotFound));
}

// The token was found live before the wait for the runner, and is not any more after it.
TEST(Race, BeginThatWaitedForARevocationSeesIt) {
  Stores stores;
  const RunnerId id = stores.Registered("r").id;
  OpenChange revocation(stores.rig,
                        "UPDATE runners SET version = version + 1; "
                        "UPDATE service_tokens SET revoked_at = now()");
  absl::StatusOr<EnrollmentAttempt> begun = absl::UnknownError("not run");
  {
    const std::jthread enroller([&] {
      begun = stores.enrollment.Begin(stores.call(), stores.DigestOf(id),
                                      stores.rig.entropy().NewUuid(), absl::Minutes(1));
    });
    AwaitBlocked(stores.rig);
    revocation.Commit();
  }

  EXPECT_TRUE(Fails(begun.status(), ErrorReason::kServiceTokenNotFound));
  EXPECT_EQ(stores.rig.Value("SELECT last_generation FROM runners"), "0");
}

// Either the attempt completes and stays, or it is undone and says so; never both.
TEST(Race, CompletionAgainstTheEndOfTheLeaseHasOneOutcome) {
  Stores stores;
  for (int round = 0; round < 10; ++round) {
    const RunnerId id = stores.Registered("r").id;
    const EnrollmentAttempt attempt = stores.Begun(id, absl::ZeroDuration());
    absl::Status completed;
    {
      const std::jthread enroller([&] {
        completed = stores.enrollment.Complete(stores.call(), attempt, "overlay").status();
      });
      const std::jthread worker(
          [&] { EXPECT_TRUE(stores.queue.CloseExpiredAttempts(stores.call()).ok()); });
    }

    const std::string queued = stores.Queued(id);
    if (completed.ok()) {
      EXPECT_EQ(queued, "ensure_runner 0");
    } else {
      EXPECT_TRUE(Fails(completed, ErrorReason::kEnrollmentInterrupted));
      EXPECT_EQ(queued, "ensure_runner 0, remove_identity 1");
    }
    EXPECT_FALSE(stores.queue.HasOpenAttempt(stores.call(), id).value());
  }
}

TEST(Race, WorkersCloseAnExpiredAttemptOnce) {
  Stores stores;
  constexpr int kAttempts = 40;
  for (int i = 0; i < kAttempts / 2; ++i) {
    const RunnerId id = stores.Registered("r").id;
    stores.Begun(id, absl::ZeroDuration());
    stores.Begun(id, absl::ZeroDuration());
  }
  std::vector<absl::StatusOr<int>> closed(4, absl::UnknownError("not run"));
  {
    std::vector<std::jthread> workers;
    for (absl::StatusOr<int>& count : closed) {
      workers.emplace_back([&] { count = stores.queue.CloseExpiredAttempts(stores.call()); });
    }
  }

  int sum = 0;
  for (const absl::StatusOr<int>& count : closed) sum += count.value();
  EXPECT_EQ(sum, kAttempts);
  EXPECT_EQ(stores.rig.Value("SELECT count(*) FROM work WHERE action = 'remove_identity'"),
            std::to_string(kAttempts));
}

// Whoever is first, a service that may have been made is looked for once more.
TEST(Race, FinishedServiceAgainstDeleteEndsInARemoval) {
  Stores stores;
  for (int round = 0; round < 10; ++round) {
    const RunnerId id = stores.Registered("r").id;
    const OverlayWork ensure = *stores.queue.Claim(stores.call(), absl::Minutes(1)).value();
    ASSERT_EQ(ensure.runner_id, id);
    {
      const std::jthread worker(
          [&] { EXPECT_TRUE(stores.queue.Finish(stores.call(), ensure).ok()); });
      const std::jthread deleter(
          [&] { EXPECT_TRUE(stores.runners.Delete(stores.call(), id, std::nullopt).ok()); });
    }

    EXPECT_EQ(stores.Queued(id), "remove_runner 0");
    stores.rig.Query("DELETE FROM work");
  }
}

TEST(Race, GenerationsAreNeverTakenTwice) {
  Stores stores;
  const RunnerId id = stores.Registered("r").id;
  std::vector<std::int64_t> generations(16);
  {
    std::vector<std::jthread> threads;
    for (std::int64_t& generation : generations) {
      threads.emplace_back([&] { generation = stores.Begun(id).generation; });
    }
  }

  std::sort(generations.begin(), generations.end());
  for (std::size_t i = 0; i < generations.size(); ++i) {
    EXPECT_EQ(generations[i], static_cast<std::int64_t>(i) + 1);
  }
}

}  // namespace
}  // namespace runners::testing
