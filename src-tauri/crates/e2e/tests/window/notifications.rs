//! What the desktop is told while nobody looks at the till, heard on a real bus by a desktop that writes it down.

use crate::{card, sell, testid};
use e2e::{Keychain, Outcome, Shop};
use std::collections::HashMap;
use std::time::Duration;
use tokio::process::{Child, Command};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use zbus::zvariant::OwnedValue;

const NAME: &str = "org.freedesktop.Notifications";
const PATIENCE: Duration = Duration::from_secs(20);
/// Long enough for what should not come to have come.
const SILENCE: Duration = Duration::from_millis(1500);

struct Desktop(UnboundedSender<String>);

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Desktop {
    #[allow(clippy::too_many_arguments, reason = "the desktop's own call")]
    fn notify(
        &self,
        app: String,
        _replaces: u32,
        _icon: String,
        title: String,
        text: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedValue>,
        _lasts_ms: i32,
    ) -> u32 {
        let extras = actions.len() + hints.len();
        // Who listens has gone when the test is over.
        let _ = self.0.send(format!("{app} | {title} | {text} | {extras}"));
        1
    }
}

async fn desktop(shop: &Shop) -> Outcome<(zbus::Connection, UnboundedReceiver<String>)> {
    let (told, heard) = unbounded_channel();
    let bus = zbus::connection::Builder::address(shop.bus()?.as_str())?
        .name(NAME)?
        .serve_at("/org/freedesktop/Notifications", Desktop(told))?
        .build()
        .await?;
    Ok((bus, heard))
}

const OTHER: &str = "^un-autre-programme$";

/// Gives the keyboard to the window of this name, as a click on it does.
async fn focus(shop: &Shop, name: &str) -> Outcome {
    let script = "xdotool search --sync --onlyvisible --name \"$1\" windowfocus --sync";
    let mut focus = Command::new("timeout");
    focus.args(["20", "sh", "-c", script, "sh", name]).env("DISPLAY", shop.display());
    let focused = focus.output().await?;
    if focused.status.success() { Ok(()) } else { Err(format!("no window {name} to focus").into()) }
}

fn another_program(shop: &Shop) -> Outcome<Child> {
    let mut other = Command::new("xmessage");
    other.args(["-title", "un-autre-programme", "x"]).env("DISPLAY", shop.display());
    Ok(other.kill_on_drop(true).spawn()?)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_desktop_is_told_of_an_end_only_while_another_program_is_in_front() -> Outcome {
    let shop = Shop::new(Keychain::None)?;
    let window = shop.open().await?;
    let (_bus, mut heard) = desktop(&shop).await?;
    let mut other = another_program(&shop)?;

    focus(&shop, "^Encaisse$").await?;
    sell(&window, "5000", "90123456").await?;
    window.press(&testid("sim-approve")).await?;
    window.see(&card("paid")).await?;
    assert!(tokio::time::timeout(SILENCE, heard.recv()).await.is_err(), "told what is on the screen");

    sell(&window, "7500", "91123478").await?;
    window.see(&card("pending")).await?;
    focus(&shop, OTHER).await?;
    window.press(&testid("sim-approve")).await?;
    let note = tokio::time::timeout(PATIENCE, heard.recv()).await?;
    let plain = note.unwrap_or_default().replace('\u{a0}', " ");
    assert_eq!(plain, "Encaisse | MODE ÉCOLE · PAYÉ — VÉRIFIÉ | 7 500 F · 91 12 •• 78 | 0");
    assert!(tokio::time::timeout(SILENCE, heard.recv()).await.is_err(), "told twice");

    focus(&shop, "^Encaisse$").await?;
    window.press(&testid("nav-settings")).await?;
    window.press(&testid("notify")).await?;
    window.press(&testid("nav-till")).await?;
    sell(&window, "900", "92123478").await?;
    window.see(&card("pending")).await?;
    focus(&shop, OTHER).await?;
    window.press(&testid("sim-refuse")).await?;
    window.see(&card("failed")).await?;
    assert!(tokio::time::timeout(SILENCE, heard.recv()).await.is_err(), "told though switched off");
    other.kill().await?;
    window.close().await
}
