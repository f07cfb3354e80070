-- oldest-binary: 1
-- Enrollments under way and the overlay identities they made.

-- Written before the first remote call, so that a crash leaves a row that says what to clean.
CREATE TABLE enrollment_attempts (
  id          uuid PRIMARY KEY,
  runner_id   uuid NOT NULL REFERENCES runners (id),
  generation  bigint NOT NULL CHECK (generation >= 1),
  token_id    uuid NOT NULL REFERENCES service_tokens (id),
  state       text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'completed', 'lost', 'failed', 'expired')),
  lease_until timestamptz NOT NULL,  -- afterwards anybody may close it
  request_id  text NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  closed_at   timestamptz,
  UNIQUE (runner_id, generation),
  CONSTRAINT enrollment_attempts_closed_once CHECK ((state = 'open') = (closed_at IS NULL))
);

CREATE INDEX enrollment_attempts_open_lease ON enrollment_attempts (lease_until) WHERE state = 'open';
CREATE INDEX enrollment_attempts_open_of_runner ON enrollment_attempts (runner_id) WHERE state = 'open';
CREATE INDEX enrollment_attempts_of_token ON enrollment_attempts (token_id);

CREATE TABLE overlay_identities (
  runner_id     uuid NOT NULL REFERENCES runners (id),
  generation    bigint NOT NULL CHECK (generation >= 1),
  attempt_id    uuid NOT NULL UNIQUE REFERENCES enrollment_attempts (id),
  token_id      uuid NOT NULL REFERENCES service_tokens (id),
  overlay_id    text NOT NULL CHECK (overlay_id <> ''),  -- the controller's id
  state         text NOT NULL DEFAULT 'current' CHECK (state IN ('current', 'superseded', 'removed')),
  created_at    timestamptz NOT NULL DEFAULT now(),
  superseded_at timestamptz,
  removed_at    timestamptz,
  PRIMARY KEY (runner_id, generation),
  CONSTRAINT overlay_identities_removed_at CHECK ((state = 'removed') = (removed_at IS NOT NULL))
);

CREATE UNIQUE INDEX overlay_identities_one_current ON overlay_identities (runner_id) WHERE state = 'current';
CREATE INDEX overlay_identities_of_token ON overlay_identities (token_id);
