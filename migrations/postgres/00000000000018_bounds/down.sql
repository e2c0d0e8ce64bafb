DROP TRIGGER clients_after_insert_or_delete ON clients;
DROP TRIGGER clients_after_update ON clients;
DROP FUNCTION count_clients;
DROP TABLE client_origins_due;
DROP TABLE client_origins;
DROP TABLE client_totals;
DROP INDEX clients_of_operator;
DROP INDEX logout_deliveries_attempts;
