-- What is not chained is sealed: a hash over a whole row, kept beside it. Finds what a disk or a hand changed and nobody
-- wrote; what is chained needs none.
CREATE TABLE seal (
    -- 'payment 12', 'hour 2026-11-24 9 verified'
    of   TEXT PRIMARY KEY,
    hash TEXT NOT NULL
) STRICT, WITHOUT ROWID;
