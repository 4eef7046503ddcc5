-- What each hour brought, by class: the entries added up as they are written, so that years are read in a moment. A
-- verification adds them up again.
CREATE TABLE hour_total (
    business_day TEXT NOT NULL,
    hour         INTEGER NOT NULL CHECK (hour BETWEEN 0 AND 23),
    class        TEXT NOT NULL CHECK (class IN ('verified', 'late', 'accepted', 'refund', 'reversal')),
    count        INTEGER NOT NULL CHECK (count > 0),
    amount_xof   INTEGER NOT NULL,
    PRIMARY KEY (business_day, hour, class)
) STRICT, WITHOUT ROWID;

INSERT INTO hour_total (business_day, hour, class, count, amount_xof)
SELECT entry.business_day, entry.at_ms / 3600000 % 24,
       CASE WHEN entry.kind = 'verified' AND payment.late = 1 THEN 'late' ELSE entry.kind END AS class,
       COUNT(*), SUM(entry.amount_xof)
FROM ledger_entry AS entry JOIN payment ON payment.id = entry.payment_id
GROUP BY entry.business_day, entry.at_ms / 3600000 % 24, class;

-- Closings (Z): each seals the entries since the one before it. Only grows, chained, never reset.
CREATE TABLE closing (
    number          INTEGER PRIMARY KEY,
    at_ms           INTEGER NOT NULL,
    business_day    TEXT NOT NULL,
    who             TEXT NOT NULL,
    first_entry     INTEGER NOT NULL,
    last_entry      INTEGER NOT NULL,
    entry_hash      TEXT NOT NULL,
    verified_count  INTEGER NOT NULL,
    verified_xof    INTEGER NOT NULL,
    late_count      INTEGER NOT NULL,
    late_xof        INTEGER NOT NULL,
    accepted_count  INTEGER NOT NULL,
    accepted_xof    INTEGER NOT NULL,
    refund_count    INTEGER NOT NULL,
    refund_xof      INTEGER NOT NULL,
    reversal_count  INTEGER NOT NULL,
    reversal_xof    INTEGER NOT NULL,
    net_xof         INTEGER NOT NULL,
    grand_total_xof INTEGER NOT NULL,
    -- One line per unresolved payment: reference, state, amount, when it was recorded.
    unresolved      TEXT NOT NULL,
    prev_hash       TEXT NOT NULL,
    hash            TEXT NOT NULL,
    CHECK (last_entry >= first_entry - 1),
    CHECK (net_xof = verified_xof + late_xof + accepted_xof + refund_xof + reversal_xof),
    CHECK (last_entry - first_entry + 1
           = verified_count + late_count + accepted_count + refund_count + reversal_count)
) STRICT;

CREATE INDEX closing_at ON closing (at_ms);

CREATE TRIGGER closing_dense BEFORE INSERT ON closing
WHEN NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM closing)
  OR NEW.first_entry <> (SELECT COALESCE(MAX(last_entry), 0) + 1 FROM closing)
  OR NEW.grand_total_xof <> NEW.net_xof
     + COALESCE((SELECT grand_total_xof FROM closing ORDER BY number DESC LIMIT 1), 0)
BEGIN SELECT RAISE(ABORT, 'closings have no gaps and no resets'); END;
CREATE TRIGGER closing_no_update BEFORE UPDATE ON closing
BEGIN SELECT RAISE(ABORT, 'closings are sealed'); END;
CREATE TRIGGER closing_no_delete BEFORE DELETE ON closing
BEGIN SELECT RAISE(ABORT, 'closings are sealed'); END;

-- Unresolved and unsettled, put away or not: what a closing names.
CREATE INDEX payment_unresolved ON payment (seq)
    WHERE state IN ('recorded', 'submitting', 'pending', 'uncertain', 'review') AND settled IS NULL;
