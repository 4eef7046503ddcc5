-- What nobody has looked at yet is found without reading the journal: lines that tell of an end, and contradictions with
-- what people said about them.
CREATE INDEX journal_end ON journal (seq) WHERE state IN ('paid', 'failed', 'rejected', 'not_sent');
CREATE INDEX journal_contradiction ON journal (payment_id, seq)
    WHERE kind IN ('contradiction', 'contradiction_seen');
