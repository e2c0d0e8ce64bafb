-- Work that one node does for all of them, and when one last took its turn.
CREATE TABLE turns (
    work     TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    taken_at BIGINT           NOT NULL
);
