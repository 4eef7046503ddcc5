//! Owns one till's life on Debian: an older package installed, a sale, the newer one over it, the older one back again, the
//! removal, the purge. The system's own package manager does all of it, and the installed program is the one that sells.

use super::{Claims, built, contents::BROUGHT, shop::Shop};
use crate::{
    failure::Failure,
    log::{Log, Ran},
    setup,
    step::End,
    workshop::Workshop,
};
use std::path::Path;

const PROGRAM: &str = "/usr/bin/encaisse";
const ENTRY: &str = "/usr/share/applications/Encaisse.desktop";

/// As a version of tomorrow would leave the ledger.
const OF_TOMORROW: &str = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                           VALUES (29990101000001, 'of tomorrow', 1, x'00', 0)";
const NO_TOMORROW: &str = "DELETE FROM _sqlx_migrations WHERE version = 29990101000001";

/// The step.
///
/// # Errors
/// The first claim that does not hold.
pub fn step(workshop: &Workshop, log: &mut Log) -> Result<End, Failure> {
    let system = System {
        workshop,
        root: match setup::privilege(workshop) {
            Some(root) if setup::in_path("dpkg") && setup::in_path("apt-get") => root,
            Some(_) => {
                return Ok(End::Skipped(
                    "no apt here: a .deb is installed on Debian and its kin only".to_owned(),
                ));
            }
            None => return Ok(End::Skipped("installing a package needs root or sudo".to_owned())),
        },
    };
    let mut claims = Claims::new(log);
    let there = system.installed(&mut claims)?;
    if let Some(version) = there {
        return Err(Failure(format!(
            "Encaisse {version} is installed on this machine, and this check would remove it. Remove it yourself first: \
             `sudo apt-get purge encaisse`; your sales stay in your home."
        )));
    }
    let lived = life(&system, &mut claims);
    if lived.is_err() {
        // Whatever went wrong is told; what it left must not stay.
        system.manage(&mut claims, "dpkg", &["--purge", "encaisse"])?;
    }
    lived.map(|()| claims.end())
}

