#include "adapters/postgres/transaction.h"

#include <gmock/gmock.h>

#include <chrono>
#include <thread>

#include "adapters/postgres/connection_string.h"
#include "tests/integration/postgres/store_fixture.h"

namespace runners::testing {
namespace {

using postgres::ConnectionOptions;
using ::testing::HasSubstr;
using ::testing::Not;
using Transaction = pqxx::transaction_base;

absl::Status Exec(Transaction& transaction, const std::string& sql) {
  transaction.exec(sql);
  return absl::OkStatus();
}

absl::Status Write(DatabaseRig& rig, const std::string& sql) {
  return rig.transactor().Write(rig.CallBy(),
                                [&](Transaction& transaction) { return Exec(transaction, sql); });
}

absl::Status Read(DatabaseRig& rig, const std::string& sql) {
  return rig.transactor().Read(rig.CallBy(),
                               [&](Transaction& transaction) { return Exec(transaction, sql); });
}

// Locks the one row of `settings` until it goes.
class RowLock {
 public:
  explicit RowLock(DatabaseRig& rig)
      : connection_(rig.database().dsn().Reveal()), transaction_(connection_) {
    transaction_.exec("SELECT FROM settings FOR UPDATE");
  }

 private:
  pqxx::connection connection_;
  pqxx::work transaction_;
};

// Pings until it is answered: a pooler takes a moment to find its server again. At most half a
// minute; without a pooler it must work at once.
absl::Status PingOnceBack(DatabaseRig& rig) {
  const absl::Time limit = absl::Now() + absl::Seconds(30);
  absl::Status status = rig.transactor().Ping(absl::Now() + absl::Seconds(5));
  while (!status.ok() && rig.database().cluster().pooled() && absl::Now() < limit) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    status = rig.transactor().Ping(absl::Now() + absl::Seconds(5));
  }
  return status;
}

constexpr char kTouchSettings[] = "UPDATE settings SET only_row = true";

TEST(Transactor, CommitsWhatTheBodyDid) {
  DatabaseRig rig;

  EXPECT_TRUE(Write(rig, "CREATE TABLE t (x int); INSERT INTO t VALUES (7)").ok());

  EXPECT_EQ(rig.Value("SELECT x FROM t"), "7");
}

TEST(Transactor, ErrorOfTheBodyRollsBack) {
  DatabaseRig rig;

  const absl::Status status = rig.transactor().Write(rig.CallBy(), [](Transaction& transaction) {
    transaction.exec("CREATE TABLE t (x int)");
    return MakeError(ErrorReason::kRunnerNotFound, "no");
  });

  EXPECT_TRUE(Fails(status, ErrorReason::kRunnerNotFound));
  EXPECT_EQ(rig.Value("SELECT to_regclass('t') IS NULL"), "t");
}

TEST(Transactor, PassedDeadlineTouchesNothing) {
  DatabaseRig rig;
  Call late = rig.CallBy();
  late.deadline = absl::Now() - absl::Seconds(1);
  bool ran = false;

  const absl::Status status = rig.transactor().Write(late, [&](Transaction&) {
    ran = true;
    return absl::OkStatus();
  });

  EXPECT_TRUE(Fails(status, ErrorReason::kDeadlineExceeded));
  EXPECT_FALSE(ran);
}

TEST(Transactor, WaitsForAFreeConnectionUntilTheDeadline) {
  DatabaseRig rig(ConnectionOptions{.max_connections = 1});
  auto held = rig.pool().Acquire(rig.CallBy());
  ASSERT_TRUE(held.ok());
  Call hurried = rig.CallBy();
  hurried.deadline = absl::Now() + absl::Milliseconds(50);

  EXPECT_TRUE(Fails(rig.transactor().Read(hurried, [](Transaction&) { return absl::OkStatus(); }),
                    ErrorReason::kDeadlineExceeded));
}

TEST(Transactor, ReturnedConnectionServesTheNextInLine) {
  DatabaseRig rig(ConnectionOptions{.max_connections = 2});
  std::vector<absl::Status> outcomes(12, absl::UnknownError("not run"));
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      threads.emplace_back([&, i] { outcomes[i] = Read(rig, "SELECT pg_sleep(0.01)"); });
    }
  }
  for (const absl::Status& outcome : outcomes) EXPECT_TRUE(outcome.ok()) << outcome;
}

TEST(Transactor, KilledConnectionInThePoolIsReplacedUnnoticed) {
  DatabaseRig rig;
  ASSERT_TRUE(Write(rig, "SELECT 1").ok());
  rig.database().KillConnections();
  EXPECT_TRUE(Write(rig, "CREATE TABLE t (x int)").ok());
  rig.database().KillConnections();
  EXPECT_TRUE(Read(rig, "SELECT x FROM t").ok());
}

