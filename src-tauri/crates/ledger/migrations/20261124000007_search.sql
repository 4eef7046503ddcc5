-- Finding a payment by any part of its number, amount, receipt number, our reference or LigdiCash's. Holds no text of its
-- own, only where each group of three characters occurs.
CREATE VIRTUAL TABLE payment_search USING fts5 (words, content = '', contentless_delete = 1, tokenize = 'trigram');

INSERT INTO payment_search (rowid, words)
SELECT seq, concat_ws(' ', phone, amount_xof, receipt_number, id, request_id) FROM payment;

CREATE TRIGGER payment_search_begins AFTER INSERT ON payment
BEGIN
    INSERT INTO payment_search (rowid, words)
    VALUES (NEW.seq, concat_ws(' ', NEW.phone, NEW.amount_xof, NEW.receipt_number, NEW.id, NEW.request_id));
END;
CREATE TRIGGER payment_search_follows AFTER UPDATE OF phone, receipt_number, request_id ON payment
WHEN NEW.phone IS NOT OLD.phone OR NEW.receipt_number IS NOT OLD.receipt_number
  OR NEW.request_id IS NOT OLD.request_id
BEGIN
    INSERT OR REPLACE INTO payment_search (rowid, words)
    VALUES (NEW.seq, concat_ws(' ', NEW.phone, NEW.amount_xof, NEW.receipt_number, NEW.id, NEW.request_id));
END;

-- The filters of the history, each in the order of its windows.
CREATE INDEX payment_state ON payment (state, seq);
CREATE INDEX payment_operator ON payment (operator_name, seq) WHERE operator_name IS NOT NULL;
CREATE INDEX payment_cashier ON payment (cashier, seq);
CREATE INDEX payment_created ON payment (created_at_ms, seq);
