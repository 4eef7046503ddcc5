-- Everything that happened, chained. Only grows.
CREATE TABLE journal (
    seq        INTEGER PRIMARY KEY,
    payment_id TEXT REFERENCES payment (id),
    at_ms      INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    state      TEXT,
    detail     TEXT NOT NULL,
    prev_hash  TEXT NOT NULL,
    hash       TEXT NOT NULL
) STRICT;

CREATE INDEX journal_payment ON journal (payment_id, seq) WHERE payment_id IS NOT NULL;

CREATE TRIGGER journal_dense BEFORE INSERT ON journal
WHEN NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM journal)
BEGIN SELECT RAISE(ABORT, 'the journal has no gaps'); END;
CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END;
