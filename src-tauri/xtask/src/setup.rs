//! Owns making a machine ready: system packages, Node, the page's packages. Installs only what is missing, and only where
//! it knows how (Debian and its children); elsewhere it says what is needed and goes on.

use crate::{
    failure::{Failure, While},
    log::Log,
    workshop::{Workshop, version_of},
};
use std::{collections::BTreeSet, fs, path::Path, process::Command};

/// What a machine is to be made ready for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Building and running the till.
    Run,
    /// All of it, with the tests in a real window.
    Test,
    /// Looking into packages, installing them, and opening what they installed.
    Packages,
}

/// What Tauri and its web view need to be compiled.
const TO_BUILD: &[&str] = &["build-essential", "pkg-config", "libwebkit2gtk-4.1-dev", "librsvg2-dev"];

/// What a real window without a screen needs: a display, a session bus, a keychain, fonts, WebKit's driver.
const FOR_A_WINDOW: &[&str] = &[
    "webkit2gtk-driver",
    "xvfb",
    "xauth",
    "x11-utils",
    "xdotool",
    "imagemagick",
    "dbus",
    "dbus-x11",
    "at-spi2-core",
    "gnome-keyring",
    "libsecret-tools",
    "fonts-noto-core",
    "fonts-noto-color-emoji",
    "fonts-liberation",
];

/// The browser in which every screen is looked at without the till.
const FOR_THE_PAGE: &[&str] = &["chromium"];

/// What the recorder under SQLite is built with, and what disks of one's own are mounted with.
const FOR_THE_PROOFS: &[&str] = &["libclang-dev", "util-linux", "mount"];

/// Programs that are not ours, which must read what leaves the till, and those that exports are measured against.
const READERS: &[&str] = &[
    "libreoffice-calc-nogui",
    "poppler-utils",
    "jq",
    "python3",
    "python3-openpyxl",
    "python3-xlsxwriter",
    "sqlite3",
];

/// What looks into packages, and opens what they installed as a desktop does.
const FOR_PACKAGES: &[&str] =
    &["appstream", "binutils", "desktop-file-utils", "dpkg-dev", "libglib2.0-bin", "rpm", "sqlite3"];

/// The oldest Node that the page's tools run on.
const NODE_MIN: (u32, u32) = (20, 19);

/// A copy of the lock file that `ui/node_modules` was installed from.
const STAMP: &str = "ui/node_modules/.encaisse-lock";

/// Installs the missing system packages and checks Node.
///
/// # Errors
/// When something is missing and cannot be installed: the sentence says what to do.
pub fn system(workshop: &Workshop, purpose: Purpose, log: &mut Log) -> Result<(), Failure> {
    if cfg!(target_os = "linux") {
        let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
        if is_debian(&release) {
            debian(workshop, purpose, log)?;
        } else {
            log.line(advice(&release))?;
            println!("{}", advice(&release));
        }
    } else {
        let words = if cfg!(windows) { WINDOWS } else { MACOS };
        log.line(words)?;
        println!("{words}");
    }
    let found = version_of(&mut workshop.command("node"));
    log.line(format!("node: {found:?}"))?;
    node(found.as_deref())?;
    if version_of(&mut workshop.npm(&[])).is_none() {
        return Err(Failure::new("npm was not found: it comes with Node, or as the package `npm`"));
    }
    Ok(())
}

/// Installs the page's packages with `npm ci`, unless they come from this very lock file already.
///
/// # Errors
/// When there is no lock file, or npm fails.
pub fn page_packages(workshop: &Workshop, log: &mut Log) -> Result<(), Failure> {
    let lock = workshop.path("ui/package-lock.json");
    let wanted = fs::read(&lock).when(lock.display())?;
    let stamp = workshop.path(STAMP);
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return log.line("ui/node_modules is up to date");
    }
    let ran = log.run(&mut workshop.npm(&["ci", "--no-audit", "--no-fund"]))?;
    if !ran.succeeded {
        return Err(Failure::new("npm ci failed: is the package registry within reach?"));
    }
    fs::write(&stamp, wanted).when(stamp.display())
}

