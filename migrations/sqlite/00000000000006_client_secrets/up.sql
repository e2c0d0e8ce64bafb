-- The secret that a rotation replaced: it is valid until then.
ALTER TABLE clients ADD COLUMN previous_secret_hash BLOB;
ALTER TABLE clients ADD COLUMN previous_secret_until INTEGER
    CHECK ((previous_secret_until IS NULL) = (previous_secret_hash IS NULL));
