#include "adapters/postgres/selection_index.h"

#include <string>

#include "adapters/postgres/row_mapping.h"
#include "adapters/postgres/sql_selection.h"
#include "adapters/postgres/statements.h"

namespace runners::postgres {
namespace {

pqxx::result Ask(pqxx::transaction_base& transaction, const char* statement,
                 const Criteria& criteria) {
  return Execute(transaction, statement, criteria.organization_id.text(),
                 LabelsJson(criteria.labels), JsonArray(criteria.capabilities),
                 ArrayOf(criteria.excluded));
}

void AddCount(const pqxx::row& row, ConstraintCounts& counts) {
  const auto what = row["what"].as<std::string>();
  const auto term = row["term"].as<std::string>();
  const auto met = row["met"].as<std::int64_t>();
  if (what == "in_scope") counts.in_scope = met;
  if (what == "enrolled") counts.enrolled = met;
  if (what == "considered") counts.considered = met;
  if (what == "label") counts.labels[term] = met;
  if (what == "capability") counts.capabilities[term] = met;
}

}  // namespace

absl::StatusOr<Draw> PostgresSelectionIndex::DrawOne(const Call& call, const Criteria& criteria,
                                                     Counting counting) {
  const bool exact = counting == Counting::kExact;
  const char* statement = exact ? sql::kDrawRunnerAndCount : sql::kDrawRunner;
  return transactor_.Read(call, [&](pqxx::transaction_base& transaction) -> absl::StatusOr<Draw> {
    const pqxx::result rows = Ask(transaction, statement, criteria);
    Draw draw;
    if (!rows.empty()) draw.runner = RunnerFrom(rows[0]);
    if (exact) {
      draw.candidate_count = rows.empty() ? 0 : rows[0]["candidate_count"].as<std::int64_t>();
    }
    return draw;
  });
}

absl::StatusOr<ConstraintCounts> PostgresSelectionIndex::CountConstraints(
    const Call& call, const Criteria& criteria) {
  return transactor_.Read(
      call, [&](pqxx::transaction_base& transaction) -> absl::StatusOr<ConstraintCounts> {
        ConstraintCounts counts;
        for (const pqxx::row& row : Ask(transaction, sql::kCountConstraints, criteria)) {
          AddCount(row, counts);
        }
        return counts;
      });
}

}  // namespace runners::postgres
