//! Owns one till's life from an .rpm, as far as Debian's rpm can show it: installed into a folder that is its root,
//! upgraded, removed. What the package says that it needs is checked beside (`contents`), because nothing there could
//! satisfy it.

use super::{Claims, built, contents::BROUGHT, shop::Shop};
use crate::{
    bindings,
    failure::Failure,
    log::{Log, Ran},
    setup,
    step::End,
    workshop::Workshop,
};
use std::path::{Path, PathBuf};

/// The step.
///
/// # Errors
/// The first claim that does not hold.
pub fn step(workshop: &Workshop, log: &mut Log) -> Result<End, Failure> {
    let root = match setup::privilege(workshop) {
        Some(root) if setup::in_path("rpm") => root,
        Some(_) => return Ok(End::Skipped("rpm was not found".to_owned())),
        None => return Ok(End::Skipped("installing a package needs root or sudo".to_owned())),
    };
    let mut claims = Claims::new(log);
    let folder = workshop.target.join("package-check/fedora-root");
    bindings::empty(&folder)?;
    life(&System { workshop, root, folder }, &mut claims)?;
    Ok(claims.end())
}

fn life(system: &System<'_>, claims: &mut Claims<'_>) -> Result<(), Failure> {
    let version = built::version(system.workshop)?;
    let newer = built::package(system.workshop, "rpm", &version)?;
    let (older, which) = built::older(system.workshop, "rpm", claims.log)?;
    let shop = Shop::fresh(system.workshop, "fedora", claims)?;
    let program = system.folder.join(&BROUGHT[0][1..]).to_string_lossy().into_owned();

    let ran = system.rpm(claims, &["--nodeps", "-i"], Some(&older))?;
    claims.hold("the older .rpm installs", ran.succeeded, &ran.text)?;
    shop.window(claims, &program, "a_fresh_installation_sells")?;
    let ran = system.rpm(claims, &["--nodeps", "-U"], Some(&newer))?;
    claims.hold("the newer .rpm installs over the older one", ran.succeeded, &ran.text)?;
    let ran = system.rpm(claims, &["-q", "--qf", "%{VERSION}", "encaisse"], None)?;
    claims.hold("the newer version is installed", ran.text.ends_with(&version), &ran.text)?;
    let ran = system.rpm(claims, &["-V", "--nodeps", "encaisse"], None)?;
    claims.hold("every installed file is as it was packed", ran.succeeded, &ran.text)?;
    shop.window(claims, &program, "a_newer_till_finds_what_was_sold_and_goes_on_counting")?;
    let sold = shop.verified(claims, &program)?;
    let refused = system.rpm(claims, &["--nodeps", "-U"], Some(&older))?;
    let is_refused = !refused.succeeded && refused.text.contains("is newer than");
    claims.hold("rpm refuses to go back by itself", is_refused, &refused.text)?;

    let before = shop.data()?;
    let ran = system.rpm(claims, &["-e", "encaisse"], None)?;
    claims.hold("it is removed", ran.succeeded, &ran.text)?;
    for path in BROUGHT {
        let left = system.folder.join(&path[1..]);
        claims.hold(format!("{path} is gone"), !left.exists(), "it is still there")?;
    }
    let files = before.len();
    let is_kept = files > 0 && shop.data()? == before;
    claims.hold(
        format!("all {files} files of the shop are as they were"),
        is_kept,
        "a file was changed or is gone",
    )?;
    claims.figure("rpm upgraded over", which, format!("{sold} entries, all verify"))
}

struct System<'w> {
    workshop: &'w Workshop,
    root: &'static [&'static str],
    folder: PathBuf,
}

impl System<'_> {
    fn rpm(
        &self,
        claims: &mut Claims<'_>,
        arguments: &[&str],
        package: Option<&Path>,
    ) -> Result<Ran, Failure> {
        let mut words: Vec<String> = self.root.iter().map(|&word| word.to_owned()).collect();
        words.extend(["env", "LC_ALL=C.UTF-8", "rpm", "--root"].map(str::to_owned));
        words.push(self.folder.to_string_lossy().into_owned());
        words.extend(arguments.iter().map(|&word| word.to_owned()));
        words.extend(package.map(|path| path.to_string_lossy().into_owned()));
        let mut command = self.workshop.command(&words[0]);
        command.args(&words[1..]);
        claims.log.run(&mut command)
    }
}
