-- Deliveries that nobody has tried go first, the longest waiting before the others.
CREATE INDEX logout_deliveries_attempts ON logout_deliveries (attempts, due_at);

-- The operator's clients, whose browser origins are kept in memory: found among any number of others.
CREATE INDEX clients_of_operator ON clients (id) WHERE registration_token IS NULL;

-- Totals of the clients, kept by triggers so that nothing has to count them, whichever version writes. A table that takes the
-- place of `clients` needs the triggers anew.
CREATE TABLE client_totals (
    id               INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    -- Clients that registered themselves.
    self_registered  INTEGER NOT NULL,
    -- Clients with the password grant.
    with_password    INTEGER NOT NULL,
    -- Grows with each change of one of the operator's clients.
    operator_changes INTEGER NOT NULL
) STRICT;

INSERT INTO client_totals (id, self_registered, with_password, operator_changes)
SELECT 1, count(registration_token),
    count(CASE WHEN ' ' || grant_types || ' ' LIKE '% password %' THEN 1 END), 1 FROM clients;

-- Browser origins of the public clients that registered themselves.
CREATE TABLE client_origins (
    origin    TEXT NOT NULL,
    client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    PRIMARY KEY (origin, client_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX client_origins_client ON client_origins (client_id);

-- Clients that registered themselves and whose origins have to be written down, also those that an earlier version writes.
CREATE TABLE client_origins_due (
    client_id TEXT NOT NULL PRIMARY KEY REFERENCES clients (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

INSERT INTO client_origins_due (client_id) SELECT id FROM clients WHERE registration_token IS NOT NULL;

CREATE TRIGGER clients_after_insert AFTER INSERT ON clients
BEGIN
    UPDATE client_totals SET
        self_registered = self_registered + (NEW.registration_token IS NOT NULL),
        with_password = with_password + (' ' || NEW.grant_types || ' ' LIKE '% password %'),
        operator_changes = operator_changes + (NEW.registration_token IS NULL);
    INSERT INTO client_origins_due (client_id) SELECT NEW.id WHERE NEW.registration_token IS NOT NULL;
END;

CREATE TRIGGER clients_after_update
AFTER UPDATE OF registration_token, grant_types, redirect_uris, auth_method, disabled_at ON clients
BEGIN
    UPDATE client_totals SET
        self_registered = self_registered + (NEW.registration_token IS NOT NULL) - (OLD.registration_token IS NOT NULL),
        with_password = with_password + (' ' || NEW.grant_types || ' ' LIKE '% password %')
            - (' ' || OLD.grant_types || ' ' LIKE '% password %'),
        operator_changes = operator_changes + (NEW.registration_token IS NULL OR OLD.registration_token IS NULL);
    INSERT INTO client_origins_due (client_id) SELECT NEW.id
        WHERE NEW.registration_token IS NOT NULL
            AND (NEW.redirect_uris <> OLD.redirect_uris OR NEW.auth_method <> OLD.auth_method)
            AND NOT EXISTS (SELECT 1 FROM client_origins_due WHERE client_id = NEW.id);
END;

CREATE TRIGGER clients_after_delete AFTER DELETE ON clients
BEGIN
    UPDATE client_totals SET
        self_registered = self_registered - (OLD.registration_token IS NOT NULL),
        with_password = with_password - (' ' || OLD.grant_types || ' ' LIKE '% password %'),
        operator_changes = operator_changes + (OLD.registration_token IS NULL);
END;
