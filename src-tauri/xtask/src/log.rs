//! Owns one step's log file: every word a step or a program it starts writes lands there at once, so that a step that
//! hangs can be read while it hangs.

use crate::failure::{Failure, While};
use std::{
    fs::{self, File},
    io::{Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The log of one step.
pub struct Log {
    path: PathBuf,
    file: File,
}

/// What a finished program leaves.
pub struct Ran {
    /// Whether it ended with status 0.
    pub succeeded: bool,
    /// Its exit status, when it was not ended by a signal.
    pub status: Option<i32>,
    /// Everything it wrote, standard output and error as they came.
    pub text: String,
}

impl Log {
    /// An empty log for the step `name` in `folder`.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn create(folder: &Path, name: &str) -> Result<Self, Failure> {
        fs::create_dir_all(folder).when(folder.display())?;
        let path = folder.join(format!("{}.log", name.replace(' ', "-")));
        fs::write(&path, "").when(path.display())?;
        let file = File::options().append(true).open(&path).when(path.display())?;
        Ok(Self { path, file })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Everything in it.
    pub fn text(&self) -> String {
        fs::read(&self.path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// Adds a line of our own.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn line(&mut self, text: impl AsRef<str>) -> Result<(), Failure> {
        writeln!(self.file, "{}", text.as_ref()).when(self.path.display())
    }

    /// Runs a program to its end, everything it writes going here.
    ///
    /// # Errors
    /// When it cannot be started, or the log cannot be written.
    pub fn run(&mut self, command: &mut Command) -> Result<Ran, Failure> {
        let shown = shown(command);
        self.line(format!("$ {shown}"))?;
        let start = self.file.metadata().when(self.path.display())?.len();
        let (out, err) = (self.file.try_clone().when(&shown)?, self.file.try_clone().when(&shown)?);
        let status = command
            .stdin(Stdio::null())
            .stdout(Stdio::from(out))
            .stderr(Stdio::from(err))
            .status()
            .when(format_args!("cannot start {shown}"))?;
        let mut file = File::open(&self.path).when(self.path.display())?;
        file.seek(SeekFrom::Start(start)).when(self.path.display())?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).when(self.path.display())?;
        Ok(Ran {
            succeeded: status.success(),
            status: status.code(),
            text: String::from_utf8_lossy(&bytes).into_owned(),
        })
    }
}

/// A command as a person would type it.
pub fn shown(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|argument| {
        let argument = argument.to_string_lossy();
        if argument.contains(char::is_whitespace) { format!("'{argument}'") } else { argument.into_owned() }
    }));
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(name: &str) -> Log {
        Log::create(&std::env::temp_dir().join(format!("encaisse-xtask-{}", std::process::id())), name)
            .unwrap()
    }

    #[cfg(unix)]
    #[test]
    fn both_streams_of_a_program_are_kept_and_its_status_told() {
        let mut log = log("streams");
        log.line("before").unwrap();
        let ran = log.run(Command::new("sh").args(["-c", "echo out; echo err >&2; exit 3"])).unwrap();
        assert!(!ran.succeeded);
        assert_eq!(ran.status, Some(3));
        assert_eq!(ran.text, "out\nerr\n", "only this program's words");
        assert!(log.text().starts_with("before\n$ sh -c 'echo out"), "{}", log.text());
    }

    #[test]
    fn a_missing_program_is_named() {
        let failure = log("missing").run(&mut Command::new("no-such-program-here")).err().unwrap();
        assert!(failure.0.contains("no-such-program-here"), "{failure}");
    }
}
