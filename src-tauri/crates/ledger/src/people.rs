//! Who works at the till, in the settings' file: names, roles, hashes of PINs, and wrong attempts. Owns that nobody is
//! deleted. What a role may do is the domain's; whether a PIN is right is the till's.

use crate::error::LedgerError;
use crate::settings::SettingsStore;
use domain::Role;
use sqlx::Row;

/// Somebody, as stored. The hashes are no secrets to the till, and stay out of everything that prints all the same.
#[derive(Clone)]
pub struct Person {
    /// Made once, for ever.
    pub id: String,
    /// Unique among those who work here.
    pub name: String,
    /// What they are here.
    pub role: Role,
    /// Argon2id, as a PHC string.
    pub pin_hash: String,
    /// Of the code that lets an owner set a new PIN; owners only.
    pub recovery_hash: Option<String>,
    /// Wrong PINs since the last right one.
    pub failed: u32,
}

/// Somebody new.
pub struct NewPerson<'a> {
    /// Never used before.
    pub id: &'a str,
    /// Not empty.
    pub name: &'a str,
    /// What they are here.
    pub role: Role,
    /// Argon2id, as a PHC string.
    pub pin_hash: &'a str,
    /// For owners.
    pub recovery_hash: Option<&'a str>,
}

const PEOPLE: &str = "SELECT person.id, name, role, pin_hash, recovery_hash, coalesce(failed, 0) FROM person \
     LEFT JOIN attempt ON attempt.person_id = person.id WHERE retired_at_ms IS NULL ORDER BY name COLLATE NOCASE";

impl SettingsStore {
    /// Everybody who works here, by name; those who were retired are left out.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn people(&self) -> Result<Vec<Person>, LedgerError> {
        let rows = sqlx::query(PEOPLE).fetch_all(&mut *self.file.read().await?).await?;
        rows.iter()
            .map(|row| {
                Ok(Person {
                    id: row.try_get(0)?,
                    name: row.try_get(1)?,
                    role: row.try_get::<String, _>(2)?.parse()?,
                    pin_hash: row.try_get(3)?,
                    recovery_hash: row.try_get(4)?,
                    failed: u32::try_from(row.try_get::<i64, _>(5)?).unwrap_or(u32::MAX),
                })
            })
            .collect()
    }

    /// Adds somebody.
    ///
    /// # Errors
    /// [`LedgerError`], also for a name that somebody here has.
    pub async fn add_person(&self, person: NewPerson<'_>, at_ms: i64) -> Result<(), LedgerError> {
        let mut writer = self.file.writer().await;
        let mut transaction = writer.begin().await?;
        sqlx::query(
            "INSERT INTO person (id, name, role, pin_hash, recovery_hash, created_at_ms) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(person.id)
        .bind(person.name)
        .bind(person.role.as_str())
        .bind(person.pin_hash)
        .bind(person.recovery_hash)
        .bind(at_ms)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Writes a person's name and role, and a new PIN when there is one: then no wrong attempt counts any more.
    ///
    /// # Errors
    /// [`LedgerError::NotFound`] for somebody who does not work here; the database refuses to lose the last owner.
    pub async fn change_person(
        &self,
        id: &str,
        name: &str,
        role: Role,
        hashes: Option<(&str, Option<&str>)>,
    ) -> Result<(), LedgerError> {
        let mut writer = self.file.writer().await;
        let mut transaction = writer.begin().await?;
        let changed =
            sqlx::query(
                "UPDATE person SET name = ?1, role = ?2, recovery_hash = CASE ?2 WHEN 'owner' THEN recovery_hash END \
                 WHERE id = ?3 AND retired_at_ms IS NULL",
            )
                .bind(name)
                .bind(role.as_str())
                .bind(id)
                .execute(&mut *transaction)
                .await?;
        if changed.rows_affected() == 0 {
            return Err(LedgerError::NotFound);
        }
        if let Some((pin_hash, recovery_hash)) = hashes {
            sqlx::query("UPDATE person SET pin_hash = ?, recovery_hash = ? WHERE id = ?")
                .bind(pin_hash)
                .bind(recovery_hash)
                .bind(id)
                .execute(&mut *transaction)
                .await?;
            sqlx::query("DELETE FROM attempt WHERE person_id = ?")
                .bind(id)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Somebody no longer works here.
    ///
    /// # Errors
    /// [`LedgerError::NotFound`]; the database refuses to lose the last owner.
    pub async fn retire_person(&self, id: &str, at_ms: i64) -> Result<(), LedgerError> {
        let mut writer = self.file.writer().await;
        let mut transaction = writer.begin().await?;
        let retired =
            sqlx::query("UPDATE person SET retired_at_ms = ? WHERE id = ? AND retired_at_ms IS NULL")
                .bind(at_ms)
                .bind(id)
                .execute(&mut *transaction)
                .await?;
        if retired.rows_affected() == 0 {
            return Err(LedgerError::NotFound);
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Counts an attempt as a wrong one, and tells how many there are then: committed before the PIN is tried. Of however
    /// many that count at once, in this program or another one, no two are told the same.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn count_attempt(&self, id: &str) -> Result<u32, LedgerError> {
        let mut writer = self.file.writer().await;
        let mut transaction = writer.begin().await?;
        let row = sqlx::query(
            "INSERT INTO attempt (person_id, failed) VALUES (?, 1) ON CONFLICT (person_id) DO UPDATE \
             SET failed = failed + 1 RETURNING failed",
        )
        .bind(id)
        .fetch_one(&mut *transaction)
        .await?;
        let failed: i64 = row.try_get(0)?;
        transaction.commit().await?;
        Ok(u32::try_from(failed).unwrap_or(u32::MAX))
    }

    /// The right PIN came: the next wrong one is the first again.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn forget_attempts(&self, id: &str) -> Result<(), LedgerError> {
        let mut writer = self.file.writer().await;
        let mut transaction = writer.begin().await?;
        sqlx::query("UPDATE attempt SET failed = 0 WHERE person_id = ?")
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }
}
