-- The journal: every operation of this terminal, appended before it is confirmed, never rewritten.
-- It is also the outbox: what lies beyond ack.applied_hi has not reached the centre.

-- Which terminal wrote this file, and where its own SSCC range stands.
CREATE TABLE owner (
    one        INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    terminal   TEXT    NOT NULL,             -- a file found under another terminal's name is not ours to send
    sscc_next  INTEGER NOT NULL              -- one past the highest prefix and serial sealed: raised with the seal
) STRICT;

-- The lives of the file: a new one begins when it is made, restored or forked.
CREATE TABLE incarnation (
    no         INTEGER NOT NULL PRIMARY KEY, -- 1, 2, 3 … in this file
    id         TEXT    NOT NULL UNIQUE,      -- 64 random bits, 16 hexadecimal digits, as the centre knows it
    begun_at   INTEGER NOT NULL              -- ms since 1970, by this terminal's clock
) STRICT;

CREATE TABLE op (
    incarnation INTEGER NOT NULL REFERENCES incarnation (no),
    seq        INTEGER NOT NULL,             -- 1, 2, 3 … without a gap within the incarnation
    id         BLOB    NOT NULL CHECK (length(id) = 16), -- UUIDv7: the idempotency key
    family     TEXT    NOT NULL CHECK (family IN ('fact', 'request', 'note')),
    kind       TEXT    NOT NULL,             -- the operation's word, for people and for look-ups
    v          INTEGER NOT NULL,             -- version of the kind
    at         INTEGER NOT NULL,             -- ms since 1970, by this terminal's clock: evidence, never order
    operator   TEXT    NOT NULL,             -- the badge signed on
    body       BLOB    NOT NULL,             -- the operation's JSON, byte for byte as it is hashed and sent
    link       BLOB    NOT NULL CHECK (length(link) = 32), -- BLAKE3 chain up to and with this operation
    PRIMARY KEY (incarnation, seq)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX op_by_id ON op (incarnation, id);

-- What the centre answered; apart from op, whose rows stay as they were written.
CREATE TABLE verdict (
    incarnation INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    body       TEXT    NOT NULL,             -- the verdict's JSON
    seen       INTEGER NOT NULL DEFAULT 0 CHECK (seen IN (0, 1)), -- whether the operator was told
    PRIMARY KEY (incarnation, seq),
    FOREIGN KEY (incarnation, seq) REFERENCES op (incarnation, seq)
) STRICT, WITHOUT ROWID;

-- How far the centre is.
CREATE TABLE ack (
    one        INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    centre     TEXT    NOT NULL,             -- which life of the centre's database said so; '' before the first
    applied_hi INTEGER NOT NULL,             -- every operation up to this one is on the centre's disk
    at         INTEGER NOT NULL              -- when we heard it, by this terminal's clock
) STRICT;
