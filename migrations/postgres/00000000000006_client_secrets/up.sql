-- The secret that a rotation replaced: it is valid until then.
ALTER TABLE clients ADD COLUMN previous_secret_hash BYTEA;
ALTER TABLE clients ADD COLUMN previous_secret_until BIGINT
    CHECK ((previous_secret_until IS NULL) = (previous_secret_hash IS NULL));
