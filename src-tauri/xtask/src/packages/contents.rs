//! Owns what can be said of the packages without installing them: how large they are, what they bring, what they say they
//! need against what the program really needs, and whether the desktop's own tools take their entries.

use super::{Claims, built};
use crate::{
    bindings,
    failure::{Failure, While},
    log::Log,
    setup,
    step::End,
    workshop::Workshop,
};
use std::{fs, path::Path};

/// What a package brings, wherever it is installed.
pub const BROUGHT: &[&str] = &[
    "/usr/bin/encaisse",
    "/usr/share/applications/Encaisse.desktop",
    "/usr/share/metainfo/tg.encaisse.till.metainfo.xml",
    "/usr/share/icons/hicolor/32x32/apps/encaisse.png",
    "/usr/share/icons/hicolor/64x64/apps/encaisse.png",
    "/usr/share/icons/hicolor/128x128/apps/encaisse.png",
    "/usr/share/icons/hicolor/256x256/apps/encaisse.png",
    "/usr/share/icons/hicolor/512x512/apps/encaisse.png",
    "/usr/share/icons/hicolor/scalable/apps/encaisse.svg",
];
/// Its terms on Debian.
const DEBIAN_TERMS: &[&str] =
    &["/usr/share/doc/encaisse/copyright", "/usr/share/doc/encaisse/third-party-licences.txt"];
/// And on Fedora and its kin.
const FEDORA_TERMS: &[&str] = &[
    "/usr/share/licenses/encaisse/LICENSE",
    "/usr/share/licenses/encaisse/LICENSE-MIT",
    "/usr/share/licenses/encaisse/LICENSE-APACHE",
    "/usr/share/licenses/encaisse/third-party-licences.txt",
];

/// Goes over a line in which a megabyte may take a minute.
const DEB_MAX_BYTES: u64 = 6 * 1024 * 1024;

/// Programs of Debian that look into packages.
const LOOKERS: &[&str] =
    &["dpkg-deb", "dpkg-shlibdeps", "desktop-file-validate", "appstreamcli", "rpm", "readelf"];

/// The step.
///
/// # Errors
/// The first claim that does not hold.
pub fn step(workshop: &Workshop, log: &mut Log) -> Result<End, Failure> {
    if let Some(missing) = LOOKERS.iter().find(|program| !setup::in_path(program)) {
        return Ok(End::Skipped(format!("{missing} was not found: packages are looked into on Debian only")));
    }
    let mut claims = Claims::new(log);
    let version = built::version(workshop)?;
    let folder = workshop.target.join("package-check/contents");
    bindings::empty(&folder)?;
    deb(workshop, &mut claims, &version, &folder)?;
    rpm(workshop, &mut claims, &version, &folder)?;
    Ok(claims.end())
}

fn deb(workshop: &Workshop, claims: &mut Claims<'_>, version: &str, folder: &Path) -> Result<(), Failure> {
    let deb = built::package(workshop, "deb", version)?;
    let size = size_of(&deb)?;
    claims.hold("the .deb is at most 6 MiB", size <= DEB_MAX_BYTES, format!("{size} bytes"))?;
    claims.figure(".deb", "at most 6.00 MiB", mib(size))?;

    let unpacked = claims.log.run(workshop.command("dpkg-deb").arg("-x").arg(&deb).arg(folder))?;
    claims.hold("the .deb unpacks", unpacked.succeeded, &unpacked.text)?;
    for path in BROUGHT.iter().chain(DEBIAN_TERMS) {
        claims.hold(
            format!("the .deb brings {path}"),
            folder.join(&path[1..]).is_file(),
            "it is not there",
        )?;
    }
    let field = |claims: &mut Claims<'_>, name: &str| -> Result<String, Failure> {
        Ok(claims.log.run(workshop.command("dpkg-deb").arg("-f").arg(&deb).arg(name))?.text.trim().to_owned())
    };
    let stated = field(claims, "Version")?;
    claims.hold("the .deb states this version", stated == version, &stated)?;
    let installed: u64 = field(claims, "Installed-Size")?.parse().when("Installed-Size")?;
    claims.figure("installed size", "the .deb says", mib(installed * 1024))?;

    let entry = folder.join("usr/share/applications/Encaisse.desktop");
    let valid = claims.log.run(workshop.command("desktop-file-validate").arg(&entry))?;
    claims.hold("the desktop entry is valid", valid.succeeded && valid.text.is_empty(), &valid.text)?;
    let text = fs::read_to_string(&entry).when(entry.display())?;
    for line in
        ["Exec=encaisse", "Icon=encaisse", "Comment[fr]=Caisse pour Mixx by Yas", "StartupWMClass=encaisse"]
    {
        claims.hold(format!("the desktop entry says {line}"), text.lines().any(|one| one == line), &text)?;
    }
    let mut appstream = workshop.command("appstreamcli");
    appstream.args(["validate", "--no-net", "--no-color"]).arg(folder.join(&BROUGHT[2][1..]));
    let valid = claims.log.run(&mut appstream)?;
    claims.hold("the AppStream description is valid", valid.succeeded, &valid.text)?;

    // dpkg-shlibdeps wants to stand where a source package is.
    let source = folder.join("debian");
    fs::create_dir_all(&source).when(source.display())?;
    fs::write(source.join("control"), "Source: encaisse\n\nPackage: encaisse\nArchitecture: any\n")
        .when(source.display())?;
    let mut shlibdeps = workshop.command("dpkg-shlibdeps");
    shlibdeps.args(["-O", "-eusr/bin/encaisse"]).current_dir(folder);
    let needed = claims.log.run(&mut shlibdeps)?;
    claims.hold("what the program is linked with is known", needed.succeeded, &needed.text)?;
    let needed = needed
        .text
        .lines()
        .find_map(|line| line.strip_prefix("shlibs:Depends="))
        .unwrap_or_default()
        .to_owned();
    let stated = field(claims, "Depends")?;
    for one in parts(&needed) {
        let mut holds = false;
        for has in parts(&stated).filter(|has| has.0 == one.0) {
            holds |= match (one.1, has.1) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some(least), Some(bound)) => {
                    let mut compare = workshop.command("dpkg");
                    compare.args(["--compare-versions", bound, "ge", least]);
                    claims.log.run(&mut compare)?.succeeded
                }
            };
        }
        claims.hold(format!("the .deb says that it needs {one:?}"), holds, &stated)?;
    }
    Ok(())
}

