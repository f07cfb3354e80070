#pragma once

#include "adapters/postgres/sql_columns.h"

// Statements of PostgresEnrollmentStore and PostgresOverlayQueue. Time is the database's. Who locks
// several rows takes the runner first, so that enrolling, completing and deleting wait for each
// other and never in a circle.
namespace runners::postgres::sql {

// $1 digest in hex. Rows (runner_id, token_id, and what is not adopted yet).
inline constexpr char kLockRunnerOfToken[] = R"(
SELECT runners.id AS runner_id, token.id AS token_id, imported.overlay_service_id,
       imported.overlay_identity_id
FROM service_tokens AS token
JOIN runners ON runners.id = token.runner_id
LEFT JOIN imported_runners AS imported
  ON imported.runner_id = runners.id AND imported.adopted_at IS NULL
WHERE token.digest = decode($1, 'hex')
  AND token.revoked_at IS NULL
  AND (token.expires_at IS NULL OR token.expires_at > now())
  AND runners.deleted_at IS NULL
FOR NO KEY UPDATE OF runners)";

// $1 token. No row: it was revoked while we waited for the runner.
inline constexpr char kTouchToken[] = R"(
UPDATE service_tokens
SET last_used_at = now()
WHERE id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()))";

// $1 runner.
inline constexpr char kTakeGeneration[] = R"(
UPDATE runners
SET last_generation = last_generation + 1, version = version + 1
WHERE id = $1
RETURNING last_generation)";

// $1 id, $2 runner, $3 generation, $4 token, $5 lease in microseconds, $6 request id.
inline constexpr char kOpenAttempt[] = R"(
INSERT INTO enrollment_attempts (id, runner_id, generation, token_id, lease_until, request_id)
VALUES ($1, $2, $3, $4, now() + $5::bigint * interval '1 microsecond', $6))";

// $1 runner, a tombstone too.
inline constexpr char kLockRunnerForCompletion[] = "SELECT " RUNNERS_RUNNER_COLUMNS R"(,
  runners.completed_generation, runners.deleted_at IS NOT NULL AS deleted
FROM runners
WHERE id = $1
FOR NO KEY UPDATE)";

// $1 attempt. Rows (state, token_id, token_is_live).
inline constexpr char kLockAttempt[] = R"(
SELECT attempt.state, attempt.token_id,
       token.revoked_at IS NULL AND (token.expires_at IS NULL OR token.expires_at > now())
         AS token_is_live
FROM enrollment_attempts AS attempt
JOIN service_tokens AS token ON token.id = attempt.token_id
WHERE attempt.id = $1
FOR UPDATE OF attempt)";

// $1 attempt, $2 its last state.
inline constexpr char kCloseAttempt[] = R"(
UPDATE enrollment_attempts
SET state = $2, closed_at = now()
WHERE id = $1 AND state = 'open')";

// $1 runner. Rows (generation): at most one.
inline constexpr char kSupersedeIdentity[] = R"(
UPDATE overlay_identities
SET state = 'superseded', superseded_at = now()
WHERE runner_id = $1 AND state = 'current'
RETURNING generation)";

// $1 age in microseconds.
inline constexpr char kForgetOldAttempts[] = R"(
WITH old AS MATERIALIZED (
  SELECT attempt.id
  FROM enrollment_attempts AS attempt
  LEFT JOIN overlay_identities AS identity ON identity.attempt_id = attempt.id
  WHERE attempt.closed_at <= now() - $1::bigint * interval '1 microsecond'
    AND (identity.attempt_id IS NULL
         OR identity.removed_at <= now() - $1::bigint * interval '1 microsecond')
  ORDER BY attempt.closed_at, attempt.id
  LIMIT 1000
  FOR UPDATE OF attempt SKIP LOCKED
), removed_identities AS (
  DELETE FROM overlay_identities USING old WHERE overlay_identities.attempt_id = old.id
)
DELETE FROM enrollment_attempts USING old WHERE enrollment_attempts.id = old.id)";

