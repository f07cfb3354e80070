#pragma once

#include "adapters/postgres/sql_columns.h"

// Statements of PostgresSelectionIndex. random() is seeded per connection from strong randomness,
// and sorting by it makes every candidate equally likely to be first.
namespace runners::postgres::sql {

// $1 organization, $2 labels, $3 capabilities, $4 excluded ids.
#define RUNNERS_CANDIDATES                                            \
  "\n  FROM runners"                                                  \
  "\n  WHERE deleted_at IS NULL AND status = 'enrolled'"              \
  "\n    AND (organization_id IS NULL OR organization_id = $1::uuid)" \
  "\n    AND ($2::jsonb = '{}' OR labels @> $2::jsonb)"               \
  "\n    AND ($3::jsonb = '[]' OR capabilities @> $3::jsonb)"         \
  "\n    AND id <> ALL ($4::uuid[])"

inline constexpr char kDrawRunner[] = "SELECT " RUNNERS_RUNNER_COLUMNS R"(
FROM runners
WHERE id = (
  SELECT id)" RUNNERS_CANDIDATES R"(
  ORDER BY random()
  LIMIT 1))";

// As kDrawRunner, with column candidate_count.
inline constexpr char kDrawRunnerAndCount[] = R"(
WITH candidates AS MATERIALIZED (
  SELECT id)" RUNNERS_CANDIDATES R"(
), drawn AS MATERIALIZED (
  SELECT id FROM candidates ORDER BY random() LIMIT 1
)
SELECT )" RUNNERS_RUNNER_COLUMNS R"(, (SELECT count(*) FROM candidates) AS candidate_count
FROM runners JOIN drawn ON drawn.id = runners.id)";

#undef RUNNERS_CANDIDATES

// Parameters as above. Rows (what, term, met): in one statement, so that the numbers agree with
// each other.
inline constexpr char kCountConstraints[] = R"(
WITH in_scope AS MATERIALIZED (
  SELECT id, status, labels, capabilities
  FROM runners
  WHERE deleted_at IS NULL AND (organization_id IS NULL OR organization_id = $1::uuid)
), considered AS MATERIALIZED (
  SELECT labels, capabilities
  FROM in_scope
  WHERE status = 'enrolled' AND id <> ALL ($4::uuid[])
)
SELECT 'in_scope' AS what, '' AS term, count(*) AS met FROM in_scope
UNION ALL
SELECT 'enrolled', '', count(*) FROM in_scope WHERE status = 'enrolled'
UNION ALL
SELECT 'considered', '', count(*) FROM considered
UNION ALL
SELECT 'label', required.key,
       (SELECT count(*) FROM considered WHERE considered.labels -> required.key = required.value)
FROM jsonb_each($2::jsonb) AS required
UNION ALL
SELECT 'capability', required.value,
       (SELECT count(*) FROM considered WHERE considered.capabilities ? required.value)
FROM jsonb_array_elements_text($3::jsonb) AS required)";

}  // namespace runners::postgres::sql