fn life(system: &System<'_>, claims: &mut Claims<'_>) -> Result<(), Failure> {
    let version = built::version(system.workshop)?;
    let newer = built::package(system.workshop, "deb", &version)?;
    let (older, which) = built::older(system.workshop, "deb", claims.log)?;
    let shop = Shop::fresh(system.workshop, "debian", claims)?;

    system.install(claims, &older, "the older .deb installs")?;
    let old_version = system.installed(claims)?.unwrap_or_default();
    for path in BROUGHT {
        claims.hold(format!("{path} is installed"), Path::new(path).is_file(), "it is not there")?;
    }
    shop.window(claims, PROGRAM, "a_fresh_installation_sells")?;
    let sold = shop.verified(claims, PROGRAM)?;
    let window = shop.opened_from_the_menu(claims, ENTRY)?;
    claims.hold(
        "the window is the desktop entry's",
        window.contains("WM_CLASS(STRING) = \"encaisse\""),
        &window,
    )?;
    let own = shop.home().join(".local/share/tg.encaisse.till/training.sqlite3");
    claims.hold(
        "without a chosen folder, the ledger lies in the person's home",
        own.is_file(),
        own.display(),
    )?;

    system.install(claims, &newer, "the newer .deb installs over the older one")?;
    let said = shop.says(claims, PROGRAM, &["--version"])?;
    claims.hold("the program is the newer one", said.text == format!("encaisse {version}\n"), &said.text)?;
    let found = shop.verified(claims, PROGRAM)?;
    claims.hold("every entry of the older till is there", found == sold, format!("{found} of {sold}"))?;
    shop.window(claims, PROGRAM, "a_newer_till_finds_what_was_sold_and_goes_on_counting")?;
    let sold = shop.verified(claims, PROGRAM)?;
    claims.hold("the newer till added its sale", sold == found + 1, format!("{sold} after {found}"))?;
    claims.figure("upgraded over", &which, format!("{found} + {} entries, all verify", sold - found))?;

    let older_path = older.to_string_lossy().into_owned();
    let refused =
        system.manage(claims, "apt-get", &["install", "-y", "--no-install-recommends", &older_path])?;
    claims.hold("apt refuses to go back by itself", !refused.succeeded, &refused.text)?;
    let stays = system.installed(claims)?;
    claims.hold(
        "the newer version stays",
        stays.as_deref() == Some(version.as_str()),
        format!("{stays:?}"),
    )?;
    let forced = system.manage(claims, "dpkg", &["-i", &older_path])?;
    claims.hold("somebody who insists gets the older one back", forced.succeeded, &forced.text)?;
    let back = system.installed(claims)?;
    claims.hold(
        "the older version is back",
        back.as_deref() == Some(old_version.as_str()),
        format!("{back:?}"),
    )?;
    shop.tampered(claims, OF_TOMORROW)?;
    shop.window(claims, PROGRAM, "an_older_till_says_that_the_ledger_is_newer_and_sells_nothing")?;
    let verify = shop.says(claims, PROGRAM, &["verify"])?;
    let is_told = verify.status == Some(1) && verify.text.contains("newer version");
    claims.hold("an older program verifies no newer ledger, and says why", is_told, &verify.text)?;
    shop.tampered(claims, NO_TOMORROW)?;
    system.install(claims, &newer, "the newer .deb installs again")?;
    let kept = shop.verified(claims, PROGRAM)?;
    claims.hold("the way back and forth lost nothing", kept == sold, format!("{kept} of {sold}"))?;

    let before = shop.data()?;
    for verb in ["remove", "purge"] {
        if system.installed(claims)?.is_none() {
            system.install(claims, &newer, "what was removed installs again")?;
        }
        let ran = system.manage(claims, "apt-get", &[verb, "-y", "encaisse"])?;
        claims.hold(format!("{verb}: apt does it"), ran.succeeded, &ran.text)?;
        for path in BROUGHT.iter().chain(&["/usr/share/doc/encaisse"]) {
            claims.hold(format!("{verb}: {path} is gone"), !Path::new(path).exists(), "it is still there")?;
        }
        let is_as_it_was = shop.data()? == before;
        claims.hold(
            format!("{verb}: every file of the shop is as it was"),
            is_as_it_was,
            "the data changed",
        )?;
    }
    let left = system.installed(claims)?;
    claims.hold("nothing of it is installed", left.is_none(), format!("{left:?}"))?;
    claims.figure(
        "removed and purged",
        format!("{} files of the shop", before.len()),
        "all kept, byte for byte",
    )
}

/// The machine's package manager.
struct System<'w> {
    workshop: &'w Workshop,
    root: &'static [&'static str],
}

impl System<'_> {
    fn manage(&self, claims: &mut Claims<'_>, program: &str, arguments: &[&str]) -> Result<Ran, Failure> {
        let mut words = self.root.to_vec();
        words.extend(["env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8", program]);
        words.extend(arguments);
        let mut command = self.workshop.command(words[0]);
        command.args(&words[1..]);
        claims.log.run(&mut command)
    }

    fn install(&self, claims: &mut Claims<'_>, package: &Path, claim: &str) -> Result<(), Failure> {
        let package = package.to_string_lossy().into_owned();
        let ran = self.manage(claims, "apt-get", &["install", "-y", "--no-install-recommends", &package])?;
        claims.hold(claim, ran.succeeded, &ran.text)
    }

    /// The version that is installed.
    fn installed(&self, claims: &mut Claims<'_>) -> Result<Option<String>, Failure> {
        let mut query = self.workshop.command("dpkg-query");
        query.args(["-W", "-f", "${db:Status-Status} ${Version}\n", "encaisse"]);
        Ok(installed(&claims.log.run(&mut query)?.text))
    }
}

fn installed(told: &str) -> Option<String> {
    told.lines().find_map(|line| line.strip_prefix("installed ")).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_only_configured_or_unknown_is_not_installed() {
        assert_eq!(installed("installed 0.1.0\n").as_deref(), Some("0.1.0"));
        for told in
            ["config-files 0.1.0\n", "not-installed \n", "dpkg-query: no packages found matching encaisse\n"]
        {
            assert_eq!(installed(told), None, "{told}");
        }
    }
}
