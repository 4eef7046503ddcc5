//! WebKitWebDriver on a session bus of its own. Owns its start, its end, and finding the till it started. Ends only what
//! it started, by process id.

use crate::shop::Shop;
use crate::{Failure, Outcome};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

/// Where the address of the session's bus is written down.
pub(crate) const BUS: &str = "bus.address";
const START_MAX: Duration = Duration::from_secs(60);
const END_MAX: Duration = Duration::from_secs(10);
const STEP: Duration = Duration::from_millis(50);

/// Which keychain the machine has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keychain {
    /// None answers.
    None,
    /// GNOME's Secret Service with an unlocked keyring.
    SecretService,
}

/// A running WebKitWebDriver.
pub(crate) struct Driver {
    bus: Child,
    pub(crate) port: u16,
    pid: u32,
    is_stopped: bool,
}

/// A test that fails leaves no driver, and so no till, behind.
impl Drop for Driver {
    fn drop(&mut self) {
        if !self.is_stopped {
            // Nothing more can be done about a driver that is gone already.
            let _ =
                std::process::Command::new("kill").arg(self.pid.to_string()).stderr(Stdio::null()).status();
        }
    }
}

impl Driver {
    pub(crate) async fn start(shop: &Shop) -> Outcome<Self> {
        std::fs::set_permissions(shop.path("run"), std::fs::Permissions::from_mode(0o700))?;
        let port = free_port()?;
        let pid_file = shop.path("driver.pid");
        let _ = std::fs::remove_file(&pid_file);
        // The shell becomes the driver, so its id is the driver's. The keyring ends with the bus.
        let keyring = match shop.keychain() {
            Keychain::None => "",
            Keychain::SecretService => {
                "printf test-password | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; "
            }
        };
        let script = format!(
            "{keyring}echo \"$DBUS_SESSION_BUS_ADDRESS\" > \"$3\"; echo $$ > \"$1\"; exec WebKitWebDriver --host=127.0.0.1 --port=\"$2\""
        );
        let bus = Command::new("dbus-run-session")
            .args(["--", "sh", "-c", &script, "sh"])
            .arg(&pid_file)
            .arg(port.to_string())
            .arg(shop.path(BUS))
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .envs(shop.environment())
            .current_dir(shop.root())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let pid = wait_for("the driver's process id", async || {
            std::fs::read_to_string(&pid_file).ok().and_then(|text| text.trim().parse().ok())
        })
        .await?;
        wait_for("the driver's port", async || TcpStream::connect(("127.0.0.1", port)).await.ok()).await?;
        Ok(Self { bus, port, pid, is_stopped: false })
    }

    /// The till that this driver started.
    pub(crate) fn till(&self, program: &Path) -> Outcome<u32> {
        let program = program.canonicalize()?;
        descendants(self.pid)
            .into_iter()
            .find(|pid| std::fs::read_link(format!("/proc/{pid}/exe")).is_ok_and(|exe| exe == program))
            .ok_or_else(|| "the till's process was not found".into())
    }

    pub(crate) async fn stop(mut self) -> Outcome {
        signal("TERM", self.pid).await?;
        self.is_stopped = true;
        if tokio::time::timeout(END_MAX, self.bus.wait()).await.is_err() {
            self.bus.kill().await?;
        }
        Ok(())
    }
}

/// Sends a signal to one process.
pub(crate) async fn signal(name: &str, pid: u32) -> Outcome {
    let sent =
        Command::new("kill").args(["-s", name, &pid.to_string()]).stderr(Stdio::null()).status().await?;
    if sent.success() { Ok(()) } else { Err(format!("no process {pid} to end").into()) }
}

/// Waits until a process is gone.
pub(crate) async fn gone(pid: u32) -> Outcome {
    wait_for("the end of the till", async || {
        let status = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let is_zombie = status.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z'));
        // Its last threads may still be in the middle of a write, and hold its lock until that is done.
        let threads = std::fs::read_dir(format!("/proc/{pid}/task")).map_or(0, Iterator::count);
        (status.is_empty() || (is_zombie && threads <= 1)).then_some(())
    })
    .await
}

pub(crate) async fn wait_for<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> Outcome<T> {
    let deadline = Instant::now() + START_MAX;
    loop {
        if let Some(found) = look().await {
            return Ok(found);
        }
        if Instant::now() > deadline {
            return Err(Failure::from(format!("{what} did not come in {} s", START_MAX.as_secs())));
        }
        sleep(STEP).await;
    }
}

fn free_port() -> Outcome<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// A process and everything that it started, by their ids.
pub fn descendants(root: u32) -> Vec<u32> {
    let parents: Vec<(u32, u32)> = std::fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let pid = entry.ok()?.file_name().to_str()?.parse().ok()?;
            let stat = std::fs::read_to_string(PathBuf::from(format!("/proc/{pid}/stat"))).ok()?;
            // pid (name) state parent …; the name may hold anything, so count from its last parenthesis.
            let parent = stat.rsplit(')').next()?.split_whitespace().nth(1)?.parse().ok()?;
            Some((pid, parent))
        })
        .collect();
    let mut found = vec![root];
    let mut at = 0;
    while let Some(&parent) = found.get(at) {
        found.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(pid, _)| *pid));
        at += 1;
    }
    found
}
