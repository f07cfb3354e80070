#pragma once

// Statements that read grants; those that change them are in sql_shared.h.
namespace runners::postgres::sql {

// $1 identity. An identity is in far fewer organizations than the limit.
inline constexpr char kAccessOfIdentity[] = R"(
SELECT relation, organization_id
FROM grants
WHERE identity_id = $1
ORDER BY relation, object
LIMIT 10000)";

// $1 object or null, $2 identity or null, $3 to $6 created_at in microseconds, identity, relation
// and object of the last grant of the page before or null, $7 limit.
inline constexpr char kListGrants[] = R"(
SELECT identity_id, relation, organization_id,
       (extract(epoch FROM created_at) * 1000000)::bigint AS created_us
FROM grants
WHERE ($1::text IS NULL OR object = $1::text)
  AND ($2::uuid IS NULL OR identity_id = $2::uuid)
  AND ($3::bigint IS NULL
       OR (created_at, identity_id, relation, object)
          > ('epoch'::timestamptz + $3::bigint * interval '1 microsecond', $4::uuid, $5::text,
             $6::text))
ORDER BY created_at, identity_id, relation, object
LIMIT $7)";

}  // namespace runners::postgres::sql
