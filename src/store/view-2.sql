-- The sum over all rows, which the centre's must equal; '' until it is reckoned from them.
ALTER TABLE feed ADD COLUMN sum TEXT NOT NULL DEFAULT '';
