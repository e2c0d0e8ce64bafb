ALTER TABLE grants DROP COLUMN claims;
ALTER TABLE users DROP COLUMN subject_seed;
ALTER TABLE users DROP COLUMN claims;
ALTER TABLE clients DROP COLUMN registration_token;
ALTER TABLE clients DROP COLUMN metadata;
