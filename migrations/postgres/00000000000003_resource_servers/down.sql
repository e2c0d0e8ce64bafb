DROP TABLE revoked_tokens;
ALTER TABLE clients DROP COLUMN serves;
DROP TABLE resources;
