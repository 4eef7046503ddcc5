//! One shop's machine: a folder for the till and one for what the system keeps, gone when the test ends. Survives its
//! windows, so that a till can be closed or killed and opened again.

use crate::driver::Keychain;
use crate::screen::Screen;
use crate::{Outcome, Window};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// The folder of a shop that outlives its test: an older till leaves it for a newer one.
const KEPT: &str = "ENCAISSE_SHOP_DIR";

/// A machine with a till on it.
pub struct Shop {
    folder: PathBuf,
    /// Removes the folder in the end, where this test made it.
    _own: Option<TempDir>,
    screen: Screen,
    keychain: Keychain,
    server: Option<String>,
    variables: Vec<(&'static str, String)>,
}

impl Shop {
    /// A fresh machine.
    ///
    /// # Errors
    /// When its folder cannot be made.
    pub fn new(keychain: Keychain) -> Outcome<Self> {
        let own = tempfile::Builder::new().prefix("encaisse-e2e-").tempdir()?;
        Self::furnished(own.path().to_owned(), Some(own), keychain)
    }

    /// The machine in the folder that `ENCAISSE_SHOP_DIR` names, as the last test left it.
    ///
    /// # Errors
    /// When no folder is named, or it cannot be made.
    pub fn kept(keychain: Keychain) -> Outcome<Self> {
        let folder = std::env::var_os(KEPT).ok_or("ENCAISSE_SHOP_DIR names no folder")?;
        Self::furnished(folder.into(), None, keychain)
    }

    fn furnished(folder: PathBuf, own: Option<TempDir>, keychain: Keychain) -> Outcome<Self> {
        for name in ["till", "data", "config", "cache", "run"] {
            std::fs::create_dir_all(folder.join(name))?;
        }
        let screen = Screen::open()?;
        Ok(Self { folder, _own: own, screen, keychain, server: None, variables: Vec::new() })
    }

    /// The same machine with LigdiCash at `server`.
    #[must_use]
    pub fn with_server(mut self, server: String) -> Self {
        self.server = Some(server);
        self
    }

    /// The same machine with a variable of the environment set.
    #[must_use]
    pub fn with_variable(mut self, name: &'static str, value: String) -> Self {
        self.variables.push((name, value));
        self
    }

    /// Opens the till on it.
    ///
    /// # Errors
    /// When the window does not come.
    pub async fn open(&self) -> Outcome<Window> {
        Window::open(self).await
    }

    /// The screen of this machine, as programs are told of it.
    #[must_use]
    pub fn display(&self) -> &str {
        &self.screen.display
    }

    /// Where the till keeps everything.
    #[must_use]
    pub fn till_folder(&self) -> PathBuf {
        self.path("till")
    }

    /// Where the till puts files for people.
    #[must_use]
    pub fn export_folder(&self) -> PathBuf {
        self.path("exports")
    }

    /// The address of the bus that the open till speaks to its desktop on.
    ///
    /// # Errors
    /// When no till was opened.
    pub fn bus(&self) -> Outcome<String> {
        Ok(std::fs::read_to_string(self.path(crate::driver::BUS))?.trim().to_owned())
    }

    /// Runs the till's program without a window: its exit status, what it said, and what it complained of.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn command(&self, arguments: &[&str]) -> Outcome<(Option<i32>, String, String)> {
        let output = tokio::process::Command::new(crate::window::program()?)
            .args(arguments)
            .envs(self.environment())
            .stdin(std::process::Stdio::null())
            .kill_on_drop(true)
            .output()
            .await?;
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Ok((output.status.code(), text(output.stdout), text(output.stderr)))
    }

    /// Starts the till as a shop does, with a window that nobody drives: it then draws in another way.
    ///
    /// # Errors
    /// When it does not start.
    pub fn undriven(&self) -> Outcome<tokio::process::Child> {
        let mut till = tokio::process::Command::new(crate::window::program()?);
        Ok(till.envs(self.environment()).stdin(std::process::Stdio::null()).kill_on_drop(true).spawn()?)
    }

    /// Runs it as somebody at a terminal does, who answers each question when it is asked: what then stands on the terminal.
    ///
    /// # Errors
    /// When it does not start, ask or end in time.
    pub async fn at_a_terminal(&self, arguments: &str, answers: &[(&str, &str)]) -> Outcome<String> {
        let program = crate::window::program()?;
        let mut shown = tokio::process::Command::new("timeout")
            .args(["60", "script", "-qec", &format!("{} {arguments}", program.display()), "/dev/null"])
            .envs(self.environment())
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut keyboard = shown.stdin.take().ok_or("no keyboard")?;
        let mut screen = shown.stdout.take().ok_or("no screen")?;
        let (mut text, mut looked) = (String::new(), 0);
        let mut buffer = [0; 1_024];
        for (question, answer) in answers {
            while !text[looked..].contains(question) {
                let read = screen.read(&mut buffer).await?;
                if read == 0 {
                    return Err(format!("it did not ask {question}: {text}").into());
                }
                text += &String::from_utf8_lossy(&buffer[..read]);
            }
            looked = text.len();
            // Nobody types in the moment in which the question appears.
            tokio::time::sleep(std::time::Duration::from_millis(400)).await;
            keyboard.write_all(format!("{answer}\n").as_bytes()).await?;
        }
        let mut rest = Vec::new();
        screen.read_to_end(&mut rest).await?;
        Ok(text + &String::from_utf8_lossy(&rest))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(crate) fn root(&self) -> &Path {
        &self.folder
    }

    pub(crate) const fn keychain(&self) -> Keychain {
        self.keychain
    }

    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let path = |name: &str| self.path(name).to_string_lossy().into_owned();
        let mut variables = vec![
            ("ENCAISSE_DATA_DIR", path("till")),
            ("ENCAISSE_EXPORT_DIR", path("exports")),
            ("XDG_DATA_HOME", path("data")),
            ("XDG_CONFIG_HOME", path("config")),
            ("XDG_CACHE_HOME", path("cache")),
            ("XDG_RUNTIME_DIR", path("run")),
            ("DISPLAY", self.screen.display.clone()),
        ];
        variables.extend(self.variables.iter().cloned());
        if let Some(server) = &self.server {
            variables.push(("ENCAISSE_LIGDICASH_URL", server.clone()));
        }
        variables
    }
}
