//! Mounts of this proof's own. Owns how a process gets a namespace in which it may mount: as root, or as the root of a
//! namespace of users. Nothing of it is seen outside, and nothing stays.

use std::path::Path;
use std::process::{Command, Stdio};

const WAYS: [&[&str]; 2] = [&["--mount"], &["--mount", "--user", "--map-root-user"]];

/// A command that runs what is added to it where it may mount; none when this machine lets nobody.
pub fn own_namespace(place: &Path) -> Option<Command> {
    let way = WAYS.into_iter().find(|way| {
        let mut attempt = Command::new("unshare");
        attempt.args(*way).args(["mount", "-t", "tmpfs", "-o", "size=1m", "proof"]).arg(place);
        attempt.stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    })?;
    let mut command = Command::new("unshare");
    command.args(way);
    Some(command)
}

/// A disk of this size in memory.
pub fn small_disk(place: &Path, size: &str) {
    std::fs::create_dir_all(place).unwrap();
    mount(&["-t", "tmpfs", "-o", &format!("size={size}"), "proof"], place);
}

/// The disk under `place` may be read, not written, from now on.
pub fn turn_read_only(place: &Path) {
    mount(&["-o", "remount,ro"], place);
}

/// This file or folder alone may be read, not written.
pub fn protect(path: &Path) {
    let name = path.display().to_string();
    mount(&["--bind", &name], path);
    mount(&["-o", "remount,bind,ro"], path);
}

fn mount(arguments: &[&str], place: &Path) {
    let mounted = Command::new("mount").args(arguments).arg(place).status().unwrap();
    assert!(mounted.success(), "mount {arguments:?} {}", place.display());
}
