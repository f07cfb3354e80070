-- oldest-binary: 1
-- Runners and the service tokens they enroll with. The server needs a database in UTF-8.

-- The size rule of a runner's attributes, exactly as the service counts it: the bytes of all label keys, label values
-- and capabilities, without JSON's quotes and escapes.
CREATE FUNCTION runner_attribute_bytes(labels jsonb, capabilities jsonb) RETURNS bigint
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce((SELECT sum(octet_length(key) + octet_length(value)) FROM jsonb_each_text(labels)), 0)
       + coalesce((SELECT sum(octet_length(value)) FROM jsonb_array_elements_text(capabilities)), 0)
$$;

CREATE TABLE runners (
  id                   uuid PRIMARY KEY,
  name                 text NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 255),
  organization_id      uuid,  -- null: serves the whole cluster
  status               text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'enrolled', 'offline')),
  labels               jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(labels) = 'object'),
  capabilities         jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(capabilities) = 'array'),
  version              bigint NOT NULL DEFAULT 1 CHECK (version >= 1),  -- moves with every change
  etag                 bigint NOT NULL DEFAULT 1 CHECK (etag >= 1),     -- moves with name, labels, capabilities only
  last_generation      bigint NOT NULL DEFAULT 0 CHECK (last_generation >= 0),       -- taken by attempts
  completed_generation bigint NOT NULL DEFAULT 0 CHECK (completed_generation >= 0),  -- of the current identity
  created_at           timestamptz NOT NULL DEFAULT now(),
  updated_at           timestamptz NOT NULL DEFAULT now(),
  created_by           uuid,
  deleted_at           timestamptz,  -- a tombstone: gone for every RPC, kept for history and cleaning up
  deleted_by           uuid,
  CONSTRAINT runners_attributes_bounded CHECK (runner_attribute_bytes(labels, capabilities) <= 16384),
  CONSTRAINT runners_generation_taken CHECK (completed_generation <= last_generation),
  CONSTRAINT runners_enrolled_by_generation CHECK (status = 'pending' OR completed_generation >= 1),
  CONSTRAINT runners_deleted_by_somebody CHECK (deleted_by IS NULL OR deleted_at IS NOT NULL)
);

CREATE INDEX runners_live_in_order ON runners (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX runners_live_of_organization ON runners (organization_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX runners_live_labels ON runners USING gin (labels jsonb_path_ops) WHERE deleted_at IS NULL;
CREATE INDEX runners_live_capabilities ON runners USING gin (capabilities jsonb_path_ops) WHERE deleted_at IS NULL;

CREATE TABLE service_tokens (
  id           uuid PRIMARY KEY,
  runner_id    uuid NOT NULL REFERENCES runners (id),
  digest       bytea NOT NULL UNIQUE CHECK (octet_length(digest) = 32),  -- SHA-256; the token itself is nowhere
  prefix       text NOT NULL CHECK (octet_length(prefix) BETWEEN 1 AND 8),
  created_at   timestamptz NOT NULL DEFAULT now(),
  created_by   uuid,
  expires_at   timestamptz,
  revoked_at   timestamptz,
  last_used_at timestamptz
);

CREATE INDEX service_tokens_of_runner ON service_tokens (runner_id);
