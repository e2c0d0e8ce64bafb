-- The longest lifetime of a token that the key may have signed, in milliseconds: it stays in the JWKS for that long.
ALTER TABLE signing_keys ADD COLUMN token_ttl INTEGER NOT NULL DEFAULT 0;

-- When it was retired by hand: nothing that it signed is believed since.
ALTER TABLE signing_keys ADD COLUMN revoked_at INTEGER;
