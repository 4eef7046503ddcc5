//! Owns what was proved before: a program that held, with the same arguments and byte for byte the same, need not be asked
//! again on this machine. Says loudly when it is not, keeps its figures, and forgets everything with the target folder, so
//! that a fresh clone proves all of it. Refuses to remember a failure, or a proof that could not be tried.

use crate::{
    count::Counts,
    failure::{Failure, While},
    log::{Log, Ran},
    step::End,
};
use std::{
    collections::hash_map::DefaultHasher,
    env, fs,
    hash::Hasher,
    path::{Path, PathBuf},
};

/// Set to anything, it has everything proved anew.
pub const AGAIN: &str = "ENCAISSE_AGAIN";

/// One program with its arguments, and where it is noted that they held.
pub struct Standing {
    mark: String,
    note: PathBuf,
}

impl Standing {
    /// For what `program` does with `arguments`; noted below `target`.
    ///
    /// # Errors
    /// When the program cannot be read.
    pub fn of(target: &Path, program: &Path, arguments: &[&str]) -> Result<Self, Failure> {
        let mut hasher = DefaultHasher::new();
        let bytes = fs::read(program).when(program.display())?;
        hasher.write(&bytes);
        let words = arguments.join(" ");
        let name: String = words.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        Ok(Self {
            mark: format!("{:016x} {} {words}", hasher.finish(), bytes.len()),
            note: target.join("proved").join(name),
        })
    }

    /// What came of it: that it stands, or what `prove` finds now. Only what passed is noted.
    ///
    /// # Errors
    /// What `prove` says; or when log or note cannot be written.
    pub fn or(
        &self,
        log: &mut Log,
        stands: Counts,
        prove: impl FnOnce(&mut Log) -> Result<(End, Ran), Failure>,
    ) -> Result<End, Failure> {
        if self.holds(log)? {
            return Ok(End::Stands(stands));
        }
        let (end, ran) = prove(log)?;
        if matches!(end, End::Passed(_)) {
            self.keep(&ran.text)?;
        }
        Ok(end)
    }

    /// Whether it held before. The figures of that time then stand in `log`.
    fn holds(&self, log: &mut Log) -> Result<bool, Failure> {
        let noted = fs::read_to_string(&self.note).unwrap_or_default();
        let known = noted.split_once('\n').filter(|(mark, _)| *mark == self.mark);
        let Some((_, figures)) = known.filter(|_| env::var_os(AGAIN).is_none()) else { return Ok(false) };
        log.line(format!("the same program held this before; {AGAIN}=1 has it proved anew\n{figures}"))?;
        Ok(true)
    }

    /// Notes that it held, with the figures in what it `told`.
    fn keep(&self, told: &str) -> Result<(), Failure> {
        if let Some(folder) = self.note.parent() {
            fs::create_dir_all(folder).when(folder.display())?;
        }
        let figures: Vec<&str> =
            told.lines().filter(|line| line.trim_start().starts_with("FIGURE ")).collect();
        fs::write(&self.note, format!("{}\n{}\n", self.mark, figures.join("\n"))).when(self.note.display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_program_with_the_same_arguments_stands() {
        let folder = env::temp_dir().join(format!("encaisse-standing-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let program = folder.join("program");
        fs::write(&program, "one").unwrap();
        let mut log = Log::create(&folder, "log").unwrap();
        let of = |arguments: &[&str]| Standing::of(&folder, &program, arguments).unwrap();

        assert!(!of(&["a", "b"]).holds(&mut log).unwrap(), "nothing was proved yet");
        of(&["a", "b"]).keep("noise\nFIGURE cuts | 3 | 0\n").unwrap();
        assert!(of(&["a", "b"]).holds(&mut log).unwrap());
        assert!(
            log.text().contains("\nFIGURE cuts | 3 | 0\n") && !log.text().contains("noise"),
            "{}",
            log.text()
        );
        assert!(!of(&["a", "c"]).holds(&mut log).unwrap(), "other arguments");
        fs::write(&program, "two").unwrap();
        assert!(!of(&["a", "b"]).holds(&mut log).unwrap(), "another program");
        fs::remove_dir_all(&folder).unwrap();
    }
}