TEST(Transactor, ConnectionKilledInATransactionIsUnavailableAndNotRepeated) {
  DatabaseRig rig;
  int runs = 0;

  const absl::Status status = rig.transactor().Write(rig.CallBy(), [&](Transaction& transaction) {
    ++runs;
    transaction.exec("CREATE TABLE t (x int)");
    rig.database().KillConnections();
    transaction.exec("INSERT INTO t VALUES (1)");
    return absl::OkStatus();
  });

  EXPECT_TRUE(Fails(status, ErrorReason::kDatabaseUnavailable));
  EXPECT_EQ(runs, 1);
  EXPECT_TRUE(Write(rig, "SELECT 1").ok());
}

TEST(Transactor, ConnectionLostInTheCommitIsInDoubtAndNotRepeated) {
  DatabaseRig rig;
  int runs = 0;

  const absl::Status status = rig.transactor().Write(rig.CallBy(), [&](Transaction& transaction) {
    ++runs;
    transaction.exec("CREATE TABLE t (x int)");
    rig.database().KillConnections();
    return absl::OkStatus();
  });

  EXPECT_TRUE(Fails(status, ErrorReason::kCommitInDoubt));
  EXPECT_EQ(runs, 1);
  EXPECT_TRUE(Write(rig, "SELECT 1").ok());
}

TEST(Transactor, StoppedServerIsUnavailableAndComesBackByItself) {
  DatabaseRig rig;
  ASSERT_TRUE(Write(rig, "CREATE TABLE t (x int)").ok());

  rig.database().cluster().Stop();
  EXPECT_TRUE(Fails(Write(rig, "INSERT INTO t VALUES (1)"), ErrorReason::kDatabaseUnavailable));
  EXPECT_TRUE(Fails(Read(rig, "SELECT 1"), ErrorReason::kDatabaseUnavailable));
  EXPECT_TRUE(Fails(rig.transactor().Ping(absl::Now() + absl::Seconds(5)),
                    ErrorReason::kDatabaseUnavailable));

  rig.database().cluster().Start();
  EXPECT_TRUE(PingOnceBack(rig).ok());
  EXPECT_TRUE(Write(rig, "INSERT INTO t VALUES (1)").ok());
}

TEST(Transactor, RestartBetweenTwoCallsIsNotNoticed) {
  DatabaseRig rig;
  ASSERT_TRUE(Write(rig, "CREATE TABLE t (x int)").ok());

  rig.database().cluster().Stop();
  rig.database().cluster().Start();

  EXPECT_TRUE(Write(rig, "INSERT INTO t VALUES (1)").ok());
}

TEST(Transactor, TooManyClientsIsUnavailable) {
  DatabaseRig rig;
  TempPostgres& cluster = rig.database().cluster();
  cluster.AsSuperuser("ALTER DATABASE " + rig.database().name() + " CONNECTION LIMIT 0");
  EXPECT_TRUE(Fails(Read(rig, "SELECT 1"), ErrorReason::kDatabaseUnavailable));

  cluster.AsSuperuser("ALTER DATABASE " + rig.database().name() + " CONNECTION LIMIT -1");
  EXPECT_TRUE(Read(rig, "SELECT 1").ok());
}

TEST(Transactor, ReadOnlyServerIsUnavailable) {
  DatabaseRig rig;
  EXPECT_TRUE(Fails(rig.transactor().Write(rig.CallBy(),
                                           [](Transaction& transaction) {
                                             transaction.exec("SET TRANSACTION READ ONLY");
                                             return Exec(transaction, kTouchSettings);
                                           }),
                    ErrorReason::kDatabaseUnavailable));
}

// As after a failover: what was opened to the server that takes no writes is not used again.
TEST(Transactor, ConnectionsToAReadOnlyServerAreForgotten) {
  if (TempPostgres::Shared().pooled()) GTEST_SKIP() << "the pooler keeps its own connections";
  DatabaseRig rig;
  TempPostgres& cluster = rig.database().cluster();
  const std::string database = "ALTER DATABASE " + rig.database().name();
  cluster.AsSuperuser(database + " SET default_transaction_read_only = on");
  EXPECT_TRUE(Fails(Write(rig, kTouchSettings), ErrorReason::kDatabaseUnavailable));

  cluster.AsSuperuser(database + " SET default_transaction_read_only = off");
  EXPECT_TRUE(Write(rig, kTouchSettings).ok());
}

TEST(Transactor, PingFailsWhileTheServerTakesNoWritesAndNoLonger) {
  DatabaseRig rig;
  TempPostgres& cluster = rig.database().cluster();
  const std::string database = "ALTER DATABASE " + rig.database().name();
  const auto ping = [&] { return rig.transactor().Ping(absl::Now() + absl::Seconds(5)); };
  EXPECT_TRUE(ping().ok());

  cluster.AsSuperuser(database + " SET default_transaction_read_only = on");
  rig.database().KillConnections();
  EXPECT_TRUE(Fails(ping(), ErrorReason::kDatabaseUnavailable));

  cluster.AsSuperuser(database + " SET default_transaction_read_only = off");
  if (cluster.pooled()) rig.database().KillConnections();  // the pooler keeps its own
  EXPECT_TRUE(PingOnceBack(rig).ok());
}

