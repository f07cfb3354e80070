#include <gmock/gmock.h>

#include <string>

#include "tests/integration/postgres/store_fixture.h"

namespace runners::testing {
namespace {

// The invariants as the schema states them: what no statement may bring about, whoever sends it.
class SchemaTest : public ::testing::Test {
 protected:
  SchemaTest() : id_(stores_.Registered("r").id) { stores_.Enrolled(id_); }

  // The SQLSTATE a statement is refused with; empty when it is not.
  std::string RefusalOf(const std::string& sql) {
    try {
      stores_.rig.Query(sql);
      return "";
    } catch (const pqxx::sql_error& error) {
      return error.sqlstate();
    }
  }

  void ExpectRefused(const std::string& sqlstate, const std::string& sql) {
    EXPECT_EQ(RefusalOf(sql), sqlstate) << sql;
  }

  Stores stores_;
  const RunnerId id_;
};

constexpr char kInvalidParameter[] = "22023";
constexpr char kNotNull[] = "23502";
constexpr char kForeignKey[] = "23503";
constexpr char kUnique[] = "23505";
constexpr char kCheck[] = "23514";

TEST_F(SchemaTest, RunnerKeepsItsInvariants) {
  ExpectRefused(kCheck, "UPDATE runners SET name = ''");
  ExpectRefused(kCheck, "UPDATE runners SET name = repeat('x', 256)");
  ExpectRefused(kCheck, "UPDATE runners SET status = 'gone'");
  // The bound on their bytes is judged first, and cannot count these.
  ExpectRefused(kInvalidParameter, "UPDATE runners SET labels = '[]'");
  ExpectRefused(kInvalidParameter, "UPDATE runners SET capabilities = '{}'");
  ExpectRefused(kCheck, "UPDATE runners SET version = 0");
  ExpectRefused(kCheck, "UPDATE runners SET completed_generation = last_generation + 1");
  ExpectRefused(kCheck, "UPDATE runners SET completed_generation = 0");  // it is enrolled
  ExpectRefused(kCheck, "UPDATE runners SET deleted_by = id");           // it is not deleted
}

TEST_F(SchemaTest, TokenKeepsItsInvariants) {
  ExpectRefused(kCheck, "UPDATE service_tokens SET digest = '\\x00'");
  ExpectRefused(kUnique,
                "INSERT INTO service_tokens (id, runner_id, digest, prefix) "
                "SELECT gen_random_uuid(), runner_id, digest, prefix FROM service_tokens");
  ExpectRefused(kForeignKey, "UPDATE service_tokens SET runner_id = gen_random_uuid()");
  ExpectRefused(kForeignKey, "DELETE FROM runners");  // a tombstone stays
}

TEST_F(SchemaTest, GenerationIsTakenOnce) {
  ExpectRefused(kUnique,
                "INSERT INTO enrollment_attempts "
                "(id, runner_id, generation, token_id, lease_until, request_id) "
                "SELECT gen_random_uuid(), runner_id, generation, token_id, now(), 'r' "
                "FROM enrollment_attempts");
  ExpectRefused(kCheck, "UPDATE enrollment_attempts SET state = 'open'");    // it was closed
  ExpectRefused(kCheck, "UPDATE enrollment_attempts SET closed_at = NULL");  // it is closed
  ExpectRefused(kCheck, "UPDATE enrollment_attempts SET state = 'lucky'");
}

TEST_F(SchemaTest, RunnerHasOneCurrentIdentity) {
  const std::string attempt = stores_.Begun(id_).id;

  ExpectRefused(kUnique,
                "INSERT INTO overlay_identities "
                "(runner_id, generation, attempt_id, token_id, overlay_id) "
                "SELECT runner_id, generation, id, token_id, 'x' FROM enrollment_attempts "
                "WHERE id = '" +
                    attempt + "'");
  ExpectRefused(kCheck, "UPDATE overlay_identities SET overlay_id = ''");
  ExpectRefused(kCheck, "UPDATE overlay_identities SET state = 'removed'");  // when?
  ExpectRefused(kNotNull, "UPDATE overlay_identities SET attempt_id = NULL");
}

TEST_F(SchemaTest, WorkIsQueuedOnceAndMakesSense) {
  const auto insert = [this](const std::string& values) {
    return "INSERT INTO work (kind, action, runner_id, generation) VALUES (" + values + ", '" +
           id_.text() + "'";
  };

  ExpectRefused(kUnique, insert("'overlay', 'ensure_runner'") + ", 0)");
  ExpectRefused(kCheck, insert("'overlay', 'ensure_runner'") + ", 1)");
  ExpectRefused(kCheck, insert("'overlay', 'remove_identity'") + ", 0)");
  ExpectRefused(kCheck, insert("'overlay', 'make_coffee'") + ", 0)");
  ExpectRefused(kCheck, insert("'coffee', 'ensure_runner'") + ", 0)");
  ExpectRefused(kCheck, "UPDATE work SET claim_id = gen_random_uuid()");  // for how long?
}

TEST_F(SchemaTest, InheritedObjectsHaveOneRunner) {
  const std::string insert =
      "INSERT INTO imported_runners (runner_id, source_digest, overlay_service_id, "
      "overlay_identity_id) SELECT id, sha256(''), 's', 'i' FROM runners WHERE id = '";
  stores_.rig.Query(insert + id_.text() + "'");
  const RunnerId other = stores_.Registered("other").id;

  ExpectRefused(kUnique, insert + other.text() + "'");
  ExpectRefused(kCheck, "UPDATE imported_runners SET overlay_service_id = ''");
  ExpectRefused(kCheck, "UPDATE imported_runners SET overlay_identity_id = ''");
  ExpectRefused(kCheck, "UPDATE imported_runners SET source_digest = '\\x00'");
}

TEST_F(SchemaTest, RequestBelongsToOneRunnerOfOneCaller) {
  const std::string request =
      "UPDATE runners SET created_by = '00000000-0000-4000-8000-000000000009', "
      "register_request_id = '00000000-0000-4000-8000-000000000001', "
      "register_request_digest = sha256('')";
  stores_.rig.Query(request + " WHERE id = '" + id_.text() + "'");
  stores_.Registered("other");

  ExpectRefused(kUnique, request);
  ExpectRefused(kCheck, "UPDATE runners SET created_by = NULL");
  ExpectRefused(kCheck, "UPDATE runners SET register_request_digest = NULL");
  ExpectRefused(kCheck, "UPDATE runners SET register_request_digest = '\\x00'");
}

TEST_F(SchemaTest, SettingsAreOneRow) {
  ExpectRefused(kUnique, "INSERT INTO settings SELECT * FROM settings");
  ExpectRefused(kCheck,
                "INSERT INTO settings (only_row, instance_id, page_token_key) "
                "SELECT false, instance_id, page_token_key FROM settings");
  ExpectRefused(kCheck, "UPDATE settings SET page_token_key = '\\x00'");
  ExpectRefused(kCheck, "UPDATE settings SET previous_page_token_key = '\\x00'");
}

TEST_F(SchemaTest, AuditSaysSomething) {
  ExpectRefused(kCheck, "UPDATE audit SET before = NULL, after = NULL");
  ExpectRefused(kCheck, "UPDATE audit SET subject_kind = 'weather'");
  ExpectRefused(kNotNull, "UPDATE audit SET request_id = NULL");
}

}  // namespace
}  // namespace runners::testing
