#include "adapters/postgres/pg_errors.h"

#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/integration/postgres/store_fixture.h"

namespace runners::testing {
namespace {

using Transaction = pqxx::transaction_base;

std::string Raise(const std::string& sqlstate) {
  return "DO $$ BEGIN RAISE EXCEPTION 'planted' USING ERRCODE = '" + sqlstate + "'; END $$";
}

absl::Status Write(DatabaseRig& rig, const std::string& sql) {
  return rig.transactor().Write(rig.CallBy(), [&](Transaction& transaction) {
    transaction.exec(sql);
    return absl::OkStatus();
  });
}

absl::Status Read(DatabaseRig& rig, const std::string& sql) {
  return rig.transactor().Read(rig.CallBy(), [&](Transaction& transaction) {
    transaction.exec(sql);
    return absl::OkStatus();
  });
}

// Sends every SQLSTATE through the server and libpqxx, which has classes of its own for some.
TEST(PgErrors, SqlStateTellsTheReason) {
  DatabaseRig rig;
  const std::vector<std::pair<std::string, ErrorReason>> reasons = {
      {"08006", ErrorReason::kDatabaseUnavailable},  // connection failure
      {"22021", ErrorReason::kInternal},             // a character that is none
      {"22P02", ErrorReason::kInternal},             // text that is no uuid, no json
      {"23505", ErrorReason::kInternal},             // unique
      {"23514", ErrorReason::kInternal},             // check
      {"25006", ErrorReason::kDatabaseUnavailable},  // read only: a standby
      {"25P03", ErrorReason::kDatabaseUnavailable},  // idle for too long, closed
      {"40001", ErrorReason::kConcurrentUpdate},     // serialization
      {"40P01", ErrorReason::kConcurrentUpdate},     // deadlock
      {"40003", ErrorReason::kCommitInDoubt},        // completion unknown
      {"42501", ErrorReason::kInternal},             // privilege
      {"42P01", ErrorReason::kInternal},             // no such table
      {"53100", ErrorReason::kDatabaseUnavailable},  // disk full
      {"53200", ErrorReason::kDatabaseUnavailable},  // out of memory
      {"53300", ErrorReason::kDatabaseUnavailable},  // too many connections
      {"55P03", ErrorReason::kLockTimeout},
      {"57014", ErrorReason::kStatementTimeout},
      {"57P01", ErrorReason::kDatabaseUnavailable},  // shut down by an administrator
      {"57P02", ErrorReason::kDatabaseUnavailable},  // crash of another session
      {"57P03", ErrorReason::kDatabaseUnavailable},  // starting up
      {"XX000", ErrorReason::kInternal},
  };

  for (const auto& [sqlstate, reason] : reasons) {
    EXPECT_TRUE(Fails(Write(rig, Raise(sqlstate)), reason)) << sqlstate;
    EXPECT_TRUE(Fails(Read(rig, Raise(sqlstate)), reason)) << sqlstate;
  }
}

// What the COMMIT itself is refused with has changed nothing; what may have cut it off may not.
TEST(PgErrors, RefusedCommitIsNotInDoubt) {
  DatabaseRig rig;
  rig.Query(
      "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
      "$$ BEGIN RAISE EXCEPTION USING ERRCODE = NEW.sqlstate; END $$");
  rig.Query("CREATE TABLE refusals (sqlstate text)");
  rig.Query(
      "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON refusals DEFERRABLE INITIALLY DEFERRED "
      "FOR EACH ROW EXECUTE FUNCTION refuse()");
  const std::vector<std::pair<std::string, ErrorReason>> reasons = {
      {"40001", ErrorReason::kConcurrentUpdate}, {"23505", ErrorReason::kInternal},
      {"57014", ErrorReason::kStatementTimeout}, {"55P03", ErrorReason::kLockTimeout},
      {"57P01", ErrorReason::kCommitInDoubt},    {"08006", ErrorReason::kCommitInDoubt},
      {"40003", ErrorReason::kCommitInDoubt},
  };

  for (const auto& [sqlstate, reason] : reasons) {
    const std::string insert = "INSERT INTO refusals VALUES ('" + sqlstate + "')";
    EXPECT_TRUE(Fails(Write(rig, insert), reason)) << sqlstate;
  }
  EXPECT_EQ(rig.Value("SELECT count(*) FROM refusals"), "0");
}

TEST(PgErrors, PassingTroubleSaysWhenToComeAgain) {
  DatabaseRig rig;

  EXPECT_EQ(DetailOf(Write(rig, Raise("57P01"))).retry_after, absl::Seconds(1));
  EXPECT_EQ(DetailOf(Write(rig, Raise("55P03"))).retry_after, absl::Seconds(1));
  EXPECT_EQ(DetailOf(Write(rig, Raise("40003"))).retry_after, std::nullopt);
  EXPECT_EQ(DetailOf(Write(rig, Raise("23505"))).retry_after, std::nullopt);
}

TEST(PgErrors, TextOfTheServerIsNeverPassedOn) {
  DatabaseRig rig;

  for (const std::string sqlstate : {"23505", "57P01", "40001", "55P03", "57014", "40003"}) {
    EXPECT_EQ(Write(rig, Raise(sqlstate)).ToString().find("planted"), std::string::npos);
  }
}

}  // namespace
}  // namespace runners::testing
