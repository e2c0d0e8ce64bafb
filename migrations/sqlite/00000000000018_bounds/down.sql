DROP TRIGGER clients_after_insert;
DROP TRIGGER clients_after_update;
DROP TRIGGER clients_after_delete;
DROP TABLE client_origins_due;
DROP TABLE client_origins;
DROP TABLE client_totals;
DROP INDEX clients_of_operator;
DROP INDEX logout_deliveries_attempts;
