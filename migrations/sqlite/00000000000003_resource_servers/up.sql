-- Registered resources (RFC 8707); an empty scope limits nothing.
CREATE TABLE resources (
    uri        TEXT    NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL,
    scope      TEXT    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Resources that clients name already go on working: each is registered, without scopes.
INSERT INTO resources (uri, name, scope, created_at)
WITH RECURSIVE words (word, rest, created_at) AS (
    SELECT '', resources || ' ', created_at FROM clients
    UNION ALL
    SELECT substr(rest, 1, instr(rest, ' ') - 1), substr(rest, instr(rest, ' ') + 1), created_at
    FROM words WHERE rest <> ''
)
SELECT word, word, '', min(created_at) FROM words WHERE word <> '' GROUP BY word;

-- The resources whose tokens a client may introspect.
ALTER TABLE clients ADD COLUMN serves TEXT NOT NULL DEFAULT '';

-- Single access tokens that were revoked, by their jti, until they have ended.
CREATE TABLE revoked_tokens (
    jti        TEXT    NOT NULL PRIMARY KEY,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX revoked_tokens_expiry ON revoked_tokens (expires_at);
