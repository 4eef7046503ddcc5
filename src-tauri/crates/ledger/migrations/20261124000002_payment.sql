-- The present of each payment. Its past is the journal.
CREATE TABLE payment (
    seq                  INTEGER PRIMARY KEY AUTOINCREMENT,
    id                   TEXT NOT NULL UNIQUE,
    intent_id            TEXT NOT NULL UNIQUE,
    version              INTEGER NOT NULL CHECK (version >= 1),
    state                TEXT NOT NULL CHECK (state IN ('recorded', 'submitting', 'pending', 'paid', 'failed',
                                                        'rejected', 'not_sent', 'uncertain', 'review')),
    amount_xof           INTEGER NOT NULL CHECK (amount_xof > 0),
    -- A purge clears these two; the commitment stays, and so does every hash over it.
    phone                TEXT,
    phone_salt           BLOB,
    phone_commitment     TEXT NOT NULL,
    operator_key         TEXT NOT NULL,
    cashier              TEXT NOT NULL,
    previous_payment_id  TEXT REFERENCES payment (id),
    created_at_ms        INTEGER NOT NULL,
    submitted_at_ms      INTEGER,
    accepted_at_ms       INTEGER,
    resolved_at_ms       INTEGER,
    -- Final, or a person said what became of the sale; the later of the two.
    done_at_ms           INTEGER,
    token                TEXT,
    server               TEXT,
    credential_set       TEXT,
    last_check_at_ms     INTEGER,
    last_answer_at_ms    INTEGER,
    next_check_at_ms     INTEGER,
    check_failures       INTEGER NOT NULL DEFAULT 0 CHECK (check_failures >= 0),
    check_problem        TEXT,
    operator_id          TEXT,
    operator_name        TEXT,
    request_id           TEXT,
    oreference           TEXT,
    confirmed_amount_xof INTEGER,
    review_reason        TEXT,
    uncertain_cause      TEXT,
    not_sent_cause       TEXT,
    refusal_code         TEXT,
    refusal_text         TEXT,
    receipt_number       INTEGER UNIQUE,
    set_aside            INTEGER NOT NULL DEFAULT 0 CHECK (set_aside IN (0, 1)),
    settled              TEXT CHECK (settled IN ('settled_otherwise', 'accepted_as_paid', 'written_off')),
    late                 INTEGER NOT NULL DEFAULT 0 CHECK (late IN (0, 1)),
    refund_recorded      INTEGER NOT NULL DEFAULT 0 CHECK (refund_recorded IN (0, 1)),
    -- Wants a person's eye: unresolved and not put away, or money that came late and was not given back.
    attention            INTEGER NOT NULL GENERATED ALWAYS AS (
        CASE
            WHEN late = 1 AND refund_recorded = 0 THEN 1
            WHEN state IN ('recorded', 'submitting', 'pending', 'uncertain', 'review')
                 AND set_aside = 0 AND settled IS NULL THEN 1
            ELSE 0
        END) VIRTUAL,
    CHECK ((phone IS NULL) = (phone_salt IS NULL)),
    CHECK ((state = 'paid') = (receipt_number IS NOT NULL)),
    CHECK (state <> 'pending' OR token IS NOT NULL),
    CHECK (state = 'pending' OR next_check_at_ms IS NULL)
) STRICT;

CREATE INDEX payment_attention ON payment (seq) WHERE attention = 1;
CREATE INDEX payment_unfinished ON payment (seq) WHERE state IN ('recorded', 'submitting', 'pending');
CREATE INDEX payment_due ON payment (server, next_check_at_ms)
    WHERE state = 'pending' AND next_check_at_ms IS NOT NULL;
CREATE INDEX payment_done ON payment (done_at_ms, seq) WHERE done_at_ms IS NOT NULL;
CREATE INDEX payment_phone ON payment (phone, seq) WHERE phone IS NOT NULL;

CREATE TRIGGER payment_begins BEFORE INSERT ON payment
WHEN NEW.state <> 'recorded' OR NEW.version <> 1 OR NEW.token IS NOT NULL
  OR EXISTS (SELECT 1 FROM payment WHERE seq = NEW.seq OR id = NEW.id OR intent_id = NEW.intent_id)
BEGIN SELECT RAISE(ABORT, 'a payment begins once, as recorded'); END;
CREATE TRIGGER payment_no_delete BEFORE DELETE ON payment
BEGIN SELECT RAISE(ABORT, 'payments are never deleted'); END;
CREATE TRIGGER payment_version BEFORE UPDATE ON payment WHEN NEW.version <> OLD.version + 1
BEGIN SELECT RAISE(ABORT, 'a payment moves one version at a time'); END;
CREATE TRIGGER payment_fixed BEFORE UPDATE ON payment
WHEN NEW.seq <> OLD.seq OR NEW.id <> OLD.id OR NEW.intent_id <> OLD.intent_id OR NEW.amount_xof <> OLD.amount_xof
  OR NEW.phone_commitment <> OLD.phone_commitment OR NEW.created_at_ms <> OLD.created_at_ms
  OR NEW.operator_key <> OLD.operator_key OR NEW.cashier <> OLD.cashier
  OR NEW.previous_payment_id IS NOT OLD.previous_payment_id
  OR (OLD.token IS NOT NULL AND NEW.token IS NOT OLD.token)
  OR (OLD.receipt_number IS NOT NULL AND NEW.receipt_number IS NOT OLD.receipt_number)
  OR (NEW.phone IS NOT NULL AND NEW.phone IS NOT OLD.phone)
  OR (NEW.phone_salt IS NOT NULL AND NEW.phone_salt IS NOT OLD.phone_salt)
BEGIN SELECT RAISE(ABORT, 'this part of a payment never changes'); END;
CREATE TRIGGER payment_final BEFORE UPDATE ON payment
WHEN OLD.state IN ('paid', 'failed', 'rejected', 'not_sent') AND NEW.state <> OLD.state
BEGIN SELECT RAISE(ABORT, 'a final state never changes'); END;
