-- The centre's database, format 3. Quantities are base units, times milliseconds since 1970 UTC, money the
-- currency's minor unit. A test compares this file with what the migrations really make.

-- Named values: which life of the database and of the feed this is, the safety stock in force.
CREATE TABLE meta (
    name  TEXT NOT NULL PRIMARY KEY,  -- what
    value TEXT NOT NULL               -- its value
) STRICT, WITHOUT ROWID;

-- Series of numbers that people say or that must have no hole: feed, pick lists, manifests.
CREATE TABLE counter (
    series TEXT NOT NULL PRIMARY KEY,                 -- which
    value  INTEGER NOT NULL CHECK (value >= 0)        -- the last number given
) STRICT, WITHOUT ROWID;

-- The floor: latest states of rows, as the feed tells them.
CREATE TABLE feed (
    key      TEXT NOT NULL PRIMARY KEY,               -- kind/id
    body     TEXT,                                    -- JSON exactly as fed; NULL once deleted
    feed_seq INTEGER NOT NULL UNIQUE,                 -- rises with every change, in commit order
    deleted  INTEGER NOT NULL CHECK (deleted = (body IS NULL)), -- tombstone, told to terminals that hold the row
    seal     BLOB NOT NULL CHECK (length(seal) = 32)  -- hash of key and body: a body changed by hand is found
) STRICT, WITHOUT ROWID;

-- Orders and returns of the channels.
CREATE TABLE orders (
    id        BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    channel   TEXT NOT NULL,                          -- who sent it
    reference TEXT NOT NULL,                          -- the channel's own name for it: the key of idempotency
    kind      TEXT NOT NULL CHECK (kind IN ('order', 'return')),
    state     TEXT NOT NULL CHECK (state IN ('received', 'open', 'closed', 'cancelled')),
    parked    TEXT,                                   -- why it waits for somebody; NULL when it does not
    placed    INTEGER NOT NULL,                       -- as the channel says
    received  INTEGER NOT NULL,                       -- by the centre's clock
    customer  TEXT NOT NULL,                          -- the channel's name for the customer
    ship_to   TEXT NOT NULL,                          -- JSON address
    service   TEXT NOT NULL,                          -- carrier service
    due       INTEGER,                                -- when it must be with the carrier; NULL before the promise
    content   BLOB NOT NULL CHECK (length(content) = 32), -- hash over lines and charges as taken in
    UNIQUE (channel, reference)
) STRICT, WITHOUT ROWID;
CREATE INDEX orders_by_age ON orders (received, id);

-- Order lines. I5: ordered = the seven parts. Commands never take more from a part than it has; facts may
-- (a parcel may be reported before its picks), so the parts themselves carry no floor.
CREATE TABLE order_line (
    order_id     BLOB NOT NULL REFERENCES orders (id),
    line         INTEGER NOT NULL CHECK (line >= 1),
    item         TEXT NOT NULL,                       -- SKU, known or not yet
    description  TEXT NOT NULL,                       -- the channel's words
    ordered      INTEGER NOT NULL CHECK (ordered >= 1),
    cancelled    INTEGER NOT NULL,                    -- will not ship
    unrouted     INTEGER NOT NULL,                    -- no site promised it yet
    allocated    INTEGER NOT NULL,                    -- promised by a site, not picked
    backordered  INTEGER NOT NULL,                    -- waits for stock
    picked       INTEGER NOT NULL,                    -- picked, in no parcel
    packed       INTEGER NOT NULL,                    -- in a parcel
    shipped      INTEGER NOT NULL,                    -- with the carrier
    amount_minor INTEGER NOT NULL,                    -- what the customer pays for the line
    PRIMARY KEY (order_id, line),
    CHECK (ordered = cancelled + unrouted + allocated + backordered + picked + packed + shipped)
) STRICT, WITHOUT ROWID;
CREATE INDEX order_line_backordered ON order_line (item) WHERE backordered > 0;
CREATE INDEX order_line_unrouted ON order_line (item) WHERE unrouted > 0;

-- What is on an order and is no goods: postage, discounts, fees.
CREATE TABLE order_charge (
    order_id     BLOB NOT NULL REFERENCES orders (id),
    number       INTEGER NOT NULL CHECK (number >= 1),
    code         TEXT NOT NULL,                       -- the channel's code
    description  TEXT NOT NULL,                       -- the channel's words
    quantity     INTEGER NOT NULL,                    -- negative when taken back
    amount_minor INTEGER NOT NULL,                    -- what it comes to
    PRIMARY KEY (order_id, number)
) STRICT, WITHOUT ROWID;

-- A site's promise per line of a fulfilment order (I4: the site's allocated = sum of open).
CREATE TABLE allocation (
    fulfilment BLOB NOT NULL CHECK (length(fulfilment) = 16),
    line       INTEGER NOT NULL CHECK (line >= 1),
    order_id   BLOB NOT NULL REFERENCES orders (id),
    site       TEXT NOT NULL,
    item       TEXT NOT NULL,
    promised   INTEGER NOT NULL,                      -- ever promised
    open       INTEGER NOT NULL,                      -- still to be picked
    consumed   INTEGER NOT NULL,                      -- picked
    released   INTEGER NOT NULL,                      -- given up: short
    PRIMARY KEY (fulfilment, line),
    CHECK (promised = open + consumed + released)
) STRICT, WITHOUT ROWID;
CREATE INDEX allocation_by_order ON allocation (order_id, line);

