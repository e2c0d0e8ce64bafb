-- Registered resources (RFC 8707); an empty scope limits nothing.
CREATE TABLE resources (
    uri        TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name       TEXT   NOT NULL,
    scope      TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);

-- Resources that clients name already go on working: each is registered, without scopes.
INSERT INTO resources (uri, name, scope, created_at)
SELECT word, word, '', min(clients.created_at)
FROM clients, unnest(string_to_array(clients.resources, ' ')) AS word
WHERE word <> '' GROUP BY word;

-- The resources whose tokens a client may introspect.
ALTER TABLE clients ADD COLUMN serves TEXT NOT NULL DEFAULT '';

-- Single access tokens that were revoked, by their jti, until they have ended.
CREATE TABLE revoked_tokens (
    jti        TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL
);

CREATE INDEX revoked_tokens_expiry ON revoked_tokens (expires_at);
