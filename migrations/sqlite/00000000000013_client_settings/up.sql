-- Settings of a client that the operator decides, as a JSON object. A member that is missing has its conservative value, so
-- that a client of an earlier version goes on as before.
ALTER TABLE clients ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
