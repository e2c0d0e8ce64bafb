-- Ids are UUIDv7 in 16 bytes, times are unix milliseconds, lists are space separated. Indexed text has the collation "C",
-- so that no index depends on the operating system's.

CREATE TABLE master_keys (
    number      INTEGER NOT NULL PRIMARY KEY,
    check_value BYTEA   NOT NULL,
    created_at  BIGINT  NOT NULL
);

CREATE TABLE signing_keys (
    kid          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    algorithm    TEXT   NOT NULL,
    state        TEXT   NOT NULL CHECK (state IN ('next', 'active', 'retiring', 'gone')),
    public_jwk   TEXT   NOT NULL,
    sealed       BYTEA  NOT NULL,
    created_at   BIGINT NOT NULL,
    activated_at BIGINT,
    retired_at   BIGINT
);

-- One key of an algorithm signs, one waits: two nodes that start together agree here.
CREATE UNIQUE INDEX signing_keys_one_current ON signing_keys (algorithm, state) WHERE state IN ('next', 'active');

CREATE TABLE clients (
    id            TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name          TEXT    NOT NULL,
    auth_method   TEXT    NOT NULL CHECK (auth_method IN ('none', 'client_secret_basic', 'client_secret_post')),
    secret_hash   BYTEA,
    redirect_uris TEXT    NOT NULL,
    grant_types   TEXT    NOT NULL,
    scope         TEXT    NOT NULL,
    resources     TEXT    NOT NULL,
    first_party   BOOLEAN NOT NULL,
    disabled_at   BIGINT,
    created_at    BIGINT  NOT NULL,
    CHECK ((auth_method = 'none') = (secret_hash IS NULL))
);

CREATE TABLE users (
    id            BYTEA  NOT NULL PRIMARY KEY,
    username      TEXT   NOT NULL,
    username_key  TEXT COLLATE "C" NOT NULL UNIQUE,
    email         TEXT,
    password_hash TEXT   NOT NULL,
    disabled_at   BIGINT,
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL
);

-- The id is the SHA-256 of the cookie; the sid is what relying parties see.
CREATE TABLE sessions (
    id           BYTEA  NOT NULL PRIMARY KEY,
    sid          BYTEA  NOT NULL UNIQUE,
    user_id      BYTEA  NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    auth_time    BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL
) WITH (fillfactor = 70);

CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE consents (
    user_id    BYTEA  NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id  TEXT COLLATE "C" NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    scope      TEXT   NOT NULL,
    granted_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, client_id)
);

-- What a person answered on a consent page, so that the page works once.
CREATE TABLE decisions (
    flow_id    BYTEA  NOT NULL PRIMARY KEY,
    grant_id   BYTEA,
    decided_at BIGINT NOT NULL
);

-- A grant is one row, however often it rotates. No column that a rotation changes is indexed, and pages have
-- room left, so that an update stays in its page.
CREATE TABLE grants (
    id                  BYTEA   NOT NULL PRIMARY KEY,
    user_id             BYTEA   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id           TEXT COLLATE "C" NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    sid                 BYTEA,
    scope               TEXT    NOT NULL,
    resource            TEXT,
    redirect_uri        TEXT,
    nonce               TEXT,
    code_challenge      TEXT,
    auth_time           BIGINT  NOT NULL,
    amr                 TEXT    NOT NULL,
    handle_key          INTEGER NOT NULL,
    seed                BYTEA   NOT NULL,
    generation          BIGINT  NOT NULL,
    rotated_at          BIGINT  NOT NULL,
    repeated_generation BIGINT  NOT NULL,
    repeats             BIGINT  NOT NULL,
    created_at          BIGINT  NOT NULL,
    expires_at          BIGINT  NOT NULL,
    revoked_at          BIGINT,
    revoked_reason      TEXT,
    CHECK ((revoked_at IS NULL) = (revoked_reason IS NULL))
) WITH (fillfactor = 70);

CREATE INDEX grants_user_client ON grants (user_id, client_id);
CREATE INDEX grants_client ON grants (client_id);
CREATE INDEX grants_sid ON grants (sid) WHERE sid IS NOT NULL;
