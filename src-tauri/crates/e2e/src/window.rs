//! The window as a person uses it: look, type, click, wait, take a picture. Owns the patience of a test: nothing sleeps
//! for a fixed time, everything waits for what it needs to see, with an end.

use crate::driver::{self, Driver};
use crate::shop::Shop;
use crate::{Failure, Outcome};
use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::wd::WindowHandle;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};
use std::path::PathBuf;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long a test waits for what it expects to see, unless it says otherwise.
const PATIENCE: Duration = Duration::from_secs(45);
const STEP: Duration = Duration::from_millis(80);

/// An open window.
pub struct Window {
    client: Client,
    driver: Driver,
    till_pid: u32,
    display: String,
}

impl Window {
    pub(crate) async fn open(shop: &Shop) -> Outcome<Self> {
        let program = program()?;
        let driver = Driver::start(shop).await?;
        let mut capabilities = Map::new();
        capabilities.insert("webkitgtk:browserOptions".to_owned(), json!({ "binary": program, "args": [] }));
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{}", driver.port))
            .await?;
        let till_pid = driver.till(&program)?;
        let window = Self { client, driver, till_pid, display: shop.display().to_owned() };
        window
            .see("[data-testid='mode-banner'], [data-testid='fatal'], [data-testid='damaged-ledger']")
            .await?;
        Ok(window)
    }

    /// The till's process.
    #[must_use]
    pub const fn till_pid(&self) -> u32 {
        self.till_pid
    }

    /// Closes the window as a person does, waits for the till to end, and ends the driver.
    ///
    /// # Errors
    /// When the till does not end.
    pub async fn close(self) -> Outcome {
        driver::signal("TERM", self.till_pid).await?;
        driver::gone(self.till_pid).await?;
        self.driver.stop().await
    }

    /// Ends the till at once, in the middle of whatever it does: a power cut for the program.
    ///
    /// # Errors
    /// When the till is not there to be killed.
    pub async fn kill(self) -> Outcome {
        driver::signal("KILL", self.till_pid).await?;
        driver::gone(self.till_pid).await?;
        self.driver.stop().await
    }

