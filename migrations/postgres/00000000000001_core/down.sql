DROP TABLE grants;
DROP TABLE decisions;
DROP TABLE consents;
DROP TABLE sessions;
DROP TABLE users;
DROP TABLE clients;
DROP TABLE signing_keys;
DROP TABLE master_keys;
