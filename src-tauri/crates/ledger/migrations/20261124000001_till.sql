-- One file, one till: which mode it is and which installation it belongs to, for ever.
-- "EncL": SQLite's own mark for what kind of file this is.
PRAGMA application_id = 1164862284;

CREATE TABLE till (
    one             INTEGER PRIMARY KEY CHECK (one = 1),
    mode            TEXT NOT NULL CHECK (mode IN ('training', 'live')),
    installation_id TEXT NOT NULL,
    created_at_ms   INTEGER NOT NULL
) STRICT;

-- The insert triggers of this schema also stop INSERT OR REPLACE, which deletes without asking the delete triggers.
CREATE TRIGGER till_once BEFORE INSERT ON till WHEN EXISTS (SELECT 1 FROM till)
BEGIN SELECT RAISE(ABORT, 'a ledger belongs to one till'); END;
CREATE TRIGGER till_no_update BEFORE UPDATE ON till
BEGIN SELECT RAISE(ABORT, 'a ledger stays with its till'); END;
CREATE TRIGGER till_no_delete BEFORE DELETE ON till
BEGIN SELECT RAISE(ABORT, 'a ledger stays with its till'); END;
