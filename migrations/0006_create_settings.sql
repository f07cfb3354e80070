-- oldest-binary: 1
-- What all replicas share. The one row is made here, so that two replicas starting at once cannot make two.

CREATE TABLE settings (
  only_row                boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  instance_id             uuid NOT NULL,  -- tags what this installation makes in the overlay
  page_token_key          bytea NOT NULL CHECK (octet_length(page_token_key) = 32),
  previous_page_token_key bytea CHECK (octet_length(previous_page_token_key) = 32)
);

-- gen_random_uuid() has 122 bits of PostgreSQL's strong randomness: three of them are more than a key needs.
INSERT INTO settings (instance_id, page_token_key)
VALUES (gen_random_uuid(),
        sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));
