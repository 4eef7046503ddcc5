-- The till's settings: their present value, and every change for ever.
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

CREATE TRIGGER setting_change_no_update BEFORE UPDATE ON setting_change
BEGIN SELECT RAISE(ABORT, 'setting_change only grows'); END;
CREATE TRIGGER setting_change_no_delete BEFORE DELETE ON setting_change
BEGIN SELECT RAISE(ABORT, 'setting_change only grows'); END;
