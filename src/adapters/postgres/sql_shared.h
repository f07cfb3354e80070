#pragma once

// Statements of more than one store. Names say what they do; parameters are listed where they are
// not obvious.
namespace runners::postgres::sql {

// $1 actor, $2 rpc, $3 request id, $4 subject kind, $5 subject id, $6 before, $7 after.
inline constexpr char kInsertAudit[] = R"(
INSERT INTO audit (actor, rpc, request_id, subject_kind, subject_id, before, after)
VALUES ($1, $2, $3, $4, $5, $6, $7))";

// $1 action, $2 runner, $3 generation. Work that is queued already becomes due at once and loses
// its claim, so that who works on it now, and may have looked too early, does not end it.
inline constexpr char kQueueOverlayWork[] = R"(
INSERT INTO work (kind, action, runner_id, generation)
VALUES ('overlay', $1, $2, $3)
ON CONFLICT (kind, action, runner_id, generation) DO UPDATE
SET not_before = now(), tries = 0, claim_id = NULL, leased_until = NULL, second_look = false,
    last_reason = NULL)";

// $1 identity, $2 relation, $3 organization or null, $4 who grants.
inline constexpr char kInsertGrant[] = R"(
INSERT INTO grants (identity_id, relation, organization_id, created_by)
VALUES ($1, $2, $3, $4)
ON CONFLICT (identity_id, relation, object) DO NOTHING
RETURNING object)";

// $1 identity, $2 relation, $3 object.
inline constexpr char kDeleteGrant[] = R"(
DELETE FROM grants WHERE identity_id = $1 AND relation = $2 AND object = $3)";

}  // namespace runners::postgres::sql
