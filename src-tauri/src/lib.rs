//! The shell: the only place that names Tauri and the keychain. Owns the window, the border between page and till, and
//! the start and stop of the till. Refuses rules: whatever it is asked goes to [`till`], and comes back as a view.

mod archive_commands;
mod backup_commands;
mod border;
mod command_line;
mod commands;
mod convert;
mod desk;
mod dialogs;
mod display;
mod error;
mod events;
mod gate;
mod keychain;
mod logging;
mod marks;
mod notification;
mod page;
mod places;
mod ports;
mod renderer;
#[cfg(test)]
mod rights;
mod update;
mod views;
mod window;

pub use command_line::main;
