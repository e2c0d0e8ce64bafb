-- Checks and defaults that a column cannot be given afterwards: the tables are made anew. Foreign keys are off meanwhile.

-- Clients may authenticate by a key of their own (private_key_jwt), carry what they registered about themselves (RFC 7591),
-- and have a registration access token (RFC 7592), kept as its SHA-256.
CREATE TABLE clients_new (
    id                    TEXT    NOT NULL PRIMARY KEY,
    name                  TEXT    NOT NULL,
    auth_method           TEXT    NOT NULL
        CHECK (auth_method IN ('none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt')),
    secret_hash           BLOB,
    redirect_uris         TEXT    NOT NULL,
    grant_types           TEXT    NOT NULL,
    scope                 TEXT    NOT NULL,
    resources             TEXT    NOT NULL,
    first_party           INTEGER NOT NULL,
    disabled_at           INTEGER,
    created_at            INTEGER NOT NULL,
    serves                TEXT    NOT NULL DEFAULT '',
    previous_secret_hash  BLOB,
    previous_secret_until INTEGER CHECK ((previous_secret_until IS NULL) = (previous_secret_hash IS NULL)),
    tokens_since          INTEGER NOT NULL DEFAULT 0,
    metadata              TEXT    NOT NULL DEFAULT '{}',
    registration_token    BLOB,
    CHECK ((auth_method IN ('client_secret_basic', 'client_secret_post')) = (secret_hash IS NOT NULL))
) STRICT, WITHOUT ROWID;

INSERT INTO clients_new (id, name, auth_method, secret_hash, redirect_uris, grant_types, scope, resources, first_party,
    disabled_at, created_at, serves, previous_secret_hash, previous_secret_until, tokens_since)
SELECT id, name, auth_method, secret_hash, redirect_uris, grant_types, scope, resources, first_party,
    disabled_at, created_at, serves, previous_secret_hash, previous_secret_until, tokens_since FROM clients;
DROP TABLE clients;
ALTER TABLE clients_new RENAME TO clients;

-- Claims of a person as a JSON object, and the random bytes that their pairwise subjects come from.
CREATE TABLE users_new (
    id            BLOB    NOT NULL PRIMARY KEY,
    username      TEXT    NOT NULL,
    username_key  TEXT    NOT NULL UNIQUE,
    email         TEXT,
    password_hash TEXT    NOT NULL,
    disabled_at   INTEGER,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL,
    claims        TEXT    NOT NULL DEFAULT '{}',
    subject_seed  BLOB    NOT NULL DEFAULT (randomblob(32))
) STRICT, WITHOUT ROWID;

INSERT INTO users_new (id, username, username_key, email, password_hash, disabled_at, created_at, updated_at)
SELECT id, username, username_key, email, password_hash, disabled_at, created_at, updated_at FROM users;
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;

-- What the claims parameter of the authentication request asked for (OpenID Connect Core §5.5).
ALTER TABLE grants ADD COLUMN claims TEXT;
