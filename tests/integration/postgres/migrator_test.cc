#include "adapters/postgres/migrator.h"

#include <gmock/gmock.h>

#include <thread>

#include "adapters/postgres/settings.h"
#include "tests/integration/postgres/store_fixture.h"

namespace runners::testing {
namespace {

using postgres::EmbeddedMigrations;
using postgres::Migration;
using postgres::Migrator;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr auto kEmpty = TempDatabase::Schema::kEmpty;

const std::vector<Migration> kTwo = {{1, "0001_create_a", 1, "CREATE TABLE a (x int)"},
                                     {2, "0002_create_b", 1, "CREATE TABLE b (x int)"}};

std::vector<Migration> FirstOf(const std::vector<Migration>& migrations, std::ptrdiff_t count) {
  return {migrations.begin(), migrations.begin() + count};
}

std::string Refusal(const absl::Status& status) {
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  return std::string(MessageOf(status));
}

TEST(Migrator, UpBringsAnEmptyDatabaseToTheNewestLevel) {
  DatabaseRig rig(kEmpty);
  Migrator migrator(rig.transactor(), rig.hasher());

  const auto applied = migrator.Up();
  const auto again = migrator.Up();

  ASSERT_TRUE(applied.ok()) << applied.status();
  EXPECT_EQ(applied->size(), EmbeddedMigrations().size());
  EXPECT_EQ(applied->front(), "0001_create_runners");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_THAT(*again, IsEmpty());
  EXPECT_TRUE(migrator.Verify().ok());
}

TEST(Migrator, InspectTellsWhatUpWouldDoAndChangesNothing) {
  DatabaseRig rig(kEmpty);
  Migrator migrator(rig.transactor(), rig.hasher(), kTwo);

  const postgres::SchemaState state = migrator.Inspect().value();

  EXPECT_THAT(state.pending, ElementsAre("0001_create_a", "0002_create_b"));
  EXPECT_EQ(state.database_level(), 0);
  EXPECT_EQ(state.binary_level, 2);
  EXPECT_EQ(rig.Value("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), "0");
}

TEST(Migrator, VerifySaysHowToGetThere) {
  DatabaseRig rig(kEmpty);
  const std::vector<Migration> one = FirstOf(kTwo, 1);
  ASSERT_TRUE(Migrator(rig.transactor(), rig.hasher(), one).Up().ok());

  const std::string refusal = Refusal(Migrator(rig.transactor(), rig.hasher(), kTwo).Verify());

  EXPECT_THAT(refusal, HasSubstr("level 1"));
  EXPECT_THAT(refusal, HasSubstr("level 2"));
  EXPECT_THAT(refusal, HasSubstr("runners migrate up"));
}

TEST(Migrator, ChangedMigrationIsRefused) {
  DatabaseRig rig(kEmpty);
  ASSERT_TRUE(Migrator(rig.transactor(), rig.hasher(), kTwo).Up().ok());
  std::vector<Migration> changed = kTwo;
  changed[0].sql = "CREATE TABLE a (x bigint)";
  Migrator migrator(rig.transactor(), rig.hasher(), changed);

  EXPECT_THAT(Refusal(migrator.Up().status()), HasSubstr("0001_create_a"));
  EXPECT_THAT(Refusal(migrator.Inspect().status()), HasSubstr("never edited"));
  EXPECT_THAT(Refusal(migrator.Verify()), HasSubstr("never edited"));
}

TEST(Migrator, NewerDatabaseThatBearsThisBinaryIsFine) {
  DatabaseRig rig(kEmpty);
  ASSERT_TRUE(Migrator(rig.transactor(), rig.hasher(), kTwo).Up().ok());
  const std::vector<Migration> one = FirstOf(kTwo, 1);
  Migrator older(rig.transactor(), rig.hasher(), one);

  EXPECT_TRUE(older.Verify().ok());
  EXPECT_THAT(older.Up().value(), IsEmpty());
  EXPECT_EQ(older.Inspect().value().database_level(), 2);
}

TEST(Migrator, DatabaseThatNeedsANewerBinaryRefusesThisOne) {
  DatabaseRig rig(kEmpty);
  std::vector<Migration> migrations = kTwo;
  migrations[1].oldest_binary = 2;
  ASSERT_TRUE(Migrator(rig.transactor(), rig.hasher(), migrations).Up().ok());
  const std::vector<Migration> one = FirstOf(kTwo, 1);
  Migrator older(rig.transactor(), rig.hasher(), one);

  EXPECT_THAT(Refusal(older.Verify()), HasSubstr("deploy a newer release"));
  EXPECT_THAT(Refusal(older.Up().status()), HasSubstr("knows level 1"));
}

TEST(Migrator, LostRowOfTheHistoryIsRefused) {
  DatabaseRig rig(kEmpty);
  Migrator migrator(rig.transactor(), rig.hasher(), kTwo);
  ASSERT_TRUE(migrator.Up().ok());
  rig.Query("DELETE FROM schema_migrations WHERE level = 1");

  EXPECT_THAT(Refusal(migrator.Verify()), HasSubstr("schema_migrations"));
}

TEST(Migrator, FailedMigrationLeavesNothingAndIsNamed) {
  DatabaseRig rig(kEmpty);
  std::vector<Migration> migrations = kTwo;
  migrations[1].sql = "CREATE TABLE b (x int); SELECT 1 / 0";
  Migrator migrator(rig.transactor(), rig.hasher(), migrations);

  const absl::Status failed = migrator.Up().status();

  EXPECT_THAT(std::string(MessageOf(failed)), HasSubstr("0002_create_b"));
  EXPECT_EQ(migrator.Inspect().value().database_level(), 1);
  EXPECT_EQ(rig.Value("SELECT to_regclass('b') IS NULL"), "t");
}

TEST(Migrator, ReplicasStartingAtOnceBothComeUp) {
  DatabaseRig rig(kEmpty);
  std::vector<absl::Status> outcomes(4, absl::UnknownError("not run"));
  std::vector<std::string> instances(outcomes.size());
  {
    std::vector<std::jthread> replicas;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      replicas.emplace_back([&, i] {
        outcomes[i] = Migrator(rig.transactor(), rig.hasher()).Up().status();
        const auto settings = postgres::PostgresSettings(rig.transactor()).Load(rig.CallBy());
        if (settings.ok()) instances[i] = settings->instance_id;
      });
    }
  }

  for (const absl::Status& outcome : outcomes) EXPECT_TRUE(outcome.ok()) << outcome;
  EXPECT_THAT(instances, ::testing::Each(rig.Value("SELECT instance_id FROM settings")));
}

TEST(Migrator, WaitsForAnotherReplicaAtMostItsTime) {
  DatabaseRig rig(kEmpty);
  pqxx::connection other(rig.database().dsn().Reveal());
  pqxx::work holding(other);
  holding.exec("SELECT pg_advisory_xact_lock(32217264504009331)");
  Migrator migrator(rig.transactor(), rig.hasher(), kTwo,
                    {.wait_for_others = absl::Milliseconds(50)});

  EXPECT_TRUE(Fails(migrator.Up().status(), ErrorReason::kLockTimeout));
  holding.abort();
  EXPECT_TRUE(migrator.Up().ok());
}

TEST(Migrator, TableInUseIsGivenUpRatherThanQueuedFor) {
  DatabaseRig rig(kEmpty);
  std::vector<Migration> migrations = FirstOf(kTwo, 1);
  ASSERT_TRUE(Migrator(rig.transactor(), rig.hasher(), migrations).Up().ok());
  migrations.push_back({2, "0002_widen_a", 1, "ALTER TABLE a ADD COLUMN y int"});
  Migrator migrator(rig.transactor(), rig.hasher(), migrations,
                    {.lock_timeout = absl::Milliseconds(50)});
  pqxx::connection other(rig.database().dsn().Reveal());
  pqxx::work reading(other);
  reading.exec("SELECT FROM a");

  const absl::Status refused = migrator.Up().status();

  EXPECT_TRUE(Fails(refused, ErrorReason::kLockTimeout));
  EXPECT_THAT(std::string(MessageOf(refused)), HasSubstr("0002_widen_a"));
  reading.abort();
  EXPECT_TRUE(migrator.Up().ok());
}

TEST(Settings, KeyHas32BytesAndDiffersBetweenInstallations) {
  DatabaseRig one(kEmpty);
  DatabaseRig other(kEmpty);
  std::vector<postgres::SharedSettings> loaded;
  for (DatabaseRig* rig : {&one, &other}) {
    ASSERT_TRUE(Migrator(rig->transactor(), rig->hasher()).Up().ok());
    loaded.push_back(postgres::PostgresSettings(rig->transactor()).Load(rig->CallBy()).value());
  }

  EXPECT_EQ(loaded[0].page_token_keys.current.Reveal().size(), 32U);
  EXPECT_FALSE(loaded[0].page_token_keys.previous.has_value());
  EXPECT_NE(loaded[0].page_token_keys.current.Reveal(), loaded[1].page_token_keys.current.Reveal());
  EXPECT_NE(loaded[0].instance_id, loaded[1].instance_id);
}

TEST(Settings, PreviousKeyIsLoaded) {
  DatabaseRig rig;
  rig.Query("UPDATE settings SET previous_page_token_key = decode(repeat('00ff', 16), 'hex')");

  const auto settings = postgres::PostgresSettings(rig.transactor()).Load(rig.CallBy());

  ASSERT_TRUE(settings.ok()) << settings.status();
  std::string expected;
  for (int i = 0; i < 16; ++i) expected += std::string("\0\xff", 2);
  ASSERT_TRUE(settings->page_token_keys.previous.has_value());
  EXPECT_EQ(settings->page_token_keys.previous->Reveal(), expected);
}

}  // namespace
}  // namespace runners::testing