fn rpm(workshop: &Workshop, claims: &mut Claims<'_>, version: &str, folder: &Path) -> Result<(), Failure> {
    let rpm = built::package(workshop, "rpm", version)?;
    claims.figure(".rpm", "no target", mib(size_of(&rpm)?))?;
    let digests = claims.log.run(workshop.command("rpm").arg("-K").arg(&rpm))?;
    claims.hold("the .rpm is whole", digests.succeeded && digests.text.contains("OK"), &digests.text)?;
    let ask = |claims: &mut Claims<'_>, question: &str| -> Result<String, Failure> {
        Ok(claims.log.run(workshop.command("rpm").arg(question).arg(&rpm))?.text)
    };
    let list = ask(claims, "-qpl")?;
    for path in BROUGHT.iter().chain(FEDORA_TERMS) {
        claims.hold(format!("the .rpm brings {path}"), list.lines().any(|line| line == *path), &list)?;
    }
    let about = ask(claims, "-qpi")?;
    let says = |name: &str, what: &str| {
        about.lines().any(|line| {
            line.split_once(':').is_some_and(|(key, value)| key.trim() == name && value.trim() == what)
        })
    };
    claims.hold("the .rpm states this version", says("Version", version), &about)?;
    claims.hold("the .rpm states its licence", says("License", "MIT OR Apache-2.0"), &about)?;

    let dynamic =
        claims.log.run(workshop.command("readelf").arg("-d").arg(folder.join("usr/bin/encaisse")))?;
    let requires = ask(claims, "-qpR")?;
    let mut count = 0;
    for soname in sonames(&dynamic.text) {
        count += 1;
        // The C library is asked for by its version, which says more.
        let wanted = if soname.starts_with("libc.so") { "libc.so.6(GLIBC_2." } else { soname };
        claims.hold(
            format!("the .rpm says that it needs {soname}"),
            requires.lines().any(|line| line.starts_with(wanted)),
            &requires,
        )?;
    }
    claims.hold("the program is linked with something", count > 0, &dynamic.text)
}

/// `libc6 (>= 2.35), libcairo2` as names and lowest versions.
fn parts(depends: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    depends.split(',').map(str::trim).filter(|one| !one.is_empty()).map(|one| match one.split_once(" (>= ") {
        Some((name, version)) => (name, Some(version.trim_end_matches(')'))),
        None => (one, None),
    })
}

/// The libraries of `readelf -d`; the loader is the C library's.
fn sonames(dynamic: &str) -> impl Iterator<Item = &str> {
    dynamic
        .lines()
        .filter(|line| line.contains("(NEEDED)"))
        .filter_map(|line| line.split_once('[')?.1.split_once(']').map(|(name, _)| name))
        .filter(|name| !name.starts_with("ld-linux"))
}

fn size_of(path: &Path) -> Result<u64, Failure> {
    Ok(fs::metadata(path).when(path.display())?.len())
}

/// Bytes for people, in hundredths without a float.
fn mib(bytes: u64) -> String {
    let hundredths = bytes * 100 / (1024 * 1024);
    format!("{}.{:02} MiB", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_package_needs_is_read_with_its_lowest_version() {
        let found: Vec<_> = parts("libc6 (>= 2.35), libcairo2, libgtk-3-0 (>= 3.21.5)").collect();
        assert_eq!(found, [("libc6", Some("2.35")), ("libcairo2", None), ("libgtk-3-0", Some("3.21.5"))]);
        assert_eq!(parts("").count(), 0);
    }

    #[test]
    fn libraries_are_read_and_the_loader_is_left_out() {
        let dynamic = " 0x1 (NEEDED)  Shared library: [libm.so.6]\n 0x1 (NEEDED)  Shared library: [ld-linux-x86-64.so.2]\n 0x1 (SONAME) [x]";
        assert_eq!(sonames(dynamic).collect::<Vec<_>>(), ["libm.so.6"]);
    }

    #[test]
    fn sizes_are_said_in_hundredths() {
        assert_eq!(mib(6 * 1024 * 1024), "6.00 MiB");
        assert_eq!(mib(5_505_024), "5.25 MiB");
    }
}
