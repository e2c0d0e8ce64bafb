-- What the command line did, until a running server takes it out for its audit log.
CREATE TABLE admin_events (
    id       BLOB    NOT NULL PRIMARY KEY,
    at       INTEGER NOT NULL,
    event    TEXT    NOT NULL,
    detail   TEXT    NOT NULL,
    operator TEXT
) STRICT, WITHOUT ROWID;

-- A person's grants with a client that were not revoked: there is a bound on them, and counting them costs no more than
-- they are.
CREATE INDEX grants_unrevoked ON grants (user_id, client_id) WHERE revoked_at IS NULL;

-- Tokens that a client was given for itself before this time are worth nothing: it was locked since, or is another client of
-- the same id.
ALTER TABLE clients ADD COLUMN tokens_since INTEGER NOT NULL DEFAULT 0;
