-- Deliveries that nobody has tried go first, the longest waiting before the others.
CREATE INDEX logout_deliveries_attempts ON logout_deliveries (attempts, due_at);

-- The operator's clients, whose browser origins are kept in memory: found among any number of others.
CREATE INDEX clients_of_operator ON clients (id) WHERE registration_token IS NULL;

-- Totals of the clients, kept by triggers so that nothing has to count them, whichever version writes. A table that takes the
-- place of `clients` needs the triggers anew.
CREATE TABLE client_totals (
    id               INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    -- Clients that registered themselves.
    self_registered  BIGINT  NOT NULL,
    -- Clients with the password grant.
    with_password    BIGINT  NOT NULL,
    -- Grows with each change of one of the operator's clients.
    operator_changes BIGINT  NOT NULL
);

INSERT INTO client_totals (id, self_registered, with_password, operator_changes)
SELECT 1, count(registration_token),
    count(CASE WHEN ' ' || grant_types || ' ' LIKE '% password %' THEN 1 END), 1 FROM clients;

-- Browser origins of the public clients that registered themselves.
CREATE TABLE client_origins (
    origin    TEXT COLLATE "C" NOT NULL,
    client_id TEXT COLLATE "C" NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    PRIMARY KEY (origin, client_id)
);

CREATE INDEX client_origins_client ON client_origins (client_id);

-- Clients that registered themselves and whose origins have to be written down, also those that an earlier version writes.
CREATE TABLE client_origins_due (
    client_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES clients (id) ON DELETE CASCADE
);

INSERT INTO client_origins_due (client_id) SELECT id FROM clients WHERE registration_token IS NOT NULL;

CREATE FUNCTION count_clients() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    self_registered_more BIGINT := 0;
    with_password_more   BIGINT := 0;
    is_of_operator       BOOLEAN := FALSE;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        self_registered_more := self_registered_more - (OLD.registration_token IS NOT NULL)::INTEGER;
        with_password_more := with_password_more - (' ' || OLD.grant_types || ' ' LIKE '% password %')::INTEGER;
        is_of_operator := OLD.registration_token IS NULL;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        self_registered_more := self_registered_more + (NEW.registration_token IS NOT NULL)::INTEGER;
        with_password_more := with_password_more + (' ' || NEW.grant_types || ' ' LIKE '% password %')::INTEGER;
        is_of_operator := is_of_operator OR NEW.registration_token IS NULL;
    END IF;
    IF self_registered_more <> 0 OR with_password_more <> 0 OR is_of_operator THEN
        UPDATE client_totals SET
            self_registered = self_registered + self_registered_more,
            with_password = with_password + with_password_more,
            operator_changes = operator_changes + is_of_operator::INTEGER;
    END IF;
    IF TG_OP = 'INSERT' AND NEW.registration_token IS NOT NULL THEN
        INSERT INTO client_origins_due (client_id) VALUES (NEW.id);
    ELSIF TG_OP = 'UPDATE' AND NEW.registration_token IS NOT NULL
        AND (NEW.redirect_uris <> OLD.redirect_uris OR NEW.auth_method <> OLD.auth_method) THEN
        INSERT INTO client_origins_due (client_id) VALUES (NEW.id) ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER clients_after_insert_or_delete AFTER INSERT OR DELETE ON clients
    FOR EACH ROW EXECUTE FUNCTION count_clients();
CREATE TRIGGER clients_after_update
    AFTER UPDATE OF registration_token, grant_types, redirect_uris, auth_method, disabled_at ON clients
    FOR EACH ROW EXECUTE FUNCTION count_clients();
