//! One start of a program on the screen, in a profile that no program has used: what it marks, what is seen, what it weighs.

use crate::Outcome;
use crate::screen::{Screen, now_ms};
use serde_json::Value;
use std::cell::Cell;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant, UNIX_EPOCH};
use tempfile::TempDir;

/// After the last mark, the screen is watched for so long: what comes later is no start any more.
const SETTLES: Duration = Duration::from_millis(1_500);
const PATIENCE: Duration = Duration::from_secs(40);
/// When a program counts as idle.
pub const IDLE_AFTER: Duration = Duration::from_secs(10);
/// Typed into the first field, one key after the other.
const KEYS: [&str; 6] = ["1", "2", "3", "4", "5", "6"];

/// What is started.
pub struct Program {
    pub name: &'static str,
    pub path: PathBuf,
    /// Where its ledger and settings lie while it does not run; none for one that has none.
    pub data: Option<PathBuf>,
    pub environment: Vec<(String, String)>,
}

const IDENTIFIER: &str = "tg.encaisse.till";

/// Milliseconds from the moment before it was started.
#[derive(Debug, Clone, Default)]
pub struct Start {
    pub main: f64,
    pub script: f64,
    /// The page's script has put something there: a word of patience in the till.
    pub begun: f64,
    pub mounted: f64,
    pub focused: f64,
    pub painted: f64,
    /// From a key to its digit in the field with the layout done; and to the frame after.
    pub digits: Vec<f64>,
    pub frames: Vec<f64>,
    /// Proportional set size of the whole tree when idle.
    pub pss_kib: Option<u64>,
}

/// A program that runs in a profile of its own, and what it marks. Ended with [`Running::end`].
pub struct Running {
    child: Child,
    marks: PathBuf,
    home: TempDir,
    data: Option<PathBuf>,
    begun: Instant,
    /// The moment before it was started.
    t0: f64,
}

impl Running {
    pub fn start(screen: &Screen, program: &Program) -> Outcome<Self> {
        let mut home = tempfile::Builder::new();
        let home = home.prefix("encaisse-start-");
        // Beside the ledger, so that it can be moved in.
        let beside = program.data.as_deref().and_then(Path::parent);
        let home = beside.map_or_else(|| home.tempdir(), |beside| home.tempdir_in(beside))?;
        for name in ["data", "config", "cache", "run"] {
            fs::create_dir(home.path().join(name))?;
        }
        fs::set_permissions(home.path().join("run"), fs::Permissions::from_mode(0o700))?;
        let marks = home.path().join("marks");
        let mut command = screen.program(&program.path);
        for (variable, folder) in [
            ("XDG_DATA_HOME", "data"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_RUNTIME_DIR", "run"),
            ("HOME", "data"),
        ] {
            command.env(variable, home.path().join(folder));
        }
        if let Some(data) = &program.data {
            // Where a shop's till has it: told of another folder, it would not look for a till that is already open.
            let own = home.path().join("data").join(IDENTIFIER);
            fs::create_dir(&own)?;
            moved(data, &own)?;
        }
        command
            .env("ENCAISSE_MARKS", &marks)
            .envs(program.environment.iter().map(|(name, value)| (name, value)));
        let (begun, t0) = (Instant::now(), now_ms());
        Ok(Self { child: command.spawn()?, marks, home, data: program.data.clone(), begun, t0 })
    }

    /// What the page has marked until now.
    pub fn marked(&self) -> Value {
        let text = fs::read_to_string(&self.marks).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// Asks it to end, and waits until it has.
    pub fn end(mut self) -> Outcome {
        Command::new("kill").args(["-s", "TERM", &self.child.id().to_string()]).status()?;
        let deadline = Instant::now() + Duration::from_secs(10);
        while self.child.try_wait()?.is_none() {
            if Instant::now() > deadline {
                self.child.kill()?;
                self.child.wait()?;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        if let Some(data) = &self.data {
            moved(&self.home.path().join("data").join(IDENTIFIER), data)?;
        }
        Ok(())
    }
}

/// Moves ledger and settings, and whatever SQLite left beside them.
fn moved(from: &Path, to: &Path) -> Outcome {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().contains(".sqlite3") {
            fs::rename(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// Starts it, looks on, types, and ends it.
pub fn start(screen: &Screen, program: &Program, weigh: bool) -> Outcome<Start> {
    let running = Running::start(screen, program)?;
    let looked = look_on(screen, &running, weigh);
    running.end()?;
    looked
}

fn look_on(screen: &Screen, running: &Running, weigh: bool) -> Outcome<Start> {
    let (begun, t0) = (running.begun, running.t0);
    let complete: Cell<Option<Instant>> = Cell::new(None);
    let ends = || {
        if complete.get().is_none() && is_complete(&running.marked()) {
            complete.set(Some(Instant::now()));
        }
        complete.get().is_some_and(|at| at.elapsed() > SETTLES) || begun.elapsed() > PATIENCE
    };
    let painted = screen.painted(ends)?;
    let told = running.marked();
    if !is_complete(&told) {
        return Err(format!("no keypad after {} s: {told}", PATIENCE.as_secs()).into());
    }
    screen.press(&KEYS)?;
    let mut typed = running.marked();
    while typed["keys"].as_array().map_or(0, Vec::len) < KEYS.len() && begun.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(20));
        typed = running.marked();
    }
    let keys = typed["keys"].as_array().cloned().unwrap_or_default();
    let value = keys.last().and_then(|key| key["value"].as_str()).unwrap_or_default();
    if value.chars().filter(char::is_ascii_digit).collect::<String>() != KEYS.concat() {
        return Err(format!("the keys 123456 came to {value:?}").into());
    }
    let after = |key: &Value, mark: &str| {
        key[mark].as_f64().unwrap_or(f64::NAN) - key["at"].as_f64().unwrap_or(f64::NAN)
    };
    let main = fs::metadata(&running.marks)?.created()?.duration_since(UNIX_EPOCH)?.as_secs_f64() * 1_000.0;
    let mark = |name: &str| told[name].as_f64().unwrap_or(f64::NAN) - t0;
    let pss_kib = weigh
        .then(|| {
            std::thread::sleep(IDLE_AFTER.saturating_sub(begun.elapsed()));
            pss_of_tree(running.child.id())
        })
        .transpose()?;
    Ok(Start {
        main: main - t0,
        script: mark("script"),
        begun: mark("begun"),
        mounted: mark("mounted"),
        focused: mark("focused"),
        painted: painted - t0,
        digits: keys.iter().map(|key| after(key, "digit")).collect(),
        frames: keys.iter().map(|key| after(key, "frame")).collect(),
        pss_kib,
    })
}

fn is_complete(told: &Value) -> bool {
    ["script", "begun", "mounted", "focused", "painted"].iter().all(|mark| told[*mark].is_number())
}

/// What a process and all that it started share of the memory, each page divided among those that use it.
pub fn pss_of_tree(root: u32) -> Outcome<u64> {
    let mut sum = 0;
    for pid in e2e::descendants(root) {
        let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
        let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:")).unwrap_or("0");
        sum += line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0);
    }
    Ok(sum)
}
