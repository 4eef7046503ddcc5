//! The smallest window with the same web view, built the same way: one line of text, and a script that puts it there. Owns
//! nothing; `cargo xtask bench window` starts it in turn with the till, and both carry the same marks.

#![cfg_attr(all(target_os = "windows", not(debug_assertions)), windows_subsystem = "windows")]

use std::path::PathBuf;
use tauri::WebviewWindowBuilder;

fn main() -> tauri::Result<()> {
    let marks = std::env::var_os("ENCAISSE_MARKS").map(PathBuf::from);
    if let Some(file) = &marks {
        std::fs::write(file, "")?;
    }
    tauri::Builder::default()
        .setup(move |app| {
            for window in &app.config().app.windows {
                let mut builder = WebviewWindowBuilder::from_config(app.handle(), window)?;
                if let Some(file) = marks.clone() {
                    builder = builder
                        .initialization_script(include_str!("../../../src/marks.js"))
                        .on_document_title_changed(move |_, marks| drop(std::fs::write(&file, marks)));
                }
                builder.build()?;
            }
            Ok(())
        })
        .run(tauri::generate_context!())
}
