-- oldest-binary: 1
-- Who changed what, written in the transaction of the change. Never a token, digest or key.

CREATE TABLE audit (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at           timestamptz NOT NULL DEFAULT now(),
  actor        uuid,  -- null: an internal call, or one whose credential is a service token
  rpc          text NOT NULL,
  request_id   text NOT NULL,
  subject_kind text NOT NULL CHECK (subject_kind IN ('runner', 'grant')),
  subject_id   text NOT NULL,
  before       jsonb,  -- null: it was made
  after        jsonb,  -- null: it is gone
  CONSTRAINT audit_says_something CHECK (before IS NOT NULL OR after IS NOT NULL)
);

CREATE INDEX audit_of_subject ON audit (subject_kind, subject_id, id);
