//! What `--help` tells. Owns its layout; the list is [`crate::scenarios`].

use crate::scenario::scenarios;
use std::fmt::Write;

/// Usage and every scenario.
#[must_use]
pub fn help() -> String {
    let mut text = String::from(
        "A LigdiCash on loopback.\n\n  simulator [--port N] [--api-key K --api-token T] [--state FILE]\n\n\
         Without keys any pair is accepted. Stop with Ctrl-C.\nScenarios, by the customer's number:\n\n",
    );
    for scenario in scenarios() {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {}  {} / {}", scenario.number, scenario.en, scenario.fr);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_lists_every_scenario_in_both_languages() {
        let text = help();
        for scenario in scenarios() {
            assert!(
                text.contains(scenario.number) && text.contains(scenario.en) && text.contains(scenario.fr)
            );
        }
    }
}