// $1 runner, $2 generation, $3 attempt, $4 token, $5 overlay id.
inline constexpr char kInsertIdentity[] = R"(
INSERT INTO overlay_identities (runner_id, generation, attempt_id, token_id, overlay_id)
VALUES ($1, $2, $3, $4, $5))";

// $1 runner, $2 generation. Users see updated_at: it moves when the status does, not when a pod
// restarts.
inline constexpr char kCompleteRunner[] = R"(
UPDATE runners
SET completed_generation = $2, version = version + 1, status = 'enrolled',
    updated_at = CASE WHEN status = 'enrolled' THEN updated_at ELSE now() END
WHERE id = $1
RETURNING )" RUNNERS_RUNNER_COLUMNS;

// $1 runner.
inline constexpr char kIsDeleted[] = R"(
SELECT deleted_at IS NOT NULL FROM runners WHERE id = $1)";

// Rows (runner_id, generation), in an order, so that two who queue work for many do not wait for
// each other in a circle.
inline constexpr char kCloseExpiredAttempts[] = R"(
WITH expired AS MATERIALIZED (
  SELECT id
  FROM enrollment_attempts
  WHERE state = 'open' AND lease_until <= now()
  ORDER BY lease_until, id
  LIMIT 100
  FOR UPDATE SKIP LOCKED
), closed AS (
  UPDATE enrollment_attempts AS attempt
  SET state = 'expired', closed_at = now()
  FROM expired
  WHERE attempt.id = expired.id
  RETURNING attempt.runner_id, attempt.generation
)
SELECT runner_id, generation FROM closed ORDER BY runner_id, generation LIMIT 100)";

// $1 runner.
inline constexpr char kHasOpenAttempt[] = R"(
SELECT EXISTS (SELECT FROM enrollment_attempts WHERE runner_id = $1 AND state = 'open'))";

// $1 lease in microseconds. The one that has waited longest, of those nobody else has or is about
// to have.
inline constexpr char kClaimWork[] = R"(
WITH due AS MATERIALIZED (
  SELECT id
  FROM work
  WHERE kind = 'overlay' AND not_before <= now()
    AND (leased_until IS NULL OR leased_until <= now())
  ORDER BY not_before, id
  LIMIT 1
  FOR UPDATE SKIP LOCKED
)
UPDATE work
SET claim_id = gen_random_uuid(), leased_until = now() + $1::bigint * interval '1 microsecond'
FROM due, runners LEFT JOIN imported_runners AS imported
            ON imported.runner_id = runners.id AND imported.adopted_at IS NULL
WHERE work.id = due.id AND runners.id = work.runner_id
RETURNING work.id, work.claim_id, work.action, work.runner_id, runners.deleted_at IS NULL AS live,
          work.generation, work.tries, work.second_look, imported.overlay_service_id,
          imported.overlay_identity_id)";

// $1 work, $2 claim.
inline constexpr char kFinishWork[] = R"(
DELETE FROM work WHERE id = $1 AND claim_id = $2)";

// $1 work, $2 claim, $3 delay in microseconds, $4 why.
inline constexpr char kRetryWork[] = R"(
UPDATE work
SET tries = tries + 1, not_before = now() + $3::bigint * interval '1 microsecond', claim_id = NULL,
    leased_until = NULL, last_reason = $4
WHERE id = $1 AND claim_id = $2)";

// $1 work, $2 claim, $3 delay in microseconds.
inline constexpr char kLookAgain[] = R"(
UPDATE work
SET second_look = true, tries = 0, not_before = now() + $3::bigint * interval '1 microsecond',
    claim_id = NULL, leased_until = NULL, last_reason = NULL
WHERE id = $1 AND claim_id = $2)";

// $1 runner.
inline constexpr char kMarkAdopted[] = R"(
UPDATE imported_runners
SET adopted_at = now()
WHERE runner_id = $1 AND adopted_at IS NULL)";

// $1 runner, $2 generation or null for all of them.
inline constexpr char kMarkIdentitiesRemoved[] = R"(
UPDATE overlay_identities
SET state = 'removed', removed_at = now()
WHERE runner_id = $1 AND ($2::bigint IS NULL OR generation = $2::bigint) AND state <> 'removed')";

}  // namespace runners::postgres::sql
