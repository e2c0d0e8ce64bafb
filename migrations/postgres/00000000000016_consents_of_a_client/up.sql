-- The consents of a client are listed and withdrawn, and go when the client is removed.
CREATE INDEX consents_client ON consents (client_id, user_id);
