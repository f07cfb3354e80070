#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include "adapters/postgres/grant_store.h"
#include "adapters/postgres/selection_index.h"
#include "core/access/authorizer.h"
#include "core/selection/select_runner.h"
#include "core/support/error.h"
#include "tests/integration/selection/brute_force.h"
#include "tests/support/database_rig.h"

namespace runners::testing {
namespace {

using brute_force::FleetRunner;
using brute_force::Request;

constexpr char kInsertFleet[] = R"(
INSERT INTO runners (id, name, organization_id, status, labels, capabilities, last_generation,
                     completed_generation, deleted_at)
SELECT id, 'fleet', organization, status, labels, capabilities, 1, 1,
       CASE WHEN deleted THEN now() END
FROM jsonb_to_recordset($1::jsonb) AS fleet (id uuid, organization uuid, status text, labels jsonb,
                                            capabilities jsonb, deleted boolean))";

nlohmann::json JsonOf(const std::vector<FleetRunner>& fleet) {
  nlohmann::json rows = nlohmann::json::array();
  for (const FleetRunner& runner : fleet) {
    rows.push_back({{"id", runner.id},
                    {"organization", nullptr},
                    {"status", runner.status},
                    {"labels", nlohmann::json(runner.labels)},
                    {"capabilities", runner.capabilities},
                    {"deleted", runner.deleted}});
    if (!runner.organization.empty()) rows.back()["organization"] = runner.organization;
  }
  return rows;
}

Criteria CriteriaOf(const Request& request) {
  Criteria criteria{OrganizationId::Parse(request.organization).value(),
                    request.labels,
                    request.capabilities,
                    {}};
  for (const std::string& id : request.excluded) {
    criteria.excluded.insert(RunnerId::Parse(id).value());
  }
  return criteria;
}

// A database whose whole fleet can be exchanged at once.
class Fleet {
 public:
  Fleet() : connection_(rig_.database().dsn().Reveal()), index_(rig_.transactor()) {}

  void Replace(const std::vector<FleetRunner>& fleet) {
    pqxx::work transaction(connection_);
    transaction.exec("DELETE FROM runners");
    transaction.exec_params(kInsertFleet, JsonOf(fleet).dump());
    transaction.commit();
  }

  DatabaseRig& rig() { return rig_; }
  SelectionIndex& index() { return index_; }

 private:
  DatabaseRig rig_;
  pqxx::connection connection_;
  postgres::PostgresSelectionIndex index_;
};

void ExpectSameCounts(const ConstraintCounts& ours, const brute_force::Counts& theirs) {
  EXPECT_EQ(ours.in_scope, theirs.in_scope);
  EXPECT_EQ(ours.enrolled, theirs.enrolled);
  EXPECT_EQ(ours.considered, theirs.considered);
  using Map = std::map<std::string, long>;
  EXPECT_EQ(Map(ours.labels.begin(), ours.labels.end()), theirs.labels);
  EXPECT_EQ(Map(ours.capabilities.begin(), ours.capabilities.end()), theirs.capabilities);
}

void ExpectAgreement(Fleet& fleet, const std::vector<FleetRunner>& runners,
                     const Request& request) {
  const std::set<std::string> expected = brute_force::Qualifying(runners, request);
  const Criteria criteria = CriteriaOf(request);
  const Call call = fleet.rig().CallBy();

  const absl::StatusOr<Draw> draw = fleet.index().DrawOne(call, criteria, Counting::kExact);

  ASSERT_TRUE(draw.ok()) << draw.status();
  ASSERT_EQ(draw->runner.has_value(), !expected.empty());
  if (draw->runner) {
    EXPECT_TRUE(expected.contains(draw->runner->id.text()));
    EXPECT_EQ(draw->candidate_count, static_cast<std::int64_t>(expected.size()));
    return;
  }
  const auto counts = fleet.index().CountConstraints(call, criteria);
  ASSERT_TRUE(counts.ok()) << counts.status();
  ExpectSameCounts(*counts, brute_force::CountsOf(runners, request));
}

TEST(Selection, AgreesWithBruteForceOnTwoThousandFleets) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  brute_force::Generator generator(seed);
  Fleet fleet;
  int found = 0;
  int refused = 0;

