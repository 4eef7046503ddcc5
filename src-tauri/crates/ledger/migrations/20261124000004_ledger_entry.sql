-- The money: amounts with their cause, chained. Only grows; a mistake is corrected by an entry that points at it.
CREATE TABLE ledger_entry (
    seq              INTEGER PRIMARY KEY,
    at_ms            INTEGER NOT NULL,
    business_day     TEXT NOT NULL,
    kind             TEXT NOT NULL CHECK (kind IN ('verified', 'accepted', 'refund', 'reversal')),
    amount_xof       INTEGER NOT NULL,
    payment_id       TEXT NOT NULL REFERENCES payment (id),
    receipt_number   INTEGER UNIQUE,
    reverses         INTEGER UNIQUE REFERENCES ledger_entry (seq),
    operator_id      TEXT,
    request_id       TEXT,
    phone_commitment TEXT NOT NULL,
    who              TEXT,
    reason           TEXT,
    reference        TEXT,
    prev_hash        TEXT NOT NULL,
    hash             TEXT NOT NULL,
    CHECK ((kind = 'verified') = (receipt_number IS NOT NULL)),
    CHECK ((kind = 'reversal') = (reverses IS NOT NULL)),
    CHECK ((kind IN ('verified', 'accepted')) = (amount_xof > 0))
) STRICT;

CREATE INDEX ledger_entry_day ON ledger_entry (business_day, seq);
CREATE INDEX ledger_entry_payment ON ledger_entry (payment_id, seq);

CREATE TRIGGER ledger_entry_dense BEFORE INSERT ON ledger_entry
WHEN NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM ledger_entry)
  OR NEW.receipt_number <> (SELECT COALESCE(MAX(receipt_number), 0) + 1 FROM ledger_entry)
  OR EXISTS (SELECT 1 FROM ledger_entry WHERE reverses = NEW.reverses)
BEGIN SELECT RAISE(ABORT, 'entries and receipt numbers have no gaps'); END;
CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;
CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END;
