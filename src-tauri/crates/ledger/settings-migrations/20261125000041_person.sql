-- Who works at this till. A PIN and an owner's recovery code are kept as Argon2id hashes, with their parameters and salt.
-- Nobody is ever deleted: a name in the journal belongs to the same person for ever.
CREATE TABLE person (
    id            TEXT PRIMARY KEY NOT NULL,
    name          TEXT NOT NULL CHECK (name <> ''),
    role          TEXT NOT NULL CHECK (role IN ('owner', 'manager', 'cashier', 'auditor')),
    pin_hash      TEXT NOT NULL CHECK (pin_hash LIKE '$argon2id$%'),
    recovery_hash TEXT CHECK (recovery_hash LIKE '$argon2id$%'),
    created_at_ms INTEGER NOT NULL,
    retired_at_ms INTEGER
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX person_name ON person (name COLLATE NOCASE) WHERE retired_at_ms IS NULL;

CREATE TRIGGER person_no_delete BEFORE DELETE ON person
BEGIN SELECT RAISE(ABORT, 'a person is retired, never deleted'); END;
CREATE TRIGGER person_stays_retired BEFORE UPDATE ON person
WHEN OLD.retired_at_ms IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'who is retired stays so'); END;
-- An owner can always be asked for: the last one neither goes nor becomes somebody else.
CREATE TRIGGER person_last_owner BEFORE UPDATE ON person
WHEN OLD.role = 'owner' AND (NEW.role <> 'owner' OR NEW.retired_at_ms IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM person WHERE role = 'owner' AND retired_at_ms IS NULL AND id <> OLD.id)
BEGIN SELECT RAISE(ABORT, 'the last owner stays'); END;

-- Wrong PINs since the last right one, counted before each is tried: neither a restart nor a cut wipes them out.
CREATE TABLE attempt (
    person_id TEXT PRIMARY KEY NOT NULL REFERENCES person (id),
    failed    INTEGER NOT NULL CHECK (failed >= 0)
) STRICT, WITHOUT ROWID;
