#include <gmock/gmock.h>

#include <string>
#include <thread>
#include <vector>

#include "tests/integration/postgres/store_fixture.h"
#include "tests/support/import_rig.h"

namespace runners::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto kDryRun = ImportMode::kDryRun;

class ImportTest : public ::testing::Test {
 protected:
  using Lines = std::vector<std::string>;

  Lines Import(ImportMode mode = ImportMode::kForReal) { return import_.Import(mode); }

  Lines ImportOf(const LegacyRow& row) {
    import_.legacy.Add(row);
    return Import();
  }

  // The one line about a row, which is then gone there.
  std::string LineOf(const LegacyRow& row) {
    const std::string line = ImportOf(row).front();
    import_.legacy.Query("DELETE FROM runners WHERE id = '" + row.id + "'");
    return line;
  }

  std::string Value(const std::string& sql) { return stores_.rig.Value(sql); }

  // Everything the database holds, as one digest.
  std::string Everything() {
    std::string all;
    for (const char* table :
         {"runners", "service_tokens", "enrollment_attempts", "overlay_identities",
          "imported_runners", "grants", "work", "audit"}) {
      all += Value(
                 "SELECT count(*) || ' ' || md5(coalesce(string_agg(t::text, '' ORDER BY "
                 "t::text), '')) FROM " +
                 std::string(table) + " AS t") +
             "\n";
    }
    return all;
  }

  Runner Found(const LegacyRow& row) {
    return stores_.runners.Get(stores_.call(), IdOf(row)).value().value();
  }

  Stores stores_;
  ImportRig import_{stores_.rig};
};

