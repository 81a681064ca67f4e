-- Format 2: letting go of what is safe, and new lives.

-- Every operation up to this one is in a backup off the centre's machine.
ALTER TABLE ack ADD COLUMN safe_hi INTEGER NOT NULL DEFAULT 0;

-- How far the centre had confirmed this life when the next one began: so far, both have the same history.
ALTER TABLE incarnation ADD COLUMN agreed INTEGER NOT NULL DEFAULT 0;

-- Where the operations that were let go of ended: the chain of those that are kept begins with this link.
CREATE TABLE base (
    incarnation INTEGER NOT NULL PRIMARY KEY REFERENCES incarnation (no),
    seq        INTEGER NOT NULL,             -- the last one let go of
    link       BLOB    NOT NULL CHECK (length(link) = 32) -- its link
) STRICT;
