//! Lets Tauri read the window's configuration, when the window is built at all.

#[cfg(feature = "window")]
fn main() {
    tauri_build::build();
}

#[cfg(not(feature = "window"))]
const fn main() {}