fn debian(workshop: &Workshop, purpose: Purpose, log: &mut Log) -> Result<(), Failure> {
    let wanted: Vec<&str> = match purpose {
        Purpose::Run => TO_BUILD.to_vec(),
        Purpose::Test => [TO_BUILD, FOR_A_WINDOW, FOR_THE_PAGE, FOR_THE_PROOFS, READERS].concat(),
        Purpose::Packages => [TO_BUILD, FOR_A_WINDOW, FOR_PACKAGES].concat(),
    };
    let missing = missing(workshop, &wanted)?;
    if missing.is_empty() {
        return log.line("no system package is missing");
    }
    let by_hand = format!(
        "sudo apt-get update && sudo apt-get install -y --no-install-recommends {}",
        missing.join(" ")
    );
    let Some(prefix) = privilege(workshop) else {
        return Err(Failure::new(format!(
            "system packages are missing, and this is neither root nor is there sudo. As root, run:\n  {}",
            by_hand.replace("sudo ", "")
        )));
    };
    println!("  installing {} system packages: {}", missing.len(), missing.join(" "));
    let apt = |arguments: &[&str]| {
        let mut words = prefix.to_vec();
        words.extend(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        words.extend(arguments);
        let mut command = workshop.command(words[0]);
        command.args(&words[1..]);
        command
    };
    let mut install = vec!["install", "-y", "--no-install-recommends"];
    install.extend(&missing);
    // An index that cannot be renewed may still hold what is wanted, so only the installation decides.
    log.run(&mut apt(&["update"]))?;
    if log.run(&mut apt(&install))?.succeeded {
        return Ok(());
    }
    Err(Failure::new(format!("system packages could not be installed. By hand:\n  {by_hand}")))
}

fn missing<'a>(workshop: &Workshop, wanted: &[&'a str]) -> Result<Vec<&'a str>, Failure> {
    let output = workshop
        .command("dpkg-query")
        .args(["-W", "-f", "${Package} ${db:Status-Status}\n"])
        .args(wanted)
        .output()
        .when("dpkg-query")?;
    Ok(not_installed(&String::from_utf8_lossy(&output.stdout), wanted))
}

fn not_installed<'a>(dpkg: &str, wanted: &[&'a str]) -> Vec<&'a str> {
    let there: BTreeSet<&str> = dpkg.lines().filter_map(|line| line.strip_suffix(" installed")).collect();
    wanted.iter().copied().filter(|package| !there.contains(package)).collect()
}

/// Words to put before a command that changes the system; `None` when nothing gives the right.
pub fn privilege(workshop: &Workshop) -> Option<&'static [&'static str]> {
    let id = workshop.command("id").arg("-u").output().ok()?;
    if id.stdout.trim_ascii() == b"0" {
        Some(&[])
    } else {
        version_of(&mut workshop.command("sudo")).map(|_| ["sudo"].as_slice())
    }
}

fn is_debian(os_release: &str) -> bool {
    families(os_release).any(|family| matches!(family, "debian" | "ubuntu"))
        && Path::new("/usr/bin/dpkg-query").exists()
}

fn families(os_release: &str) -> impl Iterator<Item = &str> {
    os_release
        .lines()
        .filter_map(|line| line.strip_prefix("ID=").or_else(|| line.strip_prefix("ID_LIKE=")))
        .flat_map(|value| value.trim_matches('"').split_whitespace())
}

fn advice(os_release: &str) -> &'static str {
    if families(os_release).any(|family| matches!(family, "fedora" | "rhel")) {
        FEDORA
    } else if families(os_release).any(|family| family == "arch") {
        ARCH
    } else {
        OTHER_LINUX
    }
}

const FEDORA: &str = "If the build does not find a library, install:
  sudo dnf install gcc gcc-c++ make pkgconf webkit2gtk4.1-devel librsvg2-devel
and for the tests in a real window: xorg-x11-server-Xvfb dbus-daemon gnome-keyring, and a package with WebKitWebDriver";
const ARCH: &str = "If the build does not find a library, install:
  sudo pacman -S --needed base-devel webkit2gtk-4.1 librsvg
