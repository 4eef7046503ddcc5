//! What each version of a file brings, embedded. Written out instead of gathered by sqlx's macro, which compiles SQLite and
//! half of sqlx a second time for the machine that builds.

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr};

/// One file of SQL, by its name.
pub(crate) struct Embedded {
    name: &'static str,
    sql: &'static str,
}

macro_rules! embedded {
    ($folder:literal: $($name:literal),+ $(,)?) => {
        &[$(Embedded { name: $name, sql: include_str!(concat!("../", $folder, "/", $name, ".sql")) }),+]
    };
}

/// What a ledger consists of.
pub(crate) const LEDGER: &[Embedded] = embedded!("migrations":
    "20261124000001_till",
    "20261124000002_payment",
    "20261124000003_journal",
    "20261124000004_ledger_entry",
    "20261124000005_decision",
    "20261124000006_day",
    "20261124000007_search",
    "20261125000021_seal",
    "20261125000051_news",
);

/// What the settings consist of.
pub(crate) const SETTINGS: &[Embedded] = embedded!("settings-migrations":
    "20261124000001_setting",
    "20261125000041_person",
);

impl Embedded {
    /// The number that orders it, and what it is about. A name without a number comes before all others, and a test
    /// refuses it.
    fn parts(&self) -> (i64, String) {
        let (version, about) = self.name.split_once('_').unwrap_or(("0", self.name));
        (version.parse().unwrap_or_default(), about.replace('_', " "))
    }

    /// The number that orders it.
    pub(crate) fn version(&self) -> i64 {
        self.parts().0
    }
}

/// What sqlx runs. The sum of each is kept in the file: SQL that was shipped never changes.
pub(crate) fn migrator(steps: &[Embedded]) -> Migrator {
    let migration = |step: &Embedded| {
        let (version, about) = step.parts();
        let sql = AssertSqlSafe(step.sql).into_sql_str();
        Migration::new(version, about.into(), MigrationType::Simple, sql, false)
    };
    Migrator::with_migrations(steps.iter().map(migration).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files_in(folder: &str) -> Vec<String> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let mut names: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn no_file_is_forgotten_and_each_comes_after_the_one_before() {
        for (folder, steps) in [("migrations", LEDGER), ("settings-migrations", SETTINGS)] {
            let listed: Vec<_> = steps.iter().map(|step| format!("{}.sql", step.name)).collect();
            assert_eq!(files_in(folder), listed);
            assert!(steps.iter().map(Embedded::version).is_sorted_by(|one, next| 0 < *one && one < next));
        }
    }

    /// The sums under which tills in shops know these files. One that differs would make them refuse to open.
    #[test]
    fn what_was_shipped_is_unchanged() {
        let sums: Vec<_> = [LEDGER, SETTINGS]
            .into_iter()
            .flat_map(|steps| migrator(steps).iter().cloned().collect::<Vec<_>>())
            .map(|step| {
                format!("{} {} {}", step.version, step.description, crate::chain::hex(&step.checksum[..6]))
            })
            .collect();
        assert_eq!(
            sums,
            [
                "20261124000001 till 18228fb7bbbd",
                "20261124000002 payment 0fd2c2013077",
                "20261124000003 journal 43d77762c785",
                "20261124000004 ledger entry 25286ff352b6",
                "20261124000005 decision ae9fc00f3e52",
                "20261124000006 day 7ae5f306a81b",
                "20261124000007 search c409055d7d9e",
                "20261125000021 seal 6b5e1a5e9064",
                "20261125000051 news d80409a3486e",
                "20261124000001 setting f42e34edfcf0",
                "20261125000041 person 57b2bf386a76",
            ]
        );
    }
}
