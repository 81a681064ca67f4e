-- Format 3: what was left of a damaged journal and waits for the centre's quarantine; deleted once it is there.
CREATE TABLE salvage (
    no         INTEGER NOT NULL PRIMARY KEY,
    why        TEXT    NOT NULL,             -- what was wrong with the journal, for support
    life       TEXT    NOT NULL,             -- which life it was found in, as incarnation.id; '' when that cannot be told
    seq        INTEGER NOT NULL,             -- its place; 0 when that cannot be told
    id         BLOB    NOT NULL CHECK (length(id) IN (0, 16)), -- its operation's id; empty when that cannot be told
    bytes      TEXT    NOT NULL              -- what is left, as hexadecimal digits; empty where nothing could be read
) STRICT;
