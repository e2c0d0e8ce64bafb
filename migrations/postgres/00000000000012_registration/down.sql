DROP INDEX clients_self_registered;
DROP TABLE initial_access_tokens;
