//! A screen without a monitor, whose pixels are a file: what is painted is seen from outside, by nobody's leave. Owns the
//! server's start and end, and the session bus that programs on it find.

use crate::Outcome;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Every so many lines of the screen are looked at: enough to see text, few enough to look every few milliseconds.
const EVERY: usize = 6;
const LOOK_EVERY: Duration = Duration::from_millis(4);
const PATIENCE: Duration = Duration::from_secs(20);

/// Milliseconds since 1970.
pub fn now_ms() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64() * 1_000.0
}

pub struct Screen {
    server: Child,
    bus: Child,
    pub display: String,
    pub bus_address: String,
    pixels: PathBuf,
}

impl Drop for Screen {
    fn drop(&mut self) {
        for program in [&mut self.bus, &mut self.server] {
            let _ = program.kill();
            let _ = program.wait();
        }
    }
}

impl Screen {
    pub fn open(folder: &Path) -> Outcome<Self> {
        let number = File::create(folder.join("display"))?;
        let server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-r", "-fbdir"])
            .arg(folder)
            .stdout(number)
            .stderr(Stdio::null())
            .spawn()?;
        let address = File::create(folder.join("bus"))?;
        let bus = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address=1"])
            .stdout(address)
            .stderr(Stdio::null())
            .spawn()?;
        let pixels = folder.join("Xvfb_screen0");
        let mut screen = Self { server, bus, display: String::new(), bus_address: String::new(), pixels };
        screen.display = format!(":{}", told(&folder.join("display"))?);
        screen.bus_address = told(&folder.join("bus"))?;
        Ok(screen)
    }

    /// A program on this screen.
    pub fn program(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.env("DISPLAY", &self.display).env("DBUS_SESSION_BUS_ADDRESS", &self.bus_address);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Presses keys as a keyboard does.
    pub fn press(&self, keys: &[&str]) -> Outcome {
        let pressed = self.program("/usr/bin/xdotool").args(["key", "--delay", "60"]).args(keys).status()?;
        if pressed.success() { Ok(()) } else { Err("xdotool could not press".into()) }
    }

    /// Looks at the screen until `ends`, and tells when it first looked as it does then, give or take a blinking caret.
    pub fn painted(&self, ends: impl Fn() -> bool) -> Outcome<f64> {
        let file = File::open(&self.pixels)?;
        let mut seen: Vec<(f64, Vec<u8>)> = vec![(now_ms(), look(&file)?)];
        while !ends() {
            let (at, now) = (now_ms(), look(&file)?);
            if seen.last().is_none_or(|(_, last)| *last != now) {
                seen.push((at, now));
            }
            std::thread::sleep(LOOK_EVERY);
        }
        let end = look(&file)?;
        let begun = differing(&seen[0].1, &end).max(1);
        let first_unlike = seen.iter().rposition(|(_, was)| differing(was, &end) * 200 > begun);
        let first = first_unlike.map_or(0, |at| at + 1).min(seen.len() - 1);
        Ok(seen[first].0)
    }
}

fn differing(one: &[u8], other: &[u8]) -> usize {
    one.iter().zip(other).filter(|(one, other)| one.abs_diff(**other) > 24).count()
}

/// Every sixth line, of the file that the server keeps in the format of xwd.
fn look(file: &File) -> Outcome<Vec<u8>> {
    let mut head = [0; 100];
    file.read_exact_at(&mut head, 0)?;
    let field = |at: usize| {
        let bytes = head[at * 4..at * 4 + 4].try_into().unwrap();
        u32::from_be_bytes(bytes) as usize
    };
    let (header, height, line, colours) = (field(0), field(5), field(12), field(19));
    let mut seen = Vec::with_capacity(height / EVERY * line / 4);
    let mut row = vec![0; line];
    for y in (0..height).step_by(EVERY) {
        file.read_exact_at(&mut row, (header + colours * 12 + y * line) as u64)?;
        // One channel of four tells enough.
        seen.extend(row.iter().skip(1).step_by(4));
    }
    Ok(seen)
}

/// The one line that a server writes once it serves.
fn told(path: &Path) -> Outcome<String> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let text = std::fs::read_to_string(path)?;
        if let Some(line) = text.strip_suffix('\n') {
            return Ok(line.to_owned());
        }
        if Instant::now() > deadline {
            return Err(format!("{} stayed empty", path.display()).into());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
