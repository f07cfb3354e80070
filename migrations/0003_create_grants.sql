-- oldest-binary: 1
-- Who may do what. `admin` exists on the cluster only, `owner` and `member` on organizations only.

CREATE TABLE grants (
  identity_id     uuid NOT NULL,
  relation        text COLLATE "C" NOT NULL CHECK (relation IN ('admin', 'owner', 'member')),
  organization_id uuid,  -- null: the cluster
  -- The object as text, so that the key covers the cluster too, where the organization is null.
  object          text COLLATE "C" NOT NULL GENERATED ALWAYS AS (
                    CASE WHEN organization_id IS NULL THEN 'cluster:global'
                         ELSE 'organization:' || organization_id::text END) STORED,
  created_at      timestamptz NOT NULL DEFAULT now(),
  created_by      uuid,
  PRIMARY KEY (identity_id, relation, object),
  CONSTRAINT grants_admin_of_cluster CHECK ((relation = 'admin') = (organization_id IS NULL))
);

CREATE INDEX grants_in_order ON grants (created_at, identity_id, relation, object);
CREATE INDEX grants_of_object ON grants (object, created_at);
