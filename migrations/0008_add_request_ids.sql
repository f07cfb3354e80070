-- oldest-binary: 1
-- A registration may be repeated: its caller names it, and the name stays with the runner, also with its tombstone.

ALTER TABLE runners
  ADD COLUMN register_request_id     uuid,   -- null: registered without one
  ADD COLUMN register_request_digest bytea,  -- SHA-256 of what was asked for
  ADD CONSTRAINT runners_request_digest CHECK (octet_length(register_request_digest) = 32),
  ADD CONSTRAINT runners_request_whole
    CHECK ((register_request_id IS NULL) = (register_request_digest IS NULL)),
  ADD CONSTRAINT runners_request_of_somebody CHECK (register_request_id IS NULL OR created_by IS NOT NULL);

CREATE UNIQUE INDEX runners_of_request ON runners (created_by, register_request_id)
  WHERE register_request_id IS NOT NULL;

ALTER TABLE service_tokens
  ADD COLUMN register_request_id uuid;  -- of the registration that issued it; a repeat revokes these and no others