  for (int i = 0; i < 2000 && !HasFailure(); ++i) {
    const std::vector<FleetRunner> runners = generator.NewFleet();
    fleet.Replace(runners);
    for (int k = 0; k < 3; ++k) {
      const Request request = generator.NewRequest(runners);
      ExpectAgreement(fleet, runners, request);
      (brute_force::Qualifying(runners, request).empty() ? refused : found) += 1;
    }
  }

  EXPECT_GT(found, 500) << "the fleets are too poor to show anything";
  EXPECT_GT(refused, 500) << "the fleets are too rich to show anything";
}

TEST(Selection, DrawIsUniform) {
  constexpr int kRunners = 20;
  constexpr int kDraws = 8000;
  brute_force::Generator generator(7);
  std::vector<FleetRunner> runners(kRunners);
  for (FleetRunner& runner : runners) {
    runner.id = generator.NewId();
    runner.status = "enrolled";
    runner.labels = {{"region", "eu"}};
  }
  Fleet fleet;
  fleet.Replace(runners);
  const Criteria criteria =
      CriteriaOf({"10000000-0000-4000-8000-000000000001", {{"region", "eu"}}, {}, {}});

  std::map<std::string, int> drawn;
  for (int i = 0; i < kDraws; ++i) {
    const Counting counting = i % 2 == 0 ? Counting::kSkip : Counting::kExact;
    ++drawn[fleet.index().DrawOne(fleet.rig().CallBy(), criteria, counting)->runner->id.text()];
  }

  double chi_square = 0;
  const double expected = static_cast<double>(kDraws) / kRunners;
  for (const FleetRunner& runner : runners) {
    const double off = drawn[runner.id] - expected;
    chi_square += off * off / expected;
  }
  // 19 degrees of freedom: exceeded once in ten million runs by a uniform draw.
  EXPECT_LT(chi_square, 68.0);
}

TEST(Selection, ARequiredEmptyValueDoesNotMatchAMissingKey) {
  Fleet fleet;
  FleetRunner without{"20000000-0000-4000-8000-000000000001", "", "enrolled", false, {}, {}};
  FleetRunner with{"20000000-0000-4000-8000-000000000002", "", "enrolled", false, {{"k", ""}}, {}};
  const Criteria criteria =
      CriteriaOf({"10000000-0000-4000-8000-000000000001", {{"k", ""}}, {}, {}});

  fleet.Replace({without});
  const auto nobody = fleet.index().DrawOne(fleet.rig().CallBy(), criteria, Counting::kSkip);
  fleet.Replace({without, with});
  const auto somebody = fleet.index().DrawOne(fleet.rig().CallBy(), criteria, Counting::kExact);

  ASSERT_TRUE(nobody.ok() && somebody.ok());
  EXPECT_FALSE(nobody->runner.has_value());
  EXPECT_FALSE(nobody->candidate_count.value_or(0) > 0);
  EXPECT_EQ(somebody->runner->id.text(), with.id);
  EXPECT_EQ(somebody->candidate_count, 1);
}

TEST(Selection, ARefusalIsTheSameWhateverAnotherOrganizationOwns) {
  Fleet fleet;
  postgres::PostgresAccessChecker access(fleet.rig().transactor());
  const Authorizer authorizer(access);
  SelectRunner select(authorizer, fleet.index());
  FleetRunner ours{"20000000-0000-4000-8000-000000000001",
                   "10000000-0000-4000-8000-000000000001",
                   "enrolled",
                   false,
                   {{"region", "eu"}},
                   {}};
  FleetRunner theirs{"20000000-0000-4000-8000-000000000002",
                     "10000000-0000-4000-8000-000000000002",
                     "enrolled",
                     false,
                     {{"gpu-model", "h100"}},
                     {"tpu"}};
  const Criteria criteria =
      CriteriaOf({"10000000-0000-4000-8000-000000000001", {{"gpu-model", "h100"}}, {"tpu"}, {}});

  fleet.Replace({ours});
  const auto alone = select.Run(fleet.rig().CallBy(), criteria, Counting::kSkip);
  fleet.Replace({ours, theirs});
  const auto beside = select.Run(fleet.rig().CallBy(), criteria, Counting::kSkip);

  EXPECT_EQ(MessageOf(alone.status()),
            "no runner qualifies: label gpu-model=h100: 0 of 1; capability tpu: 0 of 1");
  EXPECT_EQ(alone.status(), beside.status());
  EXPECT_EQ(DetailOf(alone.status()), DetailOf(beside.status()));
}

}  // namespace
}  // namespace runners::testing
