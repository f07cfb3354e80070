#include "adapters/postgres/watchdog.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <stop_token>
#include <thread>
#include <vector>

#include "tests/integration/postgres/store_fixture.h"

// What a call's deadline and a caller's going away do to statements.
namespace runners::testing {
namespace {

using postgres::ConnectionOptions;
using Transaction = pqxx::transaction_base;

constexpr absl::Duration kOvershoot = absl::Milliseconds(250);
constexpr absl::Duration kPatience = absl::Seconds(30);

void Await(const std::function<bool()>& condition) {
  const absl::Time limit = absl::Now() + kPatience;
  while (!condition()) {
    if (absl::Now() > limit) throw std::runtime_error("waited in vain");
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

// How much later than its deadline a call came back, at best of three: machines stall.
absl::Duration BestOvershoot(const std::function<absl::Duration()>& attempt) {
  absl::Duration best = absl::InfiniteDuration();
  for (int i = 0; i < 3 && best > kOvershoot; ++i) best = std::min(best, attempt());
  return best;
}

enum class Way { kRead, kWrite };

absl::Status Execute(DatabaseRig& rig, Way way, const Call& call, const std::string& sql) {
  const auto body = [&](Transaction& transaction) {
    transaction.exec(sql);
    return absl::OkStatus();
  };
  return way == Way::kRead ? rig.transactor().Read(call, body) : rig.transactor().Write(call, body);
}

Call Hurried(DatabaseRig& rig, absl::Duration timeout) {
  Call call = rig.CallBy();
  call.deadline = absl::Now() + timeout;
  return call;
}

// The pid of the server process behind the pool's connection.
std::string Backend(DatabaseRig& rig) {
  std::string pid;
  const absl::Status read = rig.transactor().Read(rig.CallBy(), [&](Transaction& transaction) {
    pid = transaction.exec("SELECT pg_backend_pid()")[0][0].as<std::string>();
    return absl::OkStatus();
  });
  return read.ok() ? pid : read.ToString();
}

// How many threads this process has.
std::ptrdiff_t Threads() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return std::distance(begin(tasks), end(tasks));
}

class Deadlines : public ::testing::TestWithParam<Way> {};
INSTANTIATE_TEST_SUITE_P(Of, Deadlines, ::testing::Values(Way::kRead, Way::kWrite),
                         [](const auto& one) {
                           return one.param == Way::kRead ? "Read" : "Write";
                         });

TEST_P(Deadlines, StatementIsCancelledAtTheDeadline) {
  DatabaseRig rig;
  const absl::Duration late = BestOvershoot([&] {
    const Call call = Hurried(rig, absl::Milliseconds(200));
    EXPECT_TRUE(Fails(Execute(rig, GetParam(), call, "SELECT pg_sleep(20)"),
                      ErrorReason::kDeadlineExceeded));
    return absl::Now() - call.deadline;
  });

  EXPECT_GE(late, absl::ZeroDuration());
  EXPECT_LT(late, kOvershoot);
  Await([&] { return rig.database().Busy("runners") == 0; });
}

TEST_P(Deadlines, StatementIsCancelledWhenTheCallerGoesAway) {
  DatabaseRig rig(ConnectionOptions{.statement_timeout = kPatience, .lock_timeout = kPatience});
  pqxx::connection other(rig.database().dsn().Reveal());
  pqxx::work holder(other);
  holder.exec("LOCK TABLE settings IN ACCESS EXCLUSIVE MODE");
  std::stop_source caller;
  Call call = rig.CallBy();
  call.caller_gone = caller.get_token();
  absl::Status status;
  std::jthread waits([&] { status = Execute(rig, GetParam(), call, "SELECT FROM settings"); });
  Await([&] {
    return rig.database()
               .cluster()
               .AsSuperuser("SELECT FROM pg_locks WHERE NOT granted", rig.database().name())
               .size() == 1;
  });

  const absl::Time left = absl::Now();
  caller.request_stop();
  waits.join();

  EXPECT_TRUE(Fails(status, ErrorReason::kCancelled));
  EXPECT_LT(absl::Now() - left, absl::Seconds(5));
  Await([&] {
    return rig.database()
        .cluster()
        .AsSuperuser("SELECT FROM pg_locks WHERE NOT granted", rig.database().name())
        .empty();
  });
}

TEST_P(Deadlines, CallerWhoWentBeforeIsAskedNothing) {
  DatabaseRig rig;
  std::stop_source caller;
  caller.request_stop();
  Call call = rig.CallBy();
  call.caller_gone = caller.get_token();

  EXPECT_TRUE(
      Fails(Execute(rig, GetParam(), call, "CREATE TABLE t (x int)"), ErrorReason::kCancelled));
  EXPECT_EQ(rig.Value("SELECT to_regclass('t') IS NULL"), "t");
}

TEST_P(Deadlines, ConnectionThatWasInterferedWithIsNotUsedAgain) {
  DatabaseRig rig(ConnectionOptions{.max_connections = 1});
  if (rig.database().cluster().pooled()) GTEST_SKIP() << "the pooler keeps its own connections";
  const std::string before = Backend(rig);
  ASSERT_EQ(Backend(rig), before);

  const Call call = Hurried(rig, absl::Milliseconds(50));
  ASSERT_TRUE(
      Fails(Execute(rig, GetParam(), call, "SELECT pg_sleep(20)"), ErrorReason::kDeadlineExceeded));

  EXPECT_NE(Backend(rig), before);
}

// The body catches the error of the cancelled statement and goes on: it must not commit.
TEST(Watchdog, TransactionThatWasEndedIsNotCommitted) {
  DatabaseRig rig;
  const Call call = Hurried(rig, absl::Milliseconds(100));

  const absl::Status status = rig.transactor().Write(call, [&](Transaction& transaction) {
    transaction.exec("CREATE TABLE t (x int)");
    Await([&] { return absl::Now() > call.deadline + absl::Milliseconds(50); });
    return absl::OkStatus();
  });

  EXPECT_TRUE(Fails(status, ErrorReason::kDeadlineExceeded));
  EXPECT_EQ(rig.Value("SELECT to_regclass('t') IS NULL"), "t");
}

// A table whose rows make COMMIT take that many seconds.
void MakeSlowToCommit(DatabaseRig& rig, const std::string& seconds) {
  rig.Query("CREATE TABLE slow (x int)");
  rig.Query(
      "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "PERFORM pg_sleep(" +
      seconds + "); RETURN NULL; END $$");
  rig.Query(
      "CREATE CONSTRAINT TRIGGER dawdle AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED "
      "FOR EACH ROW EXECUTE FUNCTION dawdle()");
}

TEST(Watchdog, CommitIsNotCancelledForACallerWhoGoesAway) {
  DatabaseRig rig;
  MakeSlowToCommit(rig, "0.5");
  std::stop_source caller;
  Call call = rig.CallBy();
  call.caller_gone = caller.get_token();
  const std::jthread leaves([&] {
    Await([&] {
      return !rig.database()
                  .cluster()
                  .AsSuperuser(
                      "SELECT FROM pg_stat_activity WHERE query = 'COMMIT' AND state = 'active' "
                      "AND "
                      "datname = '" +
                      rig.database().name() + "'")
                  .empty();
    });
    caller.request_stop();
  });

  EXPECT_TRUE(Execute(rig, Way::kWrite, call, "INSERT INTO slow VALUES (1)").ok());
  EXPECT_EQ(rig.Value("SELECT count(*) FROM slow"), "1");
  EXPECT_TRUE(caller.stop_requested());
}

TEST(Watchdog, CommitThatOutlastsTheDeadlineIsInDoubt) {
  DatabaseRig rig;
  MakeSlowToCommit(rig, "20");
  const absl::Duration late = BestOvershoot([&] {
    const Call call = Hurried(rig, absl::Milliseconds(300));
    EXPECT_TRUE(Fails(Execute(rig, Way::kWrite, call, "INSERT INTO slow VALUES (1)"),
                      ErrorReason::kCommitInDoubt));
    return absl::Now() - call.deadline;
  });
  EXPECT_LT(late, kOvershoot);
}

// Many calls end at about the time their statement does, so that cancel requests come too late for
// it; beside them others use the same few connections, and none of theirs may be hit.
TEST(Watchdog, NeverCancelsTheStatementOfAnotherCall) {
  DatabaseRig rig(ConnectionOptions{.max_connections = 3});
  std::atomic<int> in_time = 0;
  std::atomic<int> late = 0;
  std::atomic<bool> over = false;
  const auto hurry = [&](int seed) {
    for (int i = 0; i < 150; ++i) {
      const int ms = 3 + (seed * 7 + i * 5) % 4;
      const Call call = Hurried(rig, absl::Milliseconds(ms));
      const absl::Status status =
          Execute(rig, i % 2 == 0 ? Way::kRead : Way::kWrite, call, "SELECT pg_sleep(0.003)");
      ++(status.ok() ? in_time : late);
      if (!status.ok() && !Fails(status, ErrorReason::kCommitInDoubt)) {
        EXPECT_TRUE(Fails(status, ErrorReason::kDeadlineExceeded));
      }
    }
  };
  const auto take_time = [&] {
    for (int i = 0; !over; ++i) {
      const absl::Status status = Execute(rig, i % 2 == 0 ? Way::kRead : Way::kWrite, rig.CallBy(),
                                          "SELECT pg_sleep(0.002)");
      ASSERT_TRUE(status.ok()) << status;
    }
  };
  {
    std::vector<std::jthread> others;
    for (int i = 0; i < 2; ++i) others.emplace_back(take_time);
    std::vector<std::jthread> hurried;
    for (int i = 0; i < 4; ++i) hurried.emplace_back(hurry, i);
    hurried.clear();
    over = true;
  }
  EXPECT_GT(in_time, 0);
  EXPECT_GT(late, 0);
}

// A server that is frozen for as long as this lives.
class Frozen {
 public:
  explicit Frozen(TempPostgres& cluster) : cluster_(cluster) { cluster_.Freeze(); }
  ~Frozen() { cluster_.Thaw(); }

 private:
  TempPostgres& cluster_;
};

// The connection is there, and the statement gets no answer.
TEST_P(Deadlines, HoldWhileTheServerIsFrozen) {
  DatabaseRig rig(ConnectionOptions{.max_connections = 4});
  ASSERT_TRUE(Execute(rig, GetParam(), rig.CallBy(), "SELECT 1").ok());
  const std::ptrdiff_t threads = Threads();
  {
    const Frozen frozen(rig.database().cluster());
    const absl::Duration late = BestOvershoot([&] {
      const Call call = Hurried(rig, absl::Milliseconds(300));
      EXPECT_TRUE(
          Fails(Execute(rig, GetParam(), call, "SELECT 1"), ErrorReason::kDeadlineExceeded));
      return absl::Now() - call.deadline;
    });
    EXPECT_LT(late, kOvershoot);
  }
  EXPECT_TRUE(Execute(rig, GetParam(), rig.CallBy(), "SELECT 1").ok());
  Await([&] { return Threads() <= threads; });
}

// There is no connection, and opening one gets no answer: many callers in turn, for as long as an
// opening may take and longer.
TEST_P(Deadlines, HoldWhileNoConnectionCanBeOpened) {
  DatabaseRig rig(ConnectionOptions{.max_connections = 2});
  rig.Query("SELECT 1");
  const std::ptrdiff_t threads = Threads();
  {
    const Frozen frozen(rig.database().cluster());
    const absl::Time end = absl::Now() + absl::Seconds(4);
    std::vector<absl::Duration> late;
    while (absl::Now() < end) {
      const Call call = Hurried(rig, absl::Milliseconds(300));
      const absl::Status status = Execute(rig, GetParam(), call, "SELECT 1");
      late.push_back(absl::Now() - call.deadline);
      EXPECT_TRUE(Fails(status, ErrorReason::kDeadlineExceeded) ||
                  Fails(status, ErrorReason::kDatabaseUnavailable))
          << status;  // the opening itself ends at the connect timeout
      EXPECT_LE(Threads(), threads + 3);
    }
    std::sort(late.begin(), late.end());
    EXPECT_LT(late[late.size() / 2], kOvershoot);
    EXPECT_LT(late.back(), absl::Seconds(5));
  }
  EXPECT_TRUE(Execute(rig, GetParam(), rig.CallBy(), "SELECT 1").ok());
  Await([&] { return Threads() <= threads; });
  EXPECT_LE(
      rig.database()
          .cluster()
          .AsSuperuser(
              "SELECT FROM pg_stat_activity WHERE application_name = 'runners' AND datname = '" +
              rig.database().name() + "'")
          .size(),
      2U);
}

TEST(ConnectionPool, CallerWhoGoesAwayWaitsNoLongerForAConnection) {
  DatabaseRig rig(ConnectionOptions{.max_connections = 1});
  const auto held = rig.pool().Acquire(rig.CallBy());
  ASSERT_TRUE(held.ok());
  std::stop_source caller;
  Call call = rig.CallBy();
  call.caller_gone = caller.get_token();
  const std::jthread leaves([&] { caller.request_stop(); });

  EXPECT_TRUE(Fails(rig.pool().Acquire(call).status(), ErrorReason::kCancelled));
}

// What was opened for somebody who left is not lost.
TEST(ConnectionPool, ConnectionOpenedTooLateServesTheNext) {
  DatabaseRig rig(ConnectionOptions{.max_connections = 1});
  {
    const Frozen frozen(rig.database().cluster());
    EXPECT_TRUE(Fails(Execute(rig, Way::kRead, Hurried(rig, absl::Milliseconds(50)), "SELECT 1"),
                      ErrorReason::kDeadlineExceeded));
  }
  const auto next = rig.pool().Acquire(rig.CallBy());
  ASSERT_TRUE(next.ok());
  EXPECT_TRUE(next->reused());
}

}  // namespace
}  // namespace runners::testing
