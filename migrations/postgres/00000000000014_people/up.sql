-- The key that tells email addresses apart: folded in case, composed, with an ASCII domain. It is not unique: addresses that
-- people share already stay. Keys of other than ASCII addresses are written at the next sign-in or change.
ALTER TABLE users ADD COLUMN email_key TEXT COLLATE "C";
UPDATE users SET email_key = lower(email COLLATE "C") WHERE char_length(email) = octet_length(email);
CREATE INDEX users_email_key ON users (email_key) WHERE email_key IS NOT NULL;
