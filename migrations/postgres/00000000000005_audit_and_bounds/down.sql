DROP INDEX grants_unrevoked;
DROP TABLE admin_events;
