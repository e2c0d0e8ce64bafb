DROP TABLE assertion_ids;
