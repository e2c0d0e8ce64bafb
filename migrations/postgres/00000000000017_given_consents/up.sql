-- Consents by client, resource and the host that the answer goes to, with the client's name as the person read it. An empty
-- resource is access without one, an empty host a program on the person's own device. Earlier versions use `consents`.
CREATE TABLE given_consents (
    user_id       BYTEA  NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id     TEXT COLLATE "C" NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    resource      TEXT COLLATE "C" NOT NULL,
    redirect_host TEXT COLLATE "C" NOT NULL,
    client_name   TEXT   NOT NULL,
    scope         TEXT   NOT NULL,
    granted_at    BIGINT NOT NULL,
    PRIMARY KEY (user_id, client_id, resource, redirect_host)
);

CREATE INDEX given_consents_client ON given_consents (client_id, user_id);

-- Grants that stand say which resource a consent was given for, and at which address. Where none tells of another, a client
-- with one resource at most, and one redirect URI, leaves no choice. All other consents are asked for again.
WITH known (user_id, client_id, resource, uri, scope) AS (
    SELECT grants.user_id, grants.client_id, coalesce(grants.resource, ''), grants.redirect_uri, grants.scope
    FROM consents JOIN grants ON grants.user_id = consents.user_id AND grants.client_id = consents.client_id
    WHERE grants.revoked_at IS NULL AND grants.redirect_uri IS NOT NULL
    UNION
    SELECT consents.user_id, consents.client_id, clients.resources, clients.redirect_uris, consents.scope
    FROM consents JOIN clients ON clients.id = consents.client_id
    WHERE strpos(clients.resources, ' ') = 0 AND strpos(clients.redirect_uris, ' ') = 0
      AND NOT EXISTS (
          SELECT 1 FROM grants
          WHERE grants.user_id = consents.user_id AND grants.client_id = consents.client_id
            AND (coalesce(grants.resource, '') <> clients.resources OR grants.redirect_uri <> clients.redirect_uris)
      )
),
hosts (user_id, client_id, resource, scope, host) AS (
    SELECT user_id, client_id, resource, scope,
           coalesce(lower(substring(uri FROM '(?i)^https?://(\[[^\]]*\]|[^/?:]*)')), '')
    FROM known
),
words (user_id, client_id, resource, host, word) AS (
    SELECT user_id, client_id, resource, CASE WHEN host IN ('localhost', '127.0.0.1', '[::1]') THEN '' ELSE host END,
           regexp_split_to_table(scope, ' ')
    FROM hosts
)
INSERT INTO given_consents
SELECT words.user_id, words.client_id, words.resource, words.host, clients.name, string_agg(DISTINCT words.word, ' '),
       max(consents.granted_at)
FROM words
JOIN clients ON clients.id = words.client_id
JOIN consents ON consents.user_id = words.user_id AND consents.client_id = words.client_id
WHERE words.word <> '' AND words.word = ANY (string_to_array(consents.scope, ' '))
GROUP BY words.user_id, words.client_id, words.resource, words.host, clients.name;
