//! How the web view draws on this machine. Owns one choice: without a graphics card it draws by itself, because OpenGL is
//! then a program too, which costs a third of a window's start and a third of its memory. Refuses variables of the
//! environment: they would have to be set before the program starts.

#[cfg(target_os = "linux")]
use std::path::Path;
use tauri::{Runtime, WebviewWindow};

/// Chooses, once, before the page is drawn.
#[cfg(target_os = "linux")]
pub(crate) fn suit<R: Runtime>(window: &WebviewWindow<R>) -> tauri::Result<()> {
    use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt, WebViewExt};
    if has_graphics_card(Path::new("/dev/dri")) || is_driven() {
        return Ok(());
    }
    window.with_webview(|view| {
        if let Some(settings) = view.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    })
}

/// What a driver of the graphics card leaves for programs to draw with.
#[cfg(target_os = "linux")]
fn has_graphics_card(devices: &Path) -> bool {
    let is_node = |entry: std::fs::DirEntry| entry.file_name().to_string_lossy().starts_with("renderD");
    std::fs::read_dir(devices).is_ok_and(|entries| entries.flatten().any(is_node))
}

/// WebKit's driver never finishes a picture of a page that is drawn so.
#[cfg(target_os = "linux")]
fn is_driven() -> bool {
    std::env::var_os("TAURI_WEBVIEW_AUTOMATION").is_some()
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn suit<R: Runtime>(_window: &WebviewWindow<R>) -> tauri::Result<()> {
    Ok(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_card_that_only_shows_a_picture_is_none_to_draw_with() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!has_graphics_card(&folder.path().join("missing")));
        std::fs::write(folder.path().join("card0"), "").unwrap();
        assert!(!has_graphics_card(folder.path()));
        std::fs::write(folder.path().join("renderD128"), "").unwrap();
        assert!(has_graphics_card(folder.path()));
    }
}
