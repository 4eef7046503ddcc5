//! A screen without a monitor for one shop alone: only there is a window in front because a test put it there, whatever the
//! windows of other tests do. Owns the server's start and end.

use crate::Outcome;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

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
    /// Starts one, and waits until it serves.
    pub(crate) fn open() -> Outcome<Self> {
        let server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x860x24", "-nolisten", "tcp"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut screen = Self { server, display: String::new() };
        let mut number = String::new();
        let told = screen.server.stdout.take().ok_or("a screen that tells nothing")?;
        // It tells its number once it serves, and nothing when it could not.
        BufReader::new(told).read_line(&mut number)?;
        if number.trim().is_empty() {
            return Err("no screen: Xvfb ended at once".into());
        }
        screen.display = format!(":{}", number.trim());
        Ok(screen)
    }
}
