-- Which clients a session was used at: those that hear of its end.
CREATE TABLE session_clients (
    sid       BLOB NOT NULL REFERENCES sessions (sid) ON DELETE CASCADE,
    client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    PRIMARY KEY (sid, client_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX session_clients_client ON session_clients (client_id);

-- Clients that are to be told that a session has ended, until they have heard it. The session and its person may be gone.
CREATE TABLE logout_deliveries (
    id         BLOB    NOT NULL PRIMARY KEY,
    client_id  TEXT    NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    sub        TEXT    NOT NULL,
    sid        BLOB    NOT NULL,
    due_at     INTEGER NOT NULL,
    attempts   INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX logout_deliveries_due ON logout_deliveries (due_at);
CREATE INDEX logout_deliveries_client ON logout_deliveries (client_id, due_at);