-- Soft claims of carts and integrators. A row counts until it expires; spent ones are deleted.
CREATE TABLE reservation (
    name     TEXT NOT NULL PRIMARY KEY,               -- chosen by who reserves: asking twice reserves once
    site     TEXT NOT NULL,
    item     TEXT NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    until    INTEGER NOT NULL                         -- compared when read, swept lazily
) STRICT, WITHOUT ROWID;

-- What each pick task still counts on at its location (I3: a level's assigned = sum of its claims). Its lot is
-- empty where the item is kept by none.
CREATE TABLE claim (
    task     BLOB NOT NULL PRIMARY KEY CHECK (length(task) = 16),
    item     TEXT NOT NULL,
    location TEXT NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity > 0)
, lot TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;
CREATE INDEX claim_by_item ON claim (item, location);

-- The book: levels are the cache of the moves (I2).
CREATE TABLE stock_level (
    item     TEXT NOT NULL,
    place    TEXT NOT NULL,                           -- kind:code
    lot      TEXT NOT NULL,                           -- which lot; '' where the item is kept by none
    on_hand  INTEGER NOT NULL,                        -- moves in minus moves out
    assigned INTEGER NOT NULL,                        -- claimed by pick tasks
    unsound  INTEGER NOT NULL CHECK (unsound IN (0, 1)), -- a fact broke it; an exception is open
    PRIMARY KEY (item, place, lot),
    CHECK (unsound = 1 OR place GLOB 'virtual:*' OR (on_hand >= 0 AND assigned >= 0 AND assigned <= on_hand))
) STRICT, WITHOUT ROWID;
CREATE INDEX stock_level_by_place ON stock_level (place);

-- The ledger: immutable moves, double entry (I1). Numbers have no hole. Its lot is empty where the item is kept
-- by none.
CREATE TABLE stock_move (
    number   INTEGER NOT NULL PRIMARY KEY,
    cause    TEXT NOT NULL,                           -- the operation, import, manifest or remedy behind it
    item     TEXT NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    source   TEXT NOT NULL,                           -- where from
    target   TEXT NOT NULL CHECK (target <> source),  -- where to
    at       INTEGER NOT NULL,                        -- evidence, not order
    actor    TEXT NOT NULL                            -- badge or command
, lot TEXT NOT NULL DEFAULT '') STRICT;
CREATE INDEX stock_move_by_item ON stock_move (item, number);

-- What a site can sell of an item: counters changed with the moves (I4).
CREATE TABLE sellable (
    site      TEXT NOT NULL,
    item      TEXT NOT NULL,
    on_hand   INTEGER NOT NULL,                       -- at locations that sell; a fact may drive it below zero
    allocated INTEGER NOT NULL CHECK (allocated >= 0),-- promised, not picked
    reserved  INTEGER NOT NULL CHECK (reserved >= 0), -- soft claims
    safety    INTEGER NOT NULL CHECK (safety >= 0),   -- kept back
    PRIMARY KEY (site, item)
) STRICT, WITHOUT ROWID;

-- Who may call, and how far each terminal's journal is applied.
CREATE TABLE terminal (
    code        TEXT NOT NULL PRIMARY KEY,
    scope       TEXT NOT NULL CHECK (scope IN ('terminal', 'integrator')),
    token_hash  BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32), -- BLAKE3; the token itself is nowhere
    sscc_first  INTEGER NOT NULL,                     -- its own range of SSCC serials
    sscc_last   INTEGER NOT NULL CHECK (sscc_last >= sscc_first),
    incarnation INTEGER,                              -- life of its journal heard last, as the same 64 bits
    applied_hi  INTEGER NOT NULL CHECK (applied_hi >= 0),
    link        BLOB CHECK (link IS NULL OR length(link) = 32), -- chain link at applied_hi
    revoked     INTEGER NOT NULL CHECK (revoked IN (0, 1))
) STRICT, WITHOUT ROWID;

-- Every operation as it arrived, with the answer: a duplicate gets the same bytes again.
CREATE TABLE op (
    terminal    TEXT NOT NULL REFERENCES terminal (code),
    incarnation INTEGER NOT NULL,                     -- the same 64 bits
    seq         INTEGER NOT NULL CHECK (seq >= 1),
    op_id       BLOB NOT NULL CHECK (length(op_id) = 16),
    link        BLOB NOT NULL CHECK (length(link) = 32), -- chain link after it
    bytes       TEXT NOT NULL,                        -- the operation as sent
    verdict     TEXT NOT NULL,                        -- the answer as given
    repeated    INTEGER NOT NULL CHECK (repeated IN (0, 1)), -- the same id had come in an earlier life of the journal
    PRIMARY KEY (terminal, incarnation, seq)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX op_once ON op (op_id) WHERE repeated = 0;

-- What the outside is told, written in the transaction that made it true.
CREATE TABLE event (
    number  INTEGER NOT NULL PRIMARY KEY,
    at      INTEGER NOT NULL,
    kind    TEXT NOT NULL,                            -- such as order.allocated
    subject TEXT NOT NULL,                            -- what it is about
    body    TEXT NOT NULL                             -- JSON
) STRICT;

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
