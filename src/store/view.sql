-- The cache: the centre's rows as last fed. Disposable: it is fetched again when it is lost or broken.

CREATE TABLE feed (
    one        INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    epoch      TEXT    NOT NULL,             -- which life of the feed; '' before the first snapshot
    cursor     INTEGER NOT NULL,             -- the feed sequence these rows are at
    incarnation TEXT   NOT NULL,             -- the journal incarnation that applied_hi counts in; '' for none
    applied_hi INTEGER NOT NULL,             -- how far the rows contain this terminal's own operations
    heard_at   INTEGER NOT NULL              -- last good contact, by this terminal's clock: the data's age
) STRICT;

CREATE TABLE row (
    kind       TEXT    NOT NULL,             -- which table, by its word; kinds unknown here are kept
    id         TEXT    NOT NULL,             -- code or id within it
    body       TEXT    NOT NULL,             -- the row's JSON
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- Which item a barcode means: derived from the item rows in the same transaction.
CREATE TABLE barcode (
    key        TEXT    NOT NULL,             -- 14 digits of a GTIN, or '=' and the raw code
    item       TEXT    NOT NULL,
    quantity   INTEGER NOT NULL CHECK (quantity > 0), -- base units that one scan stands for
    PRIMARY KEY (key, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX barcode_by_item ON barcode (item);