    /// Waits for the element, visible, that `css` finds.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn see(&self, css: &str) -> Outcome<Element> {
        self.until(&format!("{css} to be seen"), PATIENCE, async || {
            let found = self.client.find(Locator::Css(css)).await.ok()?;
            found.is_displayed().await.ok()?.then_some(found)
        })
        .await
    }

    /// Waits until the first element that `css` finds is where keys go. Asked of the page and not by `:focus`, which no element
    /// of a window behind another one matches.
    ///
    /// # Errors
    /// When the focus does not come.
    pub async fn see_focus(&self, css: &str) -> Outcome {
        let focused = "const element = document.querySelector(arguments[0]); \
                       return element !== null && document.activeElement === element;";
        self.until(&format!("{css} to have the focus"), PATIENCE, async || {
            let has = self.client.execute(focused, vec![json!(css)]).await.ok()?;
            (has == json!(true)).then_some(())
        })
        .await
    }

    /// Waits until nothing that `css` finds is left.
    ///
    /// # Errors
    /// When it stays.
    pub async fn see_gone(&self, css: &str) -> Outcome {
        self.until(&format!("{css} to go"), PATIENCE, async || {
            self.client.find_all(Locator::Css(css)).await.ok()?.is_empty().then_some(())
        })
        .await
    }

    /// Waits until the text of what `css` finds holds `words`.
    ///
    /// # Errors
    /// When it does not; tells what was read instead.
    pub async fn read(&self, css: &str, words: &str) -> Outcome {
        self.read_within(css, words, PATIENCE).await
    }

    /// [`Window::read`] with another patience.
    ///
    /// # Errors
    /// As [`Window::read`].
    pub async fn read_within(&self, css: &str, words: &str, patience: Duration) -> Outcome {
        let mut last = String::new();
        let found = self
            .until(&format!("« {words} » in {css}"), patience, async || {
                last = self.text(css).await.ok()?;
                plain(&last).contains(&plain(words)).then_some(())
            })
            .await;
        found.map_err(|error| format!("{error}; it reads « {last} »").into())
    }

    /// The text of the first element that `css` finds.
    ///
    /// # Errors
    /// When there is none.
    pub async fn text(&self, css: &str) -> Outcome<String> {
        Ok(self.client.find(Locator::Css(css)).await?.text().await?)
    }

    /// An attribute of the first element that `css` finds.
    ///
    /// # Errors
    /// When there is no such element or attribute.
    pub async fn attribute(&self, css: &str, name: &str) -> Outcome<String> {
        let found = self.client.find(Locator::Css(css)).await?.attr(name).await?;
        found.ok_or_else(|| format!("{css} has no {name}").into())
    }

    /// What a field holds.
    ///
    /// # Errors
    /// When there is no such field.
    pub async fn value(&self, css: &str) -> Outcome<String> {
        Ok(self.client.find(Locator::Css(css)).await?.prop("value").await?.unwrap_or_default())
    }

    /// How many elements `css` finds now.
    ///
    /// # Errors
    /// When the window does not answer.
    pub async fn count(&self, css: &str) -> Outcome<usize> {
        Ok(self.client.find_all(Locator::Css(css)).await?.len())
    }

    /// Waits for an element and presses it.
    ///
    /// # Errors
    /// When it does not come or cannot be pressed.
    pub async fn press(&self, css: &str) -> Outcome {
        self.until(&format!("{css} to be pressed"), PATIENCE, async || {
            let found = self.client.find(Locator::Css(css)).await.ok()?;
            // It may be replaced by a newer one between look and press; then look again.
            found.click().await.ok()
        })
        .await
    }

    /// Types into whatever has the focus, key by key, as a keyboard does. `\n` is Enter.
    ///
    /// # Errors
    /// When nothing has the focus.
    pub async fn keys(&self, text: &str) -> Outcome {
        for key in text.chars() {
            let focused = self.client.active_element().await?;
            if key == '\n' {
                focused.send_keys(&char::from(Key::Enter).to_string()).await?;
            } else {
                focused.send_keys(&key.to_string()).await?;
            }
        }
        Ok(())
    }

    /// Replaces what a field holds.
    ///
    /// # Errors
    /// When there is no such field.
    pub async fn fill(&self, css: &str, text: &str) -> Outcome {
        let field = self.see(css).await?;
        field.clear().await?;
        Ok(field.send_keys(text).await?)
    }

    /// Chooses an option of a list. By script: the driver does not find options of a list that lies in a text column.
    ///
    /// # Errors
    /// When there is no such list or option.
    pub async fn choose(&self, css: &str, option: &str) -> Outcome {
        self.see(css).await?;
        let chosen = self
            .client
            .execute(
                "const list = document.querySelector(arguments[0]); list.focus(); list.value = arguments[1]; \
                 list.dispatchEvent(new Event('change', { bubbles: true })); return list.value;",
                vec![json!(css), json!(option)],
            )
            .await?;
        if chosen == json!(option) { Ok(()) } else { Err(format!("{css} has no option {option}").into()) }
    }

    /// Runs a script in the page and gives back what it returns.
    ///
    /// # Errors
    /// When it throws.
    pub async fn script(&self, body: &str) -> Outcome<Value> {
        Ok(self.client.execute(body, Vec::new()).await?)
    }

    /// Runs an asynchronous script: its last argument is the function to call with the result.
    ///
    /// # Errors
    /// When it throws or never calls.
    pub async fn script_async(&self, body: &str) -> Outcome<Value> {
        Ok(self.client.execute_async(body, Vec::new()).await?)
    }

    /// How many windows the till has.
    ///
    /// # Errors
    /// When the window does not answer.
    pub async fn windows(&self) -> Outcome<usize> {
        Ok(self.client.windows().await?.len())
    }

    /// The two windows of a till whose customer has a screen: the one that is looked at, and the other.
    ///
    /// # Errors
    /// When no second one comes.
    pub async fn two(&self) -> Outcome<(WindowHandle, WindowHandle)> {
        let first = self.client.window().await?;
        let other = self
            .until("a second window", PATIENCE, async || {
                self.client.windows().await.ok()?.into_iter().find(|window| *window != first)
            })
            .await?;
        Ok((first, other))
    }

    /// Looks at another window from now on.
    ///
    /// # Errors
    /// When it is gone.
    pub async fn look_at(&self, window: &WindowHandle) -> Outcome {
        Ok(self.client.switch_to_window(window.clone()).await?)
    }

    /// Closes the till's own window as its cross does, and waits for the till to end, whatever else is open.
    ///
    /// # Errors
    /// When the till does not end.
    pub async fn close_by_cross(self) -> Outcome {
        let pid = self.till_pid.to_string();
        let ours = ["--all", "--onlyvisible", "--pid", &pid, "--name", "^Encaisse$"];
        let mut cross = tokio::process::Command::new("timeout");
        cross.args(["20", "xdotool", "search"]).args(ours).arg("windowclose").env("DISPLAY", &self.display);
        let closed = cross.status().await?;
        if !closed.success() {
            return Err("the till's window has no cross".into());
        }
        driver::gone(self.till_pid).await?;
        self.driver.stop().await
    }

    /// Sets the size of the window.
    ///
    /// # Errors
    /// When the window does not answer.
    pub async fn resize(&self, width: u32, height: u32) -> Outcome {
        Ok(self.client.set_window_size(width, height).await?)
    }

    /// Keeps a picture of the window as `name.png` where `ENCAISSE_SCREENSHOTS_DIR` says.
    ///
    /// # Errors
    /// When the picture cannot be taken or kept.
    pub async fn picture(&self, name: &str) -> Outcome {
        let Some(folder) = std::env::var_os("ENCAISSE_SCREENSHOTS_DIR").map(PathBuf::from) else {
            return Ok(());
        };
        std::fs::create_dir_all(&folder)?;
        // Two frames, so that what has just changed is painted.
        self.script_async(
            "const done = arguments[arguments.length - 1]; \
             requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 250)));",
        )
        .await?;
        std::fs::write(folder.join(format!("{name}.png")), self.client.screenshot().await?)?;
        Ok(())
    }

    async fn until<T>(
        &self,
        what: &str,
        patience: Duration,
        mut look: impl AsyncFnMut() -> Option<T>,
    ) -> Outcome<T> {
        let deadline = Instant::now() + patience;
        loop {
            if let Some(found) = look().await {
                return Ok(found);
            }
            if Instant::now() > deadline {
                self.picture("failed").await.unwrap_or_default();
                return Err(Failure::from(format!("waited {} s for {what}", patience.as_secs())));
            }
            sleep(STEP).await;
        }
    }
}

/// Text with every kind of space as a plain one: French groups digits by narrow spaces that must not break a line.
fn plain(text: &str) -> String {
    text.split(|c: char| c.is_whitespace()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

pub(crate) fn program() -> Outcome<PathBuf> {
    let told = std::env::var_os("ENCAISSE_BIN").map(PathBuf::from);
    told.filter(|path| path.exists())
        .ok_or_else(|| "ENCAISSE_BIN does not name the till's program; run `cargo xtask e2e`".into())
}
