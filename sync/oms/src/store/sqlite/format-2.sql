-- Format 2: the quarantine, and in it what an older program had parked.
-- What is kept and not applied: operations of revoked terminals and badges, operations that this program does not
-- understand or that break a limit, what terminals saved from damaged journals. Nothing is ever deleted here.
CREATE TABLE quarantine (
    number      INTEGER NOT NULL PRIMARY KEY,
    terminal    TEXT NOT NULL REFERENCES terminal (code),
    incarnation INTEGER,                              -- life of its journal, as the same 64 bits; NULL when unknown
    seq         INTEGER,                              -- place in it; NULL when unknown
    op_id       BLOB CHECK (op_id IS NULL OR length(op_id) = 16), -- NULL when unknown
    cause       TEXT NOT NULL CHECK (cause IN ('revoked', 'badge', 'unknown', 'forged', 'books', 'salvaged')),
    why         TEXT NOT NULL,                        -- for a person
    bytes       BLOB NOT NULL,                        -- as it came
    mark        BLOB NOT NULL CHECK (length(mark) = 32), -- tells it from others: its chain link, or the hash of a piece
    received    INTEGER NOT NULL,                     -- by the centre's clock
    fate        TEXT NOT NULL CHECK (fate IN ('held', 'accepted', 'discarded')),
    settled_by  TEXT,                                 -- who accepted or discarded it
    settled_at  INTEGER,                              -- when
    verdict     TEXT,                                 -- JSON of what it came to once accepted
    CHECK ((fate = 'held') = (settled_at IS NULL)),
    UNIQUE (terminal, mark)
) STRICT;
CREATE INDEX quarantine_held ON quarantine (terminal, cause) WHERE fate = 'held';
CREATE INDEX quarantine_by_op ON quarantine (op_id);

INSERT INTO quarantine (terminal, incarnation, seq, op_id, cause, why, bytes, mark, received, fate)
SELECT terminal, incarnation, seq, op_id, 'unknown', json_extract(verdict, '$.why'), CAST(bytes AS BLOB), link, 0, 'held'
FROM op WHERE repeated = 0 AND json_extract(verdict, '$.why') IS NOT NULL ORDER BY terminal, incarnation, seq;
