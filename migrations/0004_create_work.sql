-- oldest-binary: 1
-- What is to be done outside the database, queued in the transaction that makes it necessary.

CREATE TABLE work (
  id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  kind         text NOT NULL CHECK (kind IN ('overlay', 'authorization', 'identity', 'notification')),
  action       text NOT NULL CHECK (action <> ''),
  runner_id    uuid NOT NULL REFERENCES runners (id),
  generation   bigint NOT NULL DEFAULT 0 CHECK (generation >= 0),  -- 0: the runner as a whole
  not_before   timestamptz NOT NULL DEFAULT now(),
  tries        integer NOT NULL DEFAULT 0 CHECK (tries >= 0),      -- how often it failed
  claim_id     uuid,         -- of the worker that has it; queuing it again takes it away
  leased_until timestamptz,  -- until then nobody else gets it
  second_look  boolean NOT NULL DEFAULT false,
  last_reason  text,         -- why it failed last
  created_at   timestamptz NOT NULL DEFAULT now(),
  UNIQUE (kind, action, runner_id, generation),
  CONSTRAINT work_claimed_with_lease CHECK ((claim_id IS NULL) = (leased_until IS NULL)),
  CONSTRAINT work_overlay_actions CHECK (
    kind <> 'overlay'
    OR (action IN ('ensure_runner', 'remove_runner') AND generation = 0)
    OR (action = 'remove_identity' AND generation >= 1))
);

CREATE INDEX work_due ON work (kind, not_before, id);
