#pragma once

#include "adapters/postgres/sql_columns.h"

// Statements of PostgresRunnerStore. A tombstone is invisible to all of them
// but kLockRunnerOfRequest.
namespace runners::postgres::sql {

// $1 id, $2 name, $3 organization or null, $4 labels, $5 capabilities, $6 who, $7 request id and $8
// its digest in hex, or null. No row: there is a runner of that request, committed by now.
inline constexpr char kInsertRunner[] = R"(
INSERT INTO runners (id, name, organization_id, labels, capabilities, created_by,
                     register_request_id, register_request_digest)
VALUES ($1, $2, $3, $4, $5, $6, $7, decode($8, 'hex'))
ON CONFLICT (created_by, register_request_id) WHERE register_request_id IS NOT NULL DO NOTHING
RETURNING )" RUNNERS_RUNNER_COLUMNS;

// $1 who, $2 request id. The runner of that request, also its tombstone, with what decides on a
// repeat; nobody else changes it until the transaction ends.
inline constexpr char kLockRunnerOfRequest[] = "SELECT " RUNNERS_RUNNER_COLUMNS R"(,
       runners.deleted_at IS NOT NULL AS deleted,
       encode(runners.register_request_digest, 'hex') AS request_digest
FROM runners
WHERE created_by = $1 AND register_request_id = $2
FOR NO KEY UPDATE)";

// $1 runner, $2 request id.
inline constexpr char kRevokeTokensOfRequest[] = R"(
UPDATE service_tokens
SET revoked_at = now()
WHERE runner_id = $1 AND register_request_id = $2 AND revoked_at IS NULL)";

// $1 id, $2 runner, $3 digest in hex, $4 prefix, $5 who, $6 request id or null.
inline constexpr char kInsertToken[] = R"(
INSERT INTO service_tokens (id, runner_id, digest, prefix, created_by, register_request_id)
VALUES ($1, $2, decode($3, 'hex'), $4, $5, $6))";

inline constexpr char kGetRunner[] = "SELECT " RUNNERS_RUNNER_COLUMNS R"(
FROM runners
WHERE id = $1 AND deleted_at IS NULL)";

// Nobody else changes the runner until the transaction ends.
inline constexpr char kLockRunner[] = "SELECT " RUNNERS_RUNNER_COLUMNS R"(
FROM runners
WHERE id = $1 AND deleted_at IS NULL
FOR NO KEY UPDATE)";

// $1 whether everything is visible, $2 the organizations that are, $3 organization or null, $4
// statuses, $5 labels, $6 capabilities, $7 name prefix, $8 and $9 created_at and id of the last
// runner of the page before or null, $10 limit. Empty conditions are folded away when the statement
// is planned, which is at every call: it is not prepared.
inline constexpr char kListRunners[] = "SELECT " RUNNERS_RUNNER_COLUMNS R"(
FROM runners
WHERE deleted_at IS NULL
  AND ($1::boolean OR organization_id IS NULL OR organization_id = ANY ($2::uuid[]))
  AND ($3::uuid IS NULL OR organization_id IS NULL OR organization_id = $3::uuid)
  AND ($4::text[] = '{}' OR status = ANY ($4::text[]))
  AND ($5::jsonb = '{}' OR labels @> $5::jsonb)
  AND ($6::jsonb = '[]' OR capabilities @> $6::jsonb)
  AND ($7::text = '' OR starts_with(name, $7::text))
  AND ($8::bigint IS NULL
       OR (created_at, id)
          > ('epoch'::timestamptz + $8::bigint * interval '1 microsecond', $9::uuid))
ORDER BY created_at, id
LIMIT $10)";

// $1 id, $2 name, $3 labels, $4 capabilities.
inline constexpr char kEditRunner[] = R"(
UPDATE runners
SET name = $2, labels = $3, capabilities = $4, etag = etag + 1, version = version + 1,
    updated_at = now()
WHERE id = $1
RETURNING )" RUNNERS_RUNNER_COLUMNS;

// $1 id, $2 who.
inline constexpr char kBuryRunner[] = R"(
UPDATE runners
SET deleted_at = now(), deleted_by = $2, version = version + 1, updated_at = now()
WHERE id = $1)";

// $1 runner.
inline constexpr char kRevokeTokens[] = R"(
UPDATE service_tokens
SET revoked_at = now()
WHERE runner_id = $1 AND revoked_at IS NULL)";

// $1 digest in hex.
inline constexpr char kFindRunnerByToken[] = "SELECT " RUNNERS_RUNNER_COLUMNS R"(
FROM service_tokens AS token
JOIN runners ON runners.id = token.runner_id
WHERE token.digest = decode($1, 'hex')
  AND token.revoked_at IS NULL
  AND (token.expires_at IS NULL OR token.expires_at > now())
  AND runners.deleted_at IS NULL)";

}  // namespace runners::postgres::sql
