-- Initial access tokens (RFC 7591 §3), which allow to register a client: each is known by its SHA-256.
CREATE TABLE initial_access_tokens (
    id         BLOB    NOT NULL PRIMARY KEY,
    hash       BLOB    NOT NULL UNIQUE,
    name       TEXT    NOT NULL,
    uses_left  INTEGER,
    created_at INTEGER NOT NULL,
    expires_at INTEGER
) STRICT, WITHOUT ROWID;

-- There is a bound on clients that registered themselves, and counting them costs no more than they are.
CREATE INDEX clients_self_registered ON clients (id) WHERE registration_token IS NOT NULL;
