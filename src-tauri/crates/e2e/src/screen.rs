//! A screen without a monitor for one shop alone: only there is a window in front because a test put it there, whatever the
//! windows of other tests do. Owns the server's start and end.

use crate::Outcome;
use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const START_MAX: Duration = Duration::from_secs(20);
const STEP: Duration = Duration::from_millis(10);

/// A running X server.
pub(crate) struct Screen {
    server: Child,
    /// Its name, as in `DISPLAY`.
    pub(crate) display: String,
}

impl Drop for Screen {
    fn drop(&mut self) {
        // Nothing more can be done about a server that is gone already.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl Screen {
    /// Starts one, which writes its number into `folder`.
    pub(crate) fn open(folder: &Path) -> Outcome<Self> {
        let path = folder.join("display");
        let server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x860x24", "-nolisten", "tcp"])
            .stdin(Stdio::null())
            .stdout(File::create(&path)?)
            .stderr(Stdio::null())
            .spawn()?;
        let mut screen = Self { server, display: String::new() };
        let begun = Instant::now();
        loop {
            // The line ends once it serves.
            if let Some(number) = std::fs::read_to_string(&path)?.strip_suffix('\n') {
                screen.display = format!(":{number}");
                return Ok(screen);
            }
            if begun.elapsed() > START_MAX {
                return Err("no screen".into());
            }
            std::thread::sleep(STEP);
        }
    }
}
