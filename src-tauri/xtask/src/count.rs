//! Owns reading how many tests a runner ran from what it printed. Refuses to guess: a runner whose summary is missing
//! counted nothing, and a step that counted nothing has not tested.

use std::ops::AddAssign;

/// How many tests there were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Held.
    pub passed: u32,
    /// Did not hold.
    pub failed: u32,
    /// Not run.
    pub skipped: u32,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// Sums cargo's `test result:` lines, one for each test program.
pub fn cargo(text: &str) -> Counts {
    let mut sum = Counts::default();
    for line in text.lines().filter_map(|line| line.trim_start().strip_prefix("test result: ")) {
        for (amount, word) in pairs(line.split([';', '.'])) {
            match word {
                "passed" => sum.passed += amount,
                "failed" => sum.failed += amount,
                "ignored" => sum.skipped += amount,
                _ => {}
            }
        }
    }
    sum
}

/// Reads vitest's `Tests  1 failed | 41 passed | 2 skipped (44)`.
pub fn vitest(text: &str) -> Counts {
    let mut sum = Counts::default();
    for line in text.lines().filter_map(|line| line.trim_start().strip_prefix("Tests ")) {
        for (amount, word) in pairs(line.split('(').take(1).flat_map(|part| part.split('|'))) {
            match word {
                "passed" => sum.passed += amount,
                "failed" => sum.failed += amount,
                "skipped" | "todo" => sum.skipped += amount,
                _ => {}
            }
        }
    }
    sum
}

fn pairs<'a>(parts: impl Iterator<Item = &'a str>) -> impl Iterator<Item = (u32, &'a str)> {
    parts.filter_map(|part| {
        let (amount, word) = part.trim().split_once(' ')?;
        Some((amount.parse().ok()?, word.trim()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_test_program_of_cargo_is_summed() {
        let text = "running 3 tests\n\
            test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
            test result: FAILED. 10 passed; 2 failed; 1 ignored; 0 measured; 4 filtered out; finished in 1.23s\n";
        assert_eq!(cargo(text), Counts { passed: 13, failed: 2, skipped: 1 });
    }

    #[test]
    fn vitest_summary_is_read_and_its_files_are_not_tests() {
        let text =
            " Test Files  1 failed | 4 passed (5)\n      Tests  1 failed | 41 passed | 2 skipped (44)\n";
        assert_eq!(vitest(text), Counts { passed: 41, failed: 1, skipped: 2 });
        assert_eq!(vitest("      Tests  57 passed (57)\n"), Counts { passed: 57, failed: 0, skipped: 0 });
    }

    #[test]
    fn a_runner_that_says_nothing_counts_nothing() {
        assert_eq!(cargo("error: could not compile"), Counts::default());
        assert_eq!(vitest("Error: no test files"), Counts::default());
    }
}
