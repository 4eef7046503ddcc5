-- What people decided, beside what the operator said. Only grows; a journal line puts each under the chain.
CREATE TABLE decision (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    payment_id TEXT NOT NULL REFERENCES payment (id),
    at_ms      INTEGER NOT NULL,
    kind       TEXT NOT NULL CHECK (kind IN ('set_aside', 'settled_otherwise', 'accepted_as_paid', 'written_off',
                                             'refund_recorded')),
    who        TEXT NOT NULL,
    reason     TEXT NOT NULL,
    reference  TEXT
) STRICT;

CREATE INDEX decision_payment ON decision (payment_id, seq);

CREATE TRIGGER decision_no_replace BEFORE INSERT ON decision
WHEN EXISTS (SELECT 1 FROM decision WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'decisions only grow'); END;
CREATE TRIGGER decision_no_update BEFORE UPDATE ON decision
BEGIN SELECT RAISE(ABORT, 'decisions only grow'); END;
CREATE TRIGGER decision_no_delete BEFORE DELETE ON decision
BEGIN SELECT RAISE(ABORT, 'decisions only grow'); END;
