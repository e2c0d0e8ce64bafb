-- The key that tells email addresses apart: folded in case, composed, with an ASCII domain. It is not unique: addresses that
-- people share already stay. Keys of other than ASCII addresses are written at the next sign-in or change.
ALTER TABLE users ADD COLUMN email_key TEXT;
UPDATE users SET email_key = lower(email) WHERE length(email) = length(CAST(email AS BLOB));
CREATE INDEX users_email_key ON users (email_key) WHERE email_key IS NOT NULL;
