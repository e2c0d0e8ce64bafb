-- Consents by client, resource and the host that the answer goes to, with the client's name as the person read it. An empty
-- resource is access without one, an empty host a program on the person's own device. Earlier versions use `consents`.
CREATE TABLE given_consents (
    user_id       BLOB    NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id     TEXT    NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    resource      TEXT    NOT NULL,
    redirect_host TEXT    NOT NULL,
    client_name   TEXT    NOT NULL,
    scope         TEXT    NOT NULL,
    granted_at    INTEGER NOT NULL,
    PRIMARY KEY (user_id, client_id, resource, redirect_host)
) STRICT, WITHOUT ROWID;

CREATE INDEX given_consents_client ON given_consents (client_id, user_id);

-- Grants that stand say which resource a consent was given for, and at which address. Where none tells of another, a client
-- with one resource at most, and one redirect URI, leaves no choice. All other consents are asked for again.
WITH RECURSIVE known (user_id, client_id, resource, uri, scope) AS (
    SELECT grants.user_id, grants.client_id, coalesce(grants.resource, ''), grants.redirect_uri, grants.scope
    FROM consents JOIN grants ON grants.user_id = consents.user_id AND grants.client_id = consents.client_id
    WHERE grants.revoked_at IS NULL AND grants.redirect_uri IS NOT NULL
    UNION
    SELECT consents.user_id, consents.client_id, clients.resources, clients.redirect_uris, consents.scope
    FROM consents JOIN clients ON clients.id = consents.client_id
    WHERE instr(clients.resources, ' ') = 0 AND instr(clients.redirect_uris, ' ') = 0
      AND NOT EXISTS (
          SELECT 1 FROM grants
          WHERE grants.user_id = consents.user_id AND grants.client_id = consents.client_id
            AND (coalesce(grants.resource, '') <> clients.resources OR grants.redirect_uri <> clients.redirect_uris)
      )
),
authorities (user_id, client_id, resource, scope, authority) AS (
    SELECT user_id, client_id, resource, scope, CASE
        WHEN uri LIKE 'https://%' OR uri LIKE 'http://%' THEN lower(substr(
            uri, instr(uri, '://') + 3,
            min(instr(substr(uri, instr(uri, '://') + 3) || '/', '/'), instr(substr(uri, instr(uri, '://') + 3) || '?', '?')) - 1
        ))
        ELSE ''
    END
    FROM known
),
hosts (user_id, client_id, resource, scope, host) AS (
    SELECT user_id, client_id, resource, scope, CASE
        WHEN authority LIKE '[%' THEN substr(authority, 1, instr(authority, ']'))
        ELSE substr(authority, 1, instr(authority || ':', ':') - 1)
    END
    FROM authorities
),
words (user_id, client_id, resource, host, word, rest) AS (
    SELECT user_id, client_id, resource, CASE WHEN host IN ('localhost', '127.0.0.1', '[::1]') THEN '' ELSE host END,
           '', scope || ' '
    FROM hosts
    UNION ALL
    SELECT user_id, client_id, resource, host, substr(rest, 1, instr(rest, ' ') - 1), substr(rest, instr(rest, ' ') + 1)
    FROM words WHERE rest <> ''
)
INSERT INTO given_consents
SELECT told.user_id, told.client_id, told.resource, told.host, clients.name, group_concat(told.word, ' '),
       max(consents.granted_at)
FROM (SELECT DISTINCT user_id, client_id, resource, host, word FROM words WHERE word <> '') AS told
JOIN clients ON clients.id = told.client_id
JOIN consents ON consents.user_id = told.user_id AND consents.client_id = told.client_id
WHERE instr(' ' || consents.scope || ' ', ' ' || told.word || ' ') > 0
GROUP BY told.user_id, told.client_id, told.resource, told.host, clients.name;
