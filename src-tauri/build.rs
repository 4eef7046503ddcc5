//! Lets Tauri read its configuration and embed the icon.

fn main() {
    tauri_build::build();
}
