-- Format 3: stock by lot. What was there is of no lot.
ALTER TABLE claim ADD COLUMN lot TEXT NOT NULL DEFAULT '';
ALTER TABLE stock_move ADD COLUMN lot TEXT NOT NULL DEFAULT '';

ALTER TABLE stock_level RENAME TO stock_level_2;
DROP INDEX stock_level_by_place;
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
INSERT INTO stock_level (item, place, lot, on_hand, assigned, unsound)
SELECT item, place, '', on_hand, assigned, unsound FROM stock_level_2;
DROP TABLE stock_level_2;
CREATE INDEX stock_level_by_place ON stock_level (place);
