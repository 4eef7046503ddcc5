//! The till's SQLite ledger: attempts, journal, chained entries, decisions, settings.
