-- oldest-binary: 1
-- Runners taken over from the earlier service, and what it had made for them in the overlay.

CREATE TABLE imported_runners (
  runner_id           uuid PRIMARY KEY REFERENCES runners (id),
  source_digest       bytea NOT NULL CHECK (octet_length(source_digest) = 32),  -- SHA-256 of its row there
  overlay_service_id  text UNIQUE CHECK (overlay_service_id <> ''),             -- the controller's ids
  overlay_identity_id text UNIQUE CHECK (overlay_identity_id <> ''),
  adopted_at          timestamptz,  -- until then, who works on the runner in the overlay adopts these first
  imported_at         timestamptz NOT NULL DEFAULT now()
);
