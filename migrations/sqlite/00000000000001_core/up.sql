-- Ids are UUIDv7 in 16 bytes, times are unix milliseconds, lists are space separated.

CREATE TABLE master_keys (
    number      INTEGER NOT NULL PRIMARY KEY,
    check_value BLOB    NOT NULL,
    created_at  INTEGER  NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE signing_keys (
    kid          TEXT   NOT NULL PRIMARY KEY,
    algorithm    TEXT   NOT NULL,
    state        TEXT   NOT NULL CHECK (state IN ('next', 'active', 'retiring', 'gone')),
    public_jwk   TEXT   NOT NULL,
    sealed       BLOB   NOT NULL,
    created_at   INTEGER NOT NULL,
    activated_at INTEGER,
    retired_at   INTEGER
) STRICT, WITHOUT ROWID;

-- One key of an algorithm signs, one waits: two nodes that start together agree here.
CREATE UNIQUE INDEX signing_keys_one_current ON signing_keys (algorithm, state) WHERE state IN ('next', 'active');

CREATE TABLE clients (
    id            TEXT    NOT NULL PRIMARY KEY,
    name          TEXT    NOT NULL,
    auth_method   TEXT    NOT NULL CHECK (auth_method IN ('none', 'client_secret_basic', 'client_secret_post')),
    secret_hash   BLOB,
    redirect_uris TEXT    NOT NULL,
    grant_types   TEXT    NOT NULL,
    scope         TEXT    NOT NULL,
    resources     TEXT    NOT NULL,
    first_party   INTEGER NOT NULL,
    disabled_at   INTEGER,
    created_at    INTEGER  NOT NULL,
    CHECK ((auth_method = 'none') = (secret_hash IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    id            BLOB   NOT NULL PRIMARY KEY,
    username      TEXT   NOT NULL,
    username_key  TEXT   NOT NULL UNIQUE,
    email         TEXT,
    password_hash TEXT   NOT NULL,
    disabled_at   INTEGER,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The id is the SHA-256 of the cookie; the sid is what relying parties see.
CREATE TABLE sessions (
    id           BLOB   NOT NULL PRIMARY KEY,
    sid          BLOB   NOT NULL UNIQUE,
    user_id      BLOB   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    auth_time    INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE consents (
    user_id    BLOB   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id  TEXT   NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    scope      TEXT   NOT NULL,
    granted_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, client_id)
) STRICT, WITHOUT ROWID;

-- What a person answered on a consent page, so that the page works once.
CREATE TABLE decisions (
    flow_id    BLOB   NOT NULL PRIMARY KEY,
    grant_id   BLOB,
    decided_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A grant is one row, however often it rotates. No column that a rotation changes is indexed.
CREATE TABLE grants (
    id                  BLOB    NOT NULL PRIMARY KEY,
    user_id             BLOB    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id           TEXT    NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    sid                 BLOB,
    scope               TEXT    NOT NULL,
    resource            TEXT,
    redirect_uri        TEXT,
    nonce               TEXT,
    code_challenge      TEXT,
    auth_time           INTEGER  NOT NULL,
    amr                 TEXT    NOT NULL,
    handle_key          INTEGER NOT NULL,
    seed                BLOB    NOT NULL,
    generation          INTEGER  NOT NULL,
    rotated_at          INTEGER  NOT NULL,
    repeated_generation INTEGER  NOT NULL,
    repeats             INTEGER  NOT NULL,
    created_at          INTEGER  NOT NULL,
    expires_at          INTEGER  NOT NULL,
    revoked_at          INTEGER,
    revoked_reason      TEXT,
    CHECK ((revoked_at IS NULL) = (revoked_reason IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX grants_user_client ON grants (user_id, client_id);
CREATE INDEX grants_client ON grants (client_id);
CREATE INDEX grants_sid ON grants (sid) WHERE sid IS NOT NULL;
