ALTER TABLE clients DROP COLUMN tokens_since;
DROP INDEX grants_unrevoked;
DROP TABLE admin_events;
