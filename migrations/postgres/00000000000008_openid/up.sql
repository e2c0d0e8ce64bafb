-- Clients may authenticate by a key of their own (private_key_jwt), carry what they registered about themselves (RFC 7591),
-- and have a registration access token (RFC 7592), kept as its SHA-256.
ALTER TABLE clients DROP CONSTRAINT clients_auth_method_check;
ALTER TABLE clients DROP CONSTRAINT clients_check;
ALTER TABLE clients ADD CONSTRAINT clients_auth_method_check
    CHECK (auth_method IN ('none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'));
ALTER TABLE clients ADD CONSTRAINT clients_check
    CHECK ((auth_method IN ('client_secret_basic', 'client_secret_post')) = (secret_hash IS NOT NULL));
ALTER TABLE clients ADD COLUMN metadata TEXT NOT NULL DEFAULT '{}';
ALTER TABLE clients ADD COLUMN registration_token BYTEA;

-- Claims of a person as a JSON object, and the random bytes that their pairwise subjects come from.
ALTER TABLE users ADD COLUMN claims TEXT NOT NULL DEFAULT '{}';
ALTER TABLE users ADD COLUMN subject_seed BYTEA NOT NULL
    DEFAULT sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));

-- What the claims parameter of the authentication request asked for (OpenID Connect Core §5.5).
ALTER TABLE grants ADD COLUMN claims TEXT;