TEST(Transactor, LockedRowIsALockTimeout) {
  DatabaseRig rig(ConnectionOptions{.lock_timeout = absl::Milliseconds(50)});
  {
    const RowLock lock(rig);
    EXPECT_TRUE(Fails(Write(rig, kTouchSettings), ErrorReason::kLockTimeout));
  }
  EXPECT_TRUE(Write(rig, kTouchSettings).ok());
}

TEST(Transactor, SlowStatementIsAStatementTimeout) {
  DatabaseRig rig(ConnectionOptions{.statement_timeout = absl::Milliseconds(50)});

  EXPECT_TRUE(Fails(Write(rig, "SELECT pg_sleep(10)"), ErrorReason::kStatementTimeout));
  EXPECT_TRUE(Fails(Read(rig, "SELECT pg_sleep(10)"), ErrorReason::kStatementTimeout));
  EXPECT_TRUE(Read(rig, "SELECT 1").ok());
}

TEST(Transactor, StatementOfATransactionEndsAtTheDeadline) {
  DatabaseRig rig;
  Call hurried = rig.CallBy();
  hurried.deadline = absl::Now() + absl::Milliseconds(200);

  const absl::Status status = rig.transactor().Write(
      hurried, [](Transaction& transaction) { return Exec(transaction, "SELECT pg_sleep(4)"); });

  EXPECT_TRUE(Fails(status, ErrorReason::kDeadlineExceeded));
  EXPECT_LT(absl::Now(), hurried.deadline + absl::Seconds(2));
}

TEST(Transactor, SerializationFailureIsRepeatedThreeTimes) {
  DatabaseRig rig;
  int runs = 0;
  const auto fail_times = [&](int times) {
    runs = 0;
    return rig.transactor().Write(rig.CallBy(), [&, times](Transaction& transaction) {
      if (runs++ < times) {
        transaction.exec("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$");
      }
      return absl::OkStatus();
    });
  };

  EXPECT_TRUE(fail_times(3).ok());
  EXPECT_EQ(runs, 4);
  EXPECT_TRUE(Fails(fail_times(100), ErrorReason::kConcurrentUpdate));
  EXPECT_EQ(runs, 4);
}

TEST(Transactor, DeadlockIsRepeatedUntilItIsGone) {
  DatabaseRig rig;
  rig.Query("CREATE TABLE t AS SELECT x, 0 AS n FROM generate_series(1, 2) AS x");
  const auto both = [&](int first, int second) {
    for (int i = 0; i < 20; ++i) {
      const absl::Status status = rig.transactor().Write(rig.CallBy(), [&](Transaction& t) {
        t.exec("UPDATE t SET n = n + 1 WHERE x = " + std::to_string(first));
        t.exec("UPDATE t SET n = n + 1 WHERE x = " + std::to_string(second));
        return absl::OkStatus();
      });
      EXPECT_TRUE(status.ok()) << status;
    }
  };
  {
    const std::jthread one(both, 1, 2);
    const std::jthread other(both, 2, 1);
  }
  EXPECT_EQ(rig.Value("SELECT string_agg(n::text, ',') FROM t"), "40,40");
}

TEST(Transactor, DefectsSayNothingOfTheData) {
  DatabaseRig rig;
  ::testing::internal::CaptureStderr();

  const absl::Status status =
      Write(rig,
            "INSERT INTO service_tokens (id, runner_id, digest, prefix) VALUES "
            "(gen_random_uuid(), gen_random_uuid(), 'planted-secret', 'x')");

  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_TRUE(Fails(status, ErrorReason::kInternal));
  EXPECT_THAT(status.ToString(), Not(HasSubstr("planted")));
  EXPECT_THAT(log, HasSubstr("23514"));
  EXPECT_THAT(log, Not(HasSubstr("planted")));
  EXPECT_THAT(log, Not(HasSubstr("706c616e746564")));  // the same in hex, as rows are printed
}

TEST(ConnectionString, KeepsWhatTheUserSaysAndAddsTheRest) {
  const auto merged = postgres::WithDefaults(
      Secret("postgres://u:p%27w@h:1/d?connect_timeout=9&options=-c%20lock_timeout%3D7"),
      {{"connect_timeout", "3"}, {"application_name", "a b"}, {"options", "-c lock_timeout=5"}});

  ASSERT_TRUE(merged.ok()) << merged.status();
  const std::string& text = merged->Reveal();
  EXPECT_THAT(text, HasSubstr("password='p\\'w'"));
  EXPECT_THAT(text, HasSubstr("connect_timeout='9'"));
  EXPECT_THAT(text, HasSubstr("application_name='a b'"));
  EXPECT_THAT(text, HasSubstr("options='-c lock_timeout=5 -c lock_timeout=7'"));
}

TEST(ConnectionString, NonsenseIsRefusedWithoutRepeatingIt) {
  const auto merged = postgres::WithDefaults(Secret("hunter2 hunter3"), {});

  EXPECT_FALSE(merged.ok());
  EXPECT_THAT(merged.status().ToString(), Not(HasSubstr("hunter")));
}

}  // namespace
}  // namespace runners::testing
