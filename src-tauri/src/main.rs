//! The program: a window, or a line on the command line.

// On Windows a console window must not open beside the till.
#![cfg_attr(all(target_os = "windows", not(debug_assertions)), windows_subsystem = "windows")]

fn main() -> std::process::ExitCode {
    encaisse_shell::main()
}
