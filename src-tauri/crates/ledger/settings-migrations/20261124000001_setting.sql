-- The till's settings: their present value, and every change for ever.
-- "EncS": SQLite's own mark for what kind of file this is.
PRAGMA application_id = 1164862291;

CREATE TABLE setting (
    key           TEXT PRIMARY KEY NOT NULL,
    value         TEXT NOT NULL,
    changed_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE setting_change (
    seq   INTEGER PRIMARY KEY AUTOINCREMENT,
    key   TEXT NOT NULL,
    value TEXT NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;

CREATE TRIGGER setting_change_no_replace BEFORE INSERT ON setting_change
WHEN EXISTS (SELECT 1 FROM setting_change WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'the history of settings only grows'); END;
CREATE TRIGGER setting_change_no_update BEFORE UPDATE ON setting_change
BEGIN SELECT RAISE(ABORT, 'the history of settings only grows'); END;
CREATE TRIGGER setting_change_no_delete BEFORE DELETE ON setting_change
BEGIN SELECT RAISE(ABORT, 'the history of settings only grows'); END;
