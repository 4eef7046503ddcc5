//! Owns the commands that are not tests: opening the till, making the machine ready, and everything generated that is kept
//! in the checkout.

use crate::{
    bindings,
    failure::{Failure, While},
    log::{Log, shown},
    setup::{self, Purpose},
    workshop::Workshop,
};
use std::{fs, process::Command};

/// Sets up what is missing, builds the page and the till, and opens it. A till that was never opened before starts in
/// training mode by itself. Returns when the window is closed.
///
/// # Errors
/// When a step fails, or the till ends badly.
pub fn run(workshop: &Workshop, arguments: &[String]) -> Result<(), Failure> {
    make_ready(workshop, Purpose::Run, "run")?;
    show(&mut workshop.npm(&["run", "build"]))?;
    show(&mut workshop.cargo(&["build", "--locked"]))?;
    if !setup::has_display() {
        return Err(Failure::new(
            "the till is built, but there is no screen here (DISPLAY and WAYLAND_DISPLAY are empty), so no window can be \
             opened. Run it from a desktop session.",
        ));
    }
    println!("opening the till …");
    show(Command::new(workshop.till_binary()).args(arguments))
}

/// Makes the machine ready for `purpose`, the page's packages included.
///
/// # Errors
/// When something is missing and cannot be installed.
pub fn make_ready(workshop: &Workshop, purpose: Purpose, name: &str) -> Result<(), Failure> {
    let mut log = Log::create(&workshop.target.join("xtask-logs"), &format!("{name} setup"))?;
    println!("checking what this machine lacks …");
    let ready =
        setup::system(workshop, purpose, &mut log).and_then(|()| setup::page_packages(workshop, &mut log));
    if ready.is_err() {
        println!("{}", log.text());
    }
    ready
}

/// Makes the page's generated types again.
///
/// # Errors
/// When the shell cannot be built, or a file cannot be written.
pub fn make_bindings(workshop: &Workshop) -> Result<(), Failure> {
    let mut log = Log::create(&workshop.target.join("xtask-logs"), "make bindings")?;
    let fresh = bindings::generate(workshop, &mut log).inspect_err(|_| println!("{}", log.text()))?;
    let changed = bindings::keep(workshop, &fresh)?;
    changed.iter().for_each(|line| println!("was: {line}"));
    println!("{} types in {}, {} changed", fresh.len(), bindings::KEPT, changed.len());
    Ok(())
}

/// Draws every size of the icon from icons/icon.svg. What only a telephone would use is left out.
///
/// # Errors
/// When the page's packages, which hold the Tauri command line, are not installed, or the drawing cannot be read.
pub fn icons(workshop: &Workshop) -> Result<(), Failure> {
    let drawn = workshop.target.join("xtask-icons");
    bindings::empty(&drawn)?;
    let drawn_to = drawn.to_string_lossy().into_owned();
    show(&mut workshop.tauri(&["icon", "icons/icon.svg", "--output", &drawn_to])?)?;
    let mut kept = 0;
    for entry in fs::read_dir(&drawn).when(drawn.display())? {
        let path = entry.when(drawn.display())?.path();
        if let (true, Some(name)) = (path.is_file(), path.file_name()) {
            let mut bytes = fs::read(&path).when(path.display())?;
            if path.extension().is_some_and(|extension| extension == "icns") {
                bytes = in_order(&bytes)?;
            }
            fs::write(workshop.path("icons").join(name), bytes).when(path.display())?;
            kept += 1;
        }
    }
    println!("{kept} sizes in icons/");
    Ok(())
}

/// An Apple icon with its pictures in the order of their kinds. The Tauri command line writes them in a different order each
/// time, and a file that changes without a reason hides one that changes with a reason.
fn in_order(icns: &[u8]) -> Result<Vec<u8>, Failure> {
    let broken = || Failure::new("icon.icns is not an Apple icon");
    let (header, mut rest) = icns.split_at_checked(8).ok_or_else(broken)?;
    let mut pictures = Vec::new();
    while !rest.is_empty() {
        let length = rest
            .get(4..8)
            .and_then(|bytes| bytes.try_into().ok())
            .map(u32::from_be_bytes)
            .ok_or_else(broken)?;
        let length = usize::try_from(length).map_err(|_| broken())?;
        let (picture, after) = rest.split_at_checked(length.max(8)).ok_or_else(broken)?;
        pictures.push(picture);
        rest = after;
    }
    pictures.sort_unstable();
    Ok([header, &pictures.concat()].concat())
}

/// Runs a program that writes to the terminal itself.
///
/// # Errors
/// When it cannot be started, or does not end well.
pub fn show(command: &mut Command) -> Result<(), Failure> {
    let words = shown(command);
    println!("$ {words}");
    command.env_remove("NO_COLOR").env_remove("CARGO_TERM_COLOR");
    let status = command.status().when(format_args!("cannot start {words}"))?;
    if status.success() { Ok(()) } else { Err(Failure(format!("{words}: {status}"))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(kind: &str, content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len() + 8).unwrap().to_be_bytes();
        [kind.as_bytes(), &length, content].concat()
    }

    #[test]
    fn an_apple_icon_is_the_same_whatever_order_its_pictures_came_in() {
        let (small, large) = (picture("ic07", b"small"), picture("ic10", b"larger"));
        let icon = |pictures: [&[u8]; 2]| [b"icns\0\0\0\x23".as_slice(), &pictures.concat()].concat();
        let ordered = icon([&small, &large]);
        assert_eq!(in_order(&icon([&large, &small])), Ok(ordered.clone()));
        assert_eq!(in_order(&ordered), Ok(ordered));
    }

    #[test]
    fn what_is_no_apple_icon_is_refused() {
        for bytes in [b"".as_slice(), b"icns", b"icns\0\0\0\x0cic07", b"icns\0\0\0\x10ic07\xff\xff\xff\xff"] {
            assert!(in_order(bytes).is_err(), "{bytes:?}");
        }
    }
}