TEST_F(ImportTest, RunnerIsTakenOverAsItIs) {
  LegacyRow row = EnrolledLegacyRow(1);
  row.name = "build \xc3\xa9";
  row.organization_id = kAcme.text();
  row.labels = R"({"region": "eu", "note": ""})";
  row.capabilities = R"(["gpu", "docker", "gpu"])";

  EXPECT_THAT(ImportOf(row), ElementsAre("imported 1: enrolled", "1 0 0"));

  const Runner runner = Found(row);
  EXPECT_EQ(runner.name, row.name);
  EXPECT_EQ(runner.organization_id, kAcme);
  EXPECT_EQ(runner.status, RunnerStatus::kEnrolled);
  EXPECT_EQ(runner.labels, (Labels{{"note", ""}, {"region", "eu"}}));
  EXPECT_THAT(runner.capabilities, ElementsAre("gpu", "docker", "gpu"));
  EXPECT_EQ(absl::ToUnixMicros(runner.created_at), 1'709'210'096'123'457);
  EXPECT_EQ(absl::ToUnixMicros(runner.updated_at), 1'735'787'045'000'001);
  EXPECT_EQ(stores_.runners.FindByToken(stores_.call(), stores_.rig.hasher().Sha256(row.token))
                .value()
                .value()
                .id,
            runner.id);
  EXPECT_EQ(stores_.Queued(runner.id), "ensure_runner 0");
  EXPECT_EQ(Value("SELECT identity_id || ' ' || relation || ' ' || object FROM grants"),
            row.id + " member organization:" + kAcme.text());
}

TEST_F(ImportTest, EnrolledRunnerIsSelectableAtOnceAndItsIdentityIsTheCurrentOne) {
  const LegacyRow row = EnrolledLegacyRow(1);
  ImportOf(row);

  EXPECT_EQ(stores_.selection.DrawOne(stores_.call(), {kAcme, {}, {}, {}}, Counting::kSkip)
                .value()
                .runner.value()
                .id,
            IdOf(row));
  EXPECT_EQ(Value("SELECT concat_ws(' ', generation, state, overlay_id) FROM overlay_identities"),
            "1 current identity-1");
  EXPECT_EQ(Value("SELECT concat_ws(' ', generation, state) FROM enrollment_attempts"),
            "1 completed");
  EXPECT_EQ(stores_.enrollment
                .Begin(stores_.call(), stores_.rig.hasher().Sha256(row.token),
                       stores_.rig.entropy().NewUuid(), absl::Minutes(1))
                .value()
                .generation,
            2);
}

TEST_F(ImportTest, AuditTellsOfEveryImportAndNoSecret) {
  LegacyRow row = EnrolledLegacyRow(1);
  row.organization_id = kAcme.text();
  ImportOf(row);

  EXPECT_EQ(Value("SELECT string_agg(concat_ws(' ', subject_kind, rpc, actor), ', ' ORDER BY "
                  "subject_kind) FROM audit WHERE before IS NULL"),
            "grant ImportRunners, runner ImportRunners");
  EXPECT_EQ(Value("SELECT after ->> 'overlay_identity_id' FROM audit WHERE subject_kind = "
                  "'runner'"),
            "identity-1");
  EXPECT_EQ(
      Value("SELECT count(*) FROM audit WHERE audit::text LIKE '%" + LegacyHash(row.token) + "%'"),
      "0");
  EXPECT_EQ(Value("SELECT prefix FROM service_tokens"), "imported");
}

TEST_F(ImportTest, StatusIsReadInAnyCaseAndNeedsAnIdentityUnlessPending) {
  LegacyRow shouting = EnrolledLegacyRow(1);
  shouting.status = "OFFLINE";
  LegacyRow headless = ExampleLegacyRow(2);
  headless.status = "Enrolled";
  LegacyRow pending = ExampleLegacyRow(3);
  pending.status = "PENDING";
  pending.identity = "identity-3";  // it was enrolled once
  for (const LegacyRow& row : {shouting, headless, pending}) import_.legacy.Add(row);

  EXPECT_THAT(Import(), ElementsAre("imported 1: offline",
                                    "imported 2: pending, because it has no identity in OpenZiti",
                                    "imported 3: pending", "3 0 0"));

  EXPECT_EQ(Found(shouting).status, RunnerStatus::kOffline);
  EXPECT_EQ(Found(headless).status, RunnerStatus::kPending);
  EXPECT_EQ(Value("SELECT string_agg(overlay_id, ' ' ORDER BY overlay_id) FROM overlay_identities "
                  "WHERE state = 'current'"),
            "identity-1 identity-3");
}

TEST_F(ImportTest, NullsAndWhiteSpaceAreForgiven) {
  LegacyRow row = ExampleLegacyRow(1);
  row.name = "  spaced ";
  row.labels = row.capabilities = row.identity_id = "";

  EXPECT_THAT(ImportOf(row), ElementsAre("imported 1: pending", "1 0 0"));
  EXPECT_EQ(Found(row).name, "spaced");
  EXPECT_TRUE(Found(row).labels.empty());
}

TEST_F(ImportTest, SecondRunChangesNothingAndSaysSo) {
  import_.legacy.Add(EnrolledLegacyRow(1));
  import_.legacy.Add(ExampleLegacyRow(2));
  Import();
  const std::string before = Everything();

  EXPECT_THAT(Import(), ElementsAre("there 1", "there 2", "0 2 0"));

  EXPECT_EQ(Everything(), before);
}

TEST_F(ImportTest, WhatWasChangedOrDeletedHereIsLeftAlone) {
  const LegacyRow renamed = ExampleLegacyRow(1);
  const LegacyRow deleted = ExampleLegacyRow(2);
  for (const LegacyRow& row : {renamed, deleted}) import_.legacy.Add(row);
  Import();
  ASSERT_TRUE(stores_.runners.Update(stores_.call(), {IdOf(renamed), "new", {}, {}, {}}).ok());
  ASSERT_TRUE(stores_.runners.Delete(stores_.call(), IdOf(deleted), std::nullopt).ok());
  const std::string before = Everything();

  EXPECT_THAT(Import(), ElementsAre("there 1: changed here since, left as it is",
                                    "there 2: deleted here since, left as it is", "0 2 0"));

  EXPECT_EQ(Everything(), before);
}

TEST_F(ImportTest, WhatChangedThereIsSkipped) {
  for (const std::string change :
       {"name = 'x'", "status = 'offline'", "labels = '{\"a\": \"b\"}'", "capabilities = '[\"a\"]'",
        "service_token_hash = repeat('0', 64)", "ziti_identity_id = 'x'",
        "organization_id = gen_random_uuid()"}) {
    import_.legacy.Query("DELETE FROM runners");
    import_.legacy.Add(EnrolledLegacyRow(1));
    Import();
    import_.legacy.Query("UPDATE runners SET " + change);

    EXPECT_THAT(Import(), ElementsAre("skipped 1: the earlier service changed it after it was "
                                      "imported; left as it is here",
                                      "0 0 1"))
        << change;
  }
}

TEST_F(ImportTest, WhatBreaksARuleIsSkippedWithEveryReason) {
  LegacyRow row = ExampleLegacyRow(1);
  row.name = std::string(256, 'x');
  row.status = "sleeping";
  row.labels = R"({"a": 1})";
  row.capabilities = "{}";
  row.identity_id = ExampleLegacyRow(2).id;
  row.identity = "../admin";
  row.service_name = "shared";
  row.created_at = "infinity";
  row.token = "";
  const std::string before = Everything();

  EXPECT_EQ(
      LineOf(row),
      "skipped 1: name: must be 1 to 255 bytes; status: must be pending, enrolled or offline; "
      "labels: must be an object of strings; capabilities: must be an array of strings; "
      "created_at: must be a time of the years 1 to 9999; identity_id: must be the id: a "
      "runner acts under its own id here; ziti_identity_id: must be an id of OpenZiti; "
      "ziti_service_name: must be runner-<id>: clients dial this name; service_token_hash: "
      "must be 64 hex characters");

  EXPECT_EQ(Everything(), before);
}

TEST_F(ImportTest, LimitsOfAttributesAreKept) {
  LegacyRow long_value = ExampleLegacyRow(1);
  long_value.labels = "{\"a\": \"" + std::string(1025, 'x') + "\"}";
  LegacyRow control = ExampleLegacyRow(2);
  control.labels = R"({"a": "two\nlines"})";
  LegacyRow heavy = ExampleLegacyRow(3);
  heavy.labels = "{";
  for (int i = 10; i < 28; ++i) {
    heavy.labels +=
        (i == 10 ? "\"" : ", \"") + std::to_string(i) + "\": \"" + std::string(1000, 'x') + "\"";
  }
  heavy.labels += "}";
  LegacyRow many = ExampleLegacyRow(4);
  many.capabilities = "[\"0\"";
  for (int i = 1; i < 65; ++i) many.capabilities += ", \"" + std::to_string(i) + "\"";
  many.capabilities += "]";

  EXPECT_THAT(LineOf(long_value), HasSubstr("must be at most 1024 bytes"));
  EXPECT_THAT(LineOf(control), HasSubstr("must be UTF-8 without control characters"));
  EXPECT_THAT(LineOf(heavy), HasSubstr("labels and capabilities together must be at most 16384"));
  EXPECT_THAT(LineOf(many), HasSubstr("capabilities: must be at most 64 capabilities"));
}

TEST_F(ImportTest, WhatOthersHaveIsSkipped) {
  const NewRunner here = stores_.Described("here");
  stores_.Registered(here);
  LegacyRow same_id = ExampleLegacyRow(1);
  same_id.id = here.id.text();
  same_id.identity_id = "";
  EXPECT_THAT(LineOf(same_id), HasSubstr("a runner with this id is here that was not imported"));
  LegacyRow same_token = ExampleLegacyRow(2);
  same_token.token = here.id.text();  // what Described gives a token
  EXPECT_EQ(LineOf(same_token), "skipped 2: another runner has its service token");

  ASSERT_EQ(LineOf(EnrolledLegacyRow(3)), "imported 3: enrolled");
  LegacyRow same_identity = EnrolledLegacyRow(4);
  same_identity.identity = EnrolledLegacyRow(3).identity;
  LegacyRow same_service = EnrolledLegacyRow(5);
  same_service.service = EnrolledLegacyRow(3).service;
  EXPECT_THAT(LineOf(same_identity), HasSubstr("another imported runner has its identity or"));
  EXPECT_THAT(LineOf(same_service), HasSubstr("another imported runner has its identity or"));
}

TEST_F(ImportTest, DryRunSaysTheSameAndChangesNothing) {
  LegacyRow bad = ExampleLegacyRow(2);
  bad.name = "";
  LegacyRow same_token = ExampleLegacyRow(3);
  same_token.token = ExampleLegacyRow(1).token;
  LegacyRow same_service = EnrolledLegacyRow(5);
  same_service.service = EnrolledLegacyRow(4).service;
  for (const LegacyRow& row :
       {ExampleLegacyRow(1), bad, same_token, EnrolledLegacyRow(4), same_service}) {
    import_.legacy.Add(row);
  }
  const std::string before = Everything();

  const Lines dry = Import(kDryRun);
  EXPECT_EQ(Everything(), before);
  EXPECT_EQ(dry, Import());
  EXPECT_EQ(dry.back(), "2 0 3");
  EXPECT_EQ(Import(kDryRun), Import());
}

TEST_F(ImportTest, MoreThanOnePageIsRead) {
  import_.legacy.Query(
      "INSERT INTO runners SELECT gen_random_uuid(), 'r', NULL, NULL, "
      "encode(sha256(n::text::bytea), 'hex'), 'pending', '{}', '[]', NULL, NULL, NULL, now(), "
      "now() FROM generate_series(1, 1001) AS n");

  EXPECT_EQ(Import(kDryRun).back(), "1001 0 0");
}

TEST_F(ImportTest, ImportsAtTheSameTimeTakeEveryRunnerOnce) {
  import_.legacy.Query(
      "INSERT INTO runners SELECT gen_random_uuid(), 'r', NULL, NULL, "
      "encode(sha256(n::text::bytea), 'hex'), 'pending', '{}', '[]', NULL, NULL, NULL, now(), "
      "now() FROM generate_series(1, 50) AS n");
  ImportCounts other;
  ImportCounts one;
  {
    std::jthread thread([&] { other = import_.Run(ImportMode::kForReal).value(); });
    one = import_.Run(ImportMode::kForReal).value();
  }

  EXPECT_EQ(one.imported + other.imported, 50);
  EXPECT_EQ(one.there_already + other.there_already, 50);
  EXPECT_EQ(Value("SELECT count(*) FROM service_tokens"), "50");
}

TEST_F(ImportTest, BytesThatAreNotUtf8AreSkipped) {
  TempPostgres& cluster = stores_.rig.database().cluster();
  const std::string name = "legacy_ascii";
  cluster.AsSuperuser("CREATE DATABASE " + name +
                      " OWNER runners ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE "
                      "template0");
  {
    ImportRig ascii(stores_.rig, Secret(cluster.Dsn(name)));
    pqxx::connection connection(cluster.Dsn(name));
    pqxx::nontransaction statements(connection);
    statements.exec(kCreateLegacyTable);
    LegacyRow row = ExampleLegacyRow(1);
    row.name = "caf\xe9";
    row.labels = "{\"caf\xe9\": \"x\"}";
    statements.exec(InsertOf(row));
    statements.exec(InsertOf(ExampleLegacyRow(2)));

    EXPECT_THAT(ascii.Import(),
                ElementsAre("skipped 1: name: must be UTF-8 without control characters; labels: "
                            "must be an object of strings",
                            "imported 2: pending", "1 0 1"));
  }
  cluster.AsSuperuser("DROP DATABASE " + name + " WITH (FORCE)");
}

TEST_F(ImportTest, DatabaseOfAnotherShapeIsRefusedInASentence) {
  import_.legacy.Query("ALTER TABLE runners DROP COLUMN labels, DROP COLUMN ziti_service_id");
  const absl::Status other = import_.Run(ImportMode::kForReal).status();
  import_.legacy.Query("DROP TABLE runners");
  const absl::Status none = import_.Run(ImportMode::kForReal).status();

  EXPECT_EQ(other.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(MessageOf(other),
            "the table runners of the database to import from is not the earlier service's: it "
            "lacks labels, ziti_service_id");
  EXPECT_EQ(none.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(MessageOf(none)), HasSubstr("has no table runners"));
}

TEST_F(ImportTest, SourceThatIsAwayIsNamed) {
  ImportRig lost(stores_.rig, Secret("host=/nonexistent user=u dbname=d"));

  const absl::Status status = lost.Run(kDryRun).status();

  EXPECT_TRUE(Fails(status, ErrorReason::kDatabaseUnavailable));
  EXPECT_THAT(std::string(MessageOf(status)), HasSubstr("the earlier service's side"));
}

}  // namespace
}  // namespace runners::testing
