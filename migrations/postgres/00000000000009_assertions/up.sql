-- Client assertions that were used, by the SHA-256 of client and jti, until nobody accepts them any more.
CREATE TABLE assertion_ids (
    id         BYTEA  NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
