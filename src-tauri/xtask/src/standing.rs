//! Owns what was proved before: what held, with the same arguments and byte for byte the same, need not be asked again on
//! this machine. Says loudly when it is not, keeps its figures, and forgets everything with the target folder, so
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

/// What was proved with which arguments, and where it is noted that it held.
pub struct Standing {
    mark: String,
    note: PathBuf,
}

impl Standing {
    /// For what `files`, a program or what a program is made of, do with `arguments`; noted below `target`.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn of(target: &Path, files: &[PathBuf], arguments: &[&str]) -> Result<Self, Failure> {
        let mut hasher = DefaultHasher::new();
        let mut length = 0;
        for file in files {
            let bytes = fs::read(file).when(file.display())?;
            hasher.write(file.as_os_str().as_encoded_bytes());
            hasher.write_usize(bytes.len());
            hasher.write(&bytes);
            length += bytes.len();
        }
        let words = arguments.join(" ");
        let name: String = words.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        Ok(Self {
            mark: format!("{:016x} {length} {words}", hasher.finish()),
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
        prove: impl FnOnce(&mut Log) -> Result<(End, Ran), Failure>,
    ) -> Result<End, Failure> {
        if let Some(counts) = self.held(log)? {
            return Ok(End::Stands(counts));
        }
        let (end, ran) = prove(log)?;
        if let End::Passed(counts) = end {
            self.keep(counts, &ran.text)?;
        }
        Ok(end)
    }

    /// How many tests held before, if they did. The figures of that time then stand in `log`.
    fn held(&self, log: &mut Log) -> Result<Option<Counts>, Failure> {
        let noted = fs::read_to_string(&self.note).unwrap_or_default();
        let mut lines = noted.splitn(3, '\n');
        let is_same = lines.next() == Some(self.mark.as_str()) && env::var_os(AGAIN).is_none();
        let Some(passed) = lines.next().and_then(|passed| passed.parse().ok()).filter(|_| is_same) else {
            return Ok(None);
        };
        let figures = lines.next().unwrap_or_default();
        log.line(format!("the very same held this before; {AGAIN}=1 has it proved anew\n{figures}"))?;
        Ok(Some(Counts { passed, ..Counts::default() }))
    }

    /// Notes that it held, with the figures in what it `told`.
    fn keep(&self, counts: Counts, told: &str) -> Result<(), Failure> {
        if let Some(folder) = self.note.parent() {
            fs::create_dir_all(folder).when(folder.display())?;
        }
        let figures: Vec<&str> =
            told.lines().filter(|line| line.trim_start().starts_with("FIGURE ")).collect();
        let note = format!("{}\n{}\n{}\n", self.mark, counts.passed, figures.join("\n"));
        fs::write(&self.note, note).when(self.note.display())
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
        let files = std::slice::from_ref(&program);
        let of = |arguments: &[&str]| Standing::of(&folder, files, arguments).unwrap();

        let three = Counts { passed: 3, ..Counts::default() };
        assert_eq!(of(&["a", "b"]).held(&mut log).unwrap(), None, "nothing was proved yet");
        of(&["a", "b"]).keep(three, "noise\nFIGURE cuts | 3 | 0\n").unwrap();
        assert_eq!(of(&["a", "b"]).held(&mut log).unwrap(), Some(three));
        assert!(
            log.text().contains("\nFIGURE cuts | 3 | 0\n") && !log.text().contains("noise"),
            "{}",
            log.text()
        );
        assert_eq!(of(&["a", "c"]).held(&mut log).unwrap(), None, "other arguments");
        fs::write(&program, "two").unwrap();
        assert_eq!(of(&["a", "b"]).held(&mut log).unwrap(), None, "another program");
        of(&["a", "b"]).keep(three, "").unwrap();
        fs::write(folder.join("more"), "").unwrap();
        let more = Standing::of(&folder, &[program.clone(), folder.join("more")], &["a", "b"]).unwrap();
        assert_eq!(more.held(&mut log).unwrap(), None, "a file more, though an empty one");
        fs::remove_dir_all(&folder).unwrap();
    }
}