and for the tests in a real window: xorg-server-xvfb dbus gnome-keyring (WebKitWebDriver comes with webkit2gtk-4.1)";
const OTHER_LINUX: &str = "If the build does not find a library: it needs a C compiler, pkg-config, and the development files of
WebKitGTK 4.1 and librsvg. The tests in a real window need Xvfb, a D-Bus session, gnome-keyring and WebKitWebDriver.";
const MACOS: &str =
    "If the build finds no compiler, install Apple's command line tools: xcode-select --install";
const WINDOWS: &str = "If the build finds no linker, install the Visual Studio build tools with \"Desktop development with C++\".
The till needs the WebView2 runtime, which Windows 11 has; for Windows 10 Microsoft offers the Evergreen installer.";

fn node(version: Option<&str>) -> Result<(), Failure> {
    let (major, minor) = NODE_MIN;
    let what_to_do = format!(
        "Install Node {major}.{minor} or newer, with npm: from https://nodejs.org, with your version manager (nvm, fnm, \
         mise), or as the packages `nodejs npm` where your system's are new enough"
    );
    match version.map(parse_node) {
        Some(Some(found)) if found >= NODE_MIN => Ok(()),
        Some(_) => {
            Err(Failure::new(format!("Node {} is too old. {what_to_do}.", version.unwrap_or_default())))
        }
        None => Err(Failure::new(format!("Node was not found. {what_to_do}."))),
    }
}

fn parse_node(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.strip_prefix('v')?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// Whether a window can be shown on this machine as it is.
pub fn has_display() -> bool {
    !cfg!(target_os = "linux")
        || ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| std::env::var_os(name).is_some_and(|v| !v.is_empty()))
}

/// Whether a program of this name is in the PATH.
pub fn in_path(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// `command` ended after `seconds`, where the system has `timeout`: a hang does not end by itself.
pub fn limited(workshop: &Workshop, seconds: u32, command: &Command) -> Command {
    let mut words: Vec<_> = vec![];
    if in_path("timeout") {
        words.extend(["timeout".into(), "--kill-after=20".into(), seconds.to_string().into()]);
    }
    words.push(command.get_program().to_owned());
    words.extend(command.get_args().map(ToOwned::to_owned));
    let mut limited = workshop.command(words.remove(0));
    limited.args(words);
    if let Some(folder) = command.get_current_dir() {
        limited.current_dir(folder);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    limited
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_missing_is_installed() {
        let dpkg = "build-essential installed\npkg-config config-files\nxvfb not-installed\n";
        assert_eq!(
            not_installed(dpkg, &["build-essential", "pkg-config", "xvfb", "dbus"]),
            ["pkg-config", "xvfb", "dbus"]
        );
        assert!(not_installed("xvfb installed\n", &["xvfb"]).is_empty());
    }

    #[test]
    fn an_old_or_missing_node_is_refused_with_what_to_do() {
        for old in ["v18.20.4", "v20.18.9", "20.19.0", "v20"] {
            let failure = node(Some(old)).unwrap_err();
            assert!(failure.0.contains(old) && failure.0.contains("Install Node 20.19"), "{failure}");
        }
        assert!(node(None).unwrap_err().0.contains("not found"));
        for good in ["v20.19.0", "v20.20.2", "v22.1.0", "v100.0.0"] {
            assert_eq!(node(Some(good)), Ok(()), "{good}");
        }
    }

    #[test]
    fn each_family_gets_its_own_advice() {
        assert_eq!(advice("ID=fedora\n"), FEDORA);
        assert_eq!(advice("ID=rocky\nID_LIKE=\"rhel centos fedora\"\n"), FEDORA);
        assert_eq!(advice("ID=manjaro\nID_LIKE=arch\n"), ARCH);
        assert_eq!(advice("ID=nixos\n"), OTHER_LINUX);
        assert_eq!(
            families("NAME=x\nID=linuxmint\nID_LIKE=\"ubuntu debian\"\n").collect::<Vec<_>>(),
            ["linuxmint", "ubuntu", "debian"]
        );
    }
}
