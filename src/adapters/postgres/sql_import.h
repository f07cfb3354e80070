#pragma once

#include "adapters/postgres/sql_columns.h"

// Statements of PostgresLegacySource, on the earlier service's database, and of
// PostgresImportStore.
namespace runners::postgres::sql {

// Rows (attname) of the table `runners` this user finds there; none without such a table or
// without the right to read it.
inline constexpr char kLegacyColumns[] = R"(
SELECT attname
FROM pg_attribute
WHERE attrelid = to_regclass('runners') AND attnum > 0 AND NOT attisdropped
  AND has_table_privilege(attrelid, 'SELECT')
ORDER BY attnum
LIMIT 1600)";

// A database in SQL_ASCII holds any bytes, and refuses a whole result for one that is not UTF-8.
inline constexpr char kTakeBytesAsTheyAre[] = R"(
SELECT set_config('client_encoding', 'SQL_ASCII', false)
WHERE current_setting('server_encoding') = 'SQL_ASCII')";

// $1 the last runner of the page before or null. Everything as text: nothing of it is believed.
inline constexpr char kReadLegacyRunners[] = R"(
SELECT id::text AS id, name::text AS name, organization_id::text AS organization_id,
       identity_id::text AS identity_id, service_token_hash::text AS service_token_hash,
       status::text AS status, labels::text AS labels, capabilities::text AS capabilities,
       ziti_identity_id::text AS ziti_identity_id, ziti_service_id::text AS ziti_service_id,
       ziti_service_name::text AS ziti_service_name,
       CASE WHEN isfinite(created_at)
            THEN (extract(epoch FROM created_at) * 1000000)::bigint END AS created_us,
       CASE WHEN isfinite(updated_at)
            THEN (extract(epoch FROM updated_at) * 1000000)::bigint END AS updated_us
FROM runners
WHERE $1::uuid IS NULL OR id > $1::uuid
ORDER BY id
LIMIT 500)";

// One import at a time, until its transaction ends.
inline constexpr char kLockImports[] = R"(
SELECT pg_advisory_xact_lock(hashtext('runners import')))";

// $1 runner, $2 digest of its token in hex, $3 service and $4 identity in the overlay or null. One
// row: whether there is such a runner, and if so what happened to it; what others have.
inline constexpr char kJudgeImport[] = R"(
SELECT runners.id IS NOT NULL AS known, runners.deleted_at IS NOT NULL AS deleted,
       coalesce(runners.version > 1, false) AS changed,
       encode(imported.source_digest, 'hex') AS source_digest,
       EXISTS (SELECT FROM service_tokens WHERE digest = decode($2, 'hex')) AS token_taken,
       EXISTS (SELECT FROM imported_runners WHERE overlay_service_id = $3)
         OR EXISTS (SELECT FROM imported_runners WHERE overlay_identity_id = $4)
         AS overlay_ids_taken
FROM (SELECT $1::uuid AS id) AS asked
LEFT JOIN runners ON runners.id = asked.id
LEFT JOIN imported_runners AS imported ON imported.runner_id = asked.id)";

// $1 id, $2 name, $3 organization or null, $4 status, $5 labels, $6 capabilities, $7 generation, $8
// and $9 when it was made and changed, in microseconds.
inline constexpr char kImportRunner[] = R"(
INSERT INTO runners (id, name, organization_id, status, labels, capabilities, last_generation,
                     completed_generation, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $7,
        'epoch'::timestamptz + $8::bigint * interval '1 microsecond',
        'epoch'::timestamptz + $9::bigint * interval '1 microsecond')
RETURNING )" RUNNERS_RUNNER_COLUMNS;

// $1 runner, $2 digest of its row there in hex, $3 service and $4 identity in the overlay or null.
inline constexpr char kRememberImport[] = R"(
INSERT INTO imported_runners (runner_id, source_digest, overlay_service_id, overlay_identity_id)
VALUES ($1, decode($2, 'hex'), $3, $4))";

}  // namespace runners::postgres::sql
