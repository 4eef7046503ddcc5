//! The border between the pages and the world. Owns each window's making: its page stays where it is, opens no other window
//! and takes nothing down to the disk. What it may load is the content policy's, what it may ask for the capability's
//! (tauri.conf.json).

use crate::{marks, page, renderer};
use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Runtime, Url, WebviewWindowBuilder};

/// The page's own address on Linux and macOS.
const OWN_SCHEME: &str = "tauri";
const OWN_HOST: &str = "localhost";
/// And on Windows, where a scheme of one's own is not a secure place.
const OWN_HOST_ON_WINDOWS: &str = "tauri.localhost";

/// Opens one of the windows of tauri.conf.json with the border around it.
pub(crate) fn open_window<R: Runtime>(app: &AppHandle<R>, label: &str) -> tauri::Result<()> {
    let config = app.config();
    // Only `tauri dev` has a page that is served from elsewhere.
    let served_from = config.build.dev_url.clone().filter(|_| tauri::is_dev());
    for window in config.app.windows.iter().filter(|window| window.label == label) {
        let served_from = served_from.clone();
        let window = marks::carried(WebviewWindowBuilder::from_config(app, window)?)
            .on_navigation(move |to| {
                let stays = is_own(to, served_from.as_ref());
                if !stays {
                    tracing::warn!(scheme = to.scheme(), "the page wanted to leave and was kept");
                }
                stays
            })
            .on_new_window(|_, _| NewWindowResponse::Deny)
            .on_download(|_, _| false)
            .build()?;
        // A second window that drew by itself too would stay blank: WebKit shows what the first one drew, and nothing of it.
        if label == page::WINDOW {
            renderer::suit(&window)?;
        }
    }
    Ok(())
}

fn is_own(to: &Url, served_from: Option<&Url>) -> bool {
    let host = to.host_str().unwrap_or_default();
    let is_ours = match to.scheme() {
        OWN_SCHEME => host == OWN_HOST,
        "http" | "https" => cfg!(windows) && host == OWN_HOST_ON_WINDOWS && to.port().is_none(),
        _ => false,
    };
    is_ours || served_from.is_some_and(|served_from| served_from.origin() == to.origin())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(text: &str, served_from: Option<&str>) -> bool {
        is_own(&text.parse().unwrap(), served_from.map(|text| text.parse().unwrap()).as_ref())
    }

    #[test]
    fn the_page_stays_where_it_is() {
        assert!(own("tauri://localhost", None));
        assert!(own("tauri://localhost/index.html#x", None));
        assert_eq!(own("http://tauri.localhost/", None), cfg!(windows));
        for elsewhere in [
            "https://example.invalid/",
            "https://app.ligdicash.com/",
            "http://localhost/",
            "http://127.0.0.1:5173/",
            "http://localhost:5173/",
            "http://tauri.localhost:8080/",
            "http://tauri.localhost.example.invalid/",
            "tauri://elsewhere/",
            "tauri://localhost.example.invalid/",
            "file:///etc/passwd",
            "data:text/html,<h1>x</h1>",
            "blob:tauri://localhost/1",
            "javascript:alert(1)",
            "about:blank",
            "ipc://localhost/charge",
            "asset://localhost/etc/passwd",
        ] {
            assert!(!own(elsewhere, None), "{elsewhere}");
        }
    }

    #[test]
    fn a_page_in_development_comes_from_its_server_and_no_other() {
        let server = Some("http://localhost:5173");
        assert!(own("http://localhost:5173/src/main.ts", server));
        for elsewhere in ["http://localhost:5174/", "https://localhost:5173/", "http://example.invalid:5173/"]
        {
            assert!(!own(elsewhere, server), "{elsewhere}");
        }
    }
}
