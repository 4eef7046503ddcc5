//! Owns the shop in which an installed program is tried: a folder that older and newer tills are opened on in turn, the
//! real window without a screen, and what the program says on the command line. Ends only what it started, by process id.

use super::Claims;
use crate::{
    bindings, builds, count,
    failure::{Failure, While},
    log::Ran,
    setup::limited,
    step::End,
    steps::tested,
    workshop::Workshop,
};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// One window, from its start to its end, generously.
const WINDOW_MAX_S: u32 = 240;
/// One command without a window.
const COMMAND_MAX_S: u32 = 60;

/// A shop with its data.
pub struct Shop<'w> {
    workshop: &'w Workshop,
    folder: PathBuf,
}

impl<'w> Shop<'w> {
    /// An empty shop named `name`.
    ///
    /// # Errors
    /// When its folder cannot be made, or the tests in the window do not compile.
    pub fn fresh(workshop: &'w Workshop, name: &str, claims: &mut Claims<'_>) -> Result<Self, Failure> {
        let folder = workshop.target.join("package-check").join(name);
        bindings::empty(&folder)?;
        // Outside the time limit: only the window may hang.
        let mut tests = builds::workspace(workshop, "test");
        if !claims.log.run(tests.args(["--test", builds::WINDOW, "--no-run"]))?.succeeded {
            return Err(Failure::new("the end-to-end tests do not compile"));
        }
        Ok(Self { workshop, folder })
    }

    /// Where the till keeps its ledgers.
    pub fn till(&self) -> PathBuf {
        self.folder.join("till")
    }

    /// A person's home, for a start that names no folder.
    pub fn home(&self) -> PathBuf {
        self.folder.join("home")
    }

    /// Opens the window of `program` and does what the end-to-end test `moment` says.
    ///
    /// # Errors
    /// When the test does not hold.
    pub fn window(&self, claims: &mut Claims<'_>, program: &str, moment: &str) -> Result<(), Failure> {
        let test = format!("installed::{moment}");
        let words = ["--ignored", "--exact", &test];
        let pictures = self.folder.join("pictures");
        let mut command = builds::window_tests(self.workshop, program, &pictures, &words);
        command.env("ENCAISSE_SHOP_DIR", &self.folder);
        let ran = claims.log.run(&mut limited(self.workshop, WINDOW_MAX_S, &command))?;
        let end = tested(&ran, count::cargo(&ran.text));
        claims.hold(format!("{program}: {moment}"), matches!(end, End::Passed(_)), format!("{end:?}"))
    }

    /// Starts the till as a person does, from the desktop entry at `entry`, waits for its window, and ends it politely.
    /// Gives back what X says of the window.
    ///
    /// # Errors
    /// When no window comes, or it does not end.
    pub fn opened_from_the_menu(&self, claims: &mut Claims<'_>, entry: &str) -> Result<String, Failure> {
        for name in ["home", "home/run"] {
            let folder = self.folder.join(name);
            fs::create_dir_all(&folder).when(folder.display())?;
        }
        let mut command = builds::on_a_screen(self.workshop);
        command.args(["sh", "-euc", FROM_THE_MENU, "sh", entry]);
        command
            .env("HOME", self.home())
            .env("XDG_RUNTIME_DIR", self.home().join("run"))
            .env_remove("ENCAISSE_DATA_DIR");
        for variable in ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"] {
            command.env_remove(variable);
        }
        let ran = claims.log.run(&mut limited(self.workshop, WINDOW_MAX_S, &command))?;
        let ended = ran.text.contains("the till ended");
        claims.hold(
            format!("{entry} opens a window, and the till ends when it is told to"),
            ran.succeeded && ended,
            &ran.text,
        )?;
        Ok(ran.text)
    }

    /// Runs `program` without a window on this shop's data.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn says(&self, claims: &mut Claims<'_>, program: &str, arguments: &[&str]) -> Result<Ran, Failure> {
        let mut command = self.workshop.command(program);
        command.args(arguments).env("ENCAISSE_DATA_DIR", self.till());
        claims.log.run(&mut limited(self.workshop, COMMAND_MAX_S, &command))
    }

    /// `program` verifies the ledger; gives back how many entries it has.
    ///
    /// # Errors
    /// When anything was changed, or there is nothing to verify.
    pub fn verified(&self, claims: &mut Claims<'_>, program: &str) -> Result<u32, Failure> {
        let ran = self.says(claims, program, &["verify"])?;
        let entries = entries(&ran.text);
        claims.hold(
            format!("{program}: the ledger verifies"),
            ran.succeeded && entries.is_some_and(|entries| entries > 0) && ran.text.contains("intact"),
            &ran.text,
        )?;
        Ok(entries.unwrap_or_default())
    }

    /// One statement to the training ledger's file, as nobody may do it to a shop's.
    ///
    /// # Errors
    /// When SQLite refuses.
    pub fn tampered(&self, claims: &mut Claims<'_>, statement: &str) -> Result<(), Failure> {
        let mut sqlite = self.workshop.command("sqlite3");
        sqlite.arg(self.till().join("training.sqlite3")).arg(statement);
        let ran = claims.log.run(&mut sqlite)?;
        if ran.succeeded { Ok(()) } else { Err(Failure::new(ran.text)) }
    }

    /// What every file of the shop holds, to compare with later.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn data(&self) -> Result<BTreeMap<PathBuf, Vec<u8>>, Failure> {
        let mut found = BTreeMap::new();
        read_into(&self.till(), &mut found)?;
        // There once it was started from the menu, which a folder that only poses as a root has none of.
        let own = self.home().join(".local/share/tg.encaisse.till");
        if own.is_dir() {
            read_into(&own, &mut found)?;
        }
        Ok(found)
    }
}

/// How many entries the training ledger has, as `encaisse verify` says it.
fn entries(said: &str) -> Option<u32> {
    let line = said.lines().find(|line| line.starts_with("training : "))?;
    line.split(' ').nth(2)?.parse().ok()
}

fn read_into(folder: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder).when(folder.display())? {
        let path = entry.when(folder.display())?.path();
        if path.is_dir() {
            read_into(&path, found)?;
        } else {
            found.insert(path.clone(), fs::read(&path).when(path.display())?);
        }
    }
    Ok(())
}

/// The window's process is asked to end by its id, which X tells.
const FROM_THE_MENU: &str = r#"
gio launch "$1"
window=$(timeout 60 xdotool search --sync --onlyvisible --name '^Encaisse$' | head -n 1)
xprop -id "$window" WM_CLASS WM_NAME _NET_WM_PID
pid=$(xprop -id "$window" _NET_WM_PID | sed 's/.*= //')
sleep 2
kill -TERM "$pid"
for step in $(seq 150); do
  state=$(sed 's/.*) \(.\).*/\1/' "/proc/$pid/stat" 2>/dev/null || true)
  if [ -z "$state" ] || [ "$state" = Z ]; then echo "the till ended"; exit 0; fi
  sleep 0.1
done
exit 1
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_counted_from_the_line_of_the_training_ledger() {
        let said = "live : 7 écritures (entries), …\ntraining : 2 écritures (entries), 6 lignes …: intact (unchanged)\n";
        assert_eq!(entries(said), Some(2));
        assert_eq!(entries("aucune caisse"), None);
    }
}
