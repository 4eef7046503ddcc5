//! Owns the rule that no file of the checkout names a place on somebody's machine: it would mean nothing elsewhere, and
//! tells strangers who works where.

use super::{
    project::{Project, nothing_to_look_at},
    scan::line_of,
};

/// Folders of people, up to where the name begins.
const HOMES: &[&str] = &["/home/", "/Users/", "/root/", ":\\Users\\", ":\\\\Users\\\\"];

pub fn places(project: &Project) -> Vec<String> {
    if project.files.is_empty() {
        return nothing_to_look_at("files");
    }
    let mut found = Vec::new();
    for file in &project.files {
        let homes = HOMES.iter().flat_map(|home| file.text.match_indices(home)).filter(|(at, home)| {
            let named =
                file.text[at + home.len()..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '.');
            // A longer path or an address may have such a folder further down.
            let begins = !file.text[..*at]
                .ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '~' | '$' | '}'));
            named && (begins || home.starts_with(':'))
        });
        let private = project.private_places.iter().flat_map(|place| file.text.match_indices(place.as_str()));
        let lines: std::collections::BTreeSet<usize> =
            homes.chain(private).map(|(at, _)| line_of(&file.text, at)).collect();
        found.extend(lines.into_iter().map(|line| format!("{}:{line}", file.path)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architecture::project::planted::files;

    #[test]
    fn a_home_of_every_system_and_the_checkout_itself_are_found() {
        let text = ["/home/", "/Users/", "/root/", "C:\\Users\\"]
            .map(|home| format!("see {home}ama/till\n"))
            .concat();
        let mut project = files(&[("a.md", &format!("{text}ok\nin /srv/checkouts/till/x\n"))]);
        project.private_places = vec!["/srv/checkouts/till".to_owned()];
        assert_eq!(places(&project), ["a.md:1", "a.md:2", "a.md:3", "a.md:4", "a.md:6"]);
    }

    #[test]
    fn a_general_place_is_nobodys() {
        let text =
            "~/.local/share/x, %APPDATA%\\x, $HOME/x, /home/ and https://example.com/home/page, /usr/share";
        assert!(places(&files(&[("a.md", text)])).is_empty());
    }
}
