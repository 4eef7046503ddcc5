//! Owns what is given to a merchant: building the packages, and showing on Debian that they can be installed, started,
//! upgraded over an older version with its data, and removed with the data kept. What is shown is done to the real
//! packages by the system's own programs; where that needs rights that are not there, it says so and checks nothing.

mod built;
mod contents;
mod debian;
mod fedora;
mod notices;
mod shop;

pub use built::version;

use crate::{
    bindings,
    commands::{make_ready, show},
    count::Counts,
    failure::{Failure, While},
    log::Log,
    setup::{self, Purpose},
    step::{End, Lane, Step},
    steps::done,
    workshop::Workshop,
};
use std::{fmt, fs};

/// The packages of this version, from what they hold to their removal.
pub const CHECK: &[&[Lane]] = &[&[&[SETUP, CONTENTS, DEBIAN, FEDORA]]];

const SETUP: Step = Step {
    name: "package setup",
    needs: &[],
    run: |workshop, log| setup::system(workshop, Purpose::Packages, log).map(|()| done()),
};
const CONTENTS: Step = Step { name: "package contents", needs: &["package setup"], run: contents::step };
const DEBIAN: Step = Step { name: "debian package", needs: &["package setup"], run: debian::step };
const FEDORA: Step = Step { name: "rpm package", needs: &["package setup"], run: fedora::step };

/// Builds every kind of package that this system can build. An AppImage is left out unless `wants_appimage`: its bundler
/// loads a program from the internet.
///
/// # Errors
/// When a step fails.
pub fn build(workshop: &Workshop, wants_appimage: bool) -> Result<(), Failure> {
    make_ready(workshop, Purpose::Run, "package")?;
    let notices = notices::collect(workshop)?;
    let path = workshop.path(NOTICES);
    fs::create_dir_all(workshop.path("gen/packages")).when("gen/packages")?;
    fs::write(&path, notices).when(path.display())?;
    let mut arguments = vec!["build", "--ci"];
    let with_notices =
        format!("{{\"bundle\":{{\"resources\":{{\"{NOTICES}\":\"third-party-licences.txt\"}}}}}}");
    if cfg!(target_os = "linux") {
        arguments.extend(["--bundles", if wants_appimage { "deb,rpm,appimage" } else { "deb,rpm" }]);
    } else if cfg!(windows) {
        // Elsewhere the notices have a place of their own; here they lie beside the program.
        arguments.extend(["--bundles", "nsis,msi", "--config", &with_notices]);
    } else {
        arguments.extend(["--bundles", "app,dmg"]);
    }
    arguments.extend(["--", "--locked"]);
    show(&mut workshop.tauri(&arguments)?)?;
    if cfg!(target_os = "linux") && setup::in_path("dpkg-deb") {
        smaller(workshop)?;
    }
    println!("packages: {}", built::folder(workshop).display());
    Ok(())
}

/// Packs the .deb again with xz: Tauri packs it with gzip, a third larger, and a shop's line is slow. Every dpkg of the
/// last ten years reads it.
fn smaller(workshop: &Workshop) -> Result<(), Failure> {
    let deb = built::package(workshop, "deb", &version(workshop)?)?;
    let folder = workshop.target.join("package-check/again");
    bindings::empty(&folder)?;
    let content = folder.join("content");
    show(workshop.command("dpkg-deb").arg("-R").arg(&deb).arg(&content))?;
    show(
        workshop
            .command("dpkg-deb")
            .args(["--root-owner-group", "-Zxz", "-z9", "-b"])
            .arg(&content)
            .arg(&deb),
    )?;
    fs::remove_dir_all(&folder).when(folder.display())
}

/// Where the notices of what the program is linked with are written before a package is made. Git does not keep it.
const NOTICES: &str = "gen/packages/third-party-licences.txt";

/// Claims that are held one after the other. The first that does not hold ends the step: what follows would be about
/// another installation.
struct Claims<'a> {
    log: &'a mut Log,
    held: u32,
}

impl<'a> Claims<'a> {
    const fn new(log: &'a mut Log) -> Self {
        Self { log, held: 0 }
    }

    fn hold(
        &mut self,
        claim: impl fmt::Display,
        holds: bool,
        otherwise: impl fmt::Display,
    ) -> Result<(), Failure> {
        if !holds {
            return Err(Failure(format!("{claim}: {otherwise}")));
        }
        self.held += 1;
        self.log.line(format!("holds  {claim}"))
    }

    fn figure(
        &mut self,
        name: &str,
        on: impl fmt::Display,
        result: impl fmt::Display,
    ) -> Result<(), Failure> {
        self.log.line(format!("FIGURE {name} | {on} | {result}"))
    }

    fn end(&self) -> End {
        End::Passed(Counts { passed: self.held, ..Counts::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_that_does_not_hold_ends_the_step_and_says_what_was_found() {
        let folder = std::env::temp_dir().join(format!("encaisse-claims-{}", std::process::id()));
        let mut log = Log::create(&folder, "claims").unwrap();
        let mut claims = Claims::new(&mut log);
        claims.hold("one holds", true, "").unwrap();
        assert_eq!(
            claims.hold("two holds", false, "seen otherwise"),
            Err(Failure::new("two holds: seen otherwise"))
        );
        assert_eq!(claims.end(), End::Passed(Counts { passed: 1, ..Counts::default() }));
        fs::remove_dir_all(folder).unwrap();
    }
}
