-- Client assertions that were used, by the SHA-256 of client and jti, until nobody accepts them any more.
CREATE TABLE assertion_ids (
    id         BLOB    NOT NULL PRIMARY KEY,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
