-- When a node last wrote that it is there, and the last time in which none could.
CREATE TABLE heartbeat (
    id              INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    beat_at         BIGINT  NOT NULL,
    outage_began_at BIGINT,
    outage_ended_at BIGINT,
    CHECK ((outage_began_at IS NULL) = (outage_ended_at IS NULL))
);
INSERT INTO heartbeat (id, beat_at) VALUES (1, 0);
