DROP TABLE given_consents;
