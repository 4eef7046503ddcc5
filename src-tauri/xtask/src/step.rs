//! Owns running named steps, some lanes at once, and telling what came of them: a line while it goes, a step's whole log
//! when it fails, a table and one last line. It knows nothing of what a step does.

use crate::{count::Counts, failure::Failure, log::Log, standing::AGAIN, workshop::Workshop};
use std::{
    fmt::Write as _,
    sync::{Condvar, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// All of it held.
    Passed(Counts),
    /// The very same held before, and was not asked again.
    Stands(Counts),
    /// Something did not hold; why, in a sentence.
    Failed(Counts, String),
    /// It could not be run here, and nothing says that it would hold; why, in a sentence.
    Skipped(String),
}

/// One named thing to do.
pub struct Step {
    /// Its name in the table and for `--only`.
    pub name: &'static str,
    /// Steps without which this one means nothing. One that another lane of the stage still has to run is waited for.
    pub needs: &'static [&'static str],
    /// Does it.
    pub run: fn(&Workshop, &mut Log) -> Result<End, Failure>,
}

/// Steps that run one after the other. Lanes of one stage run at the same time.
pub type Lane = &'static [Step];

/// A finished step.
#[derive(Debug, Clone)]
pub struct Row {
    /// The step.
    pub name: &'static str,
    /// What came of it.
    pub end: End,
    /// How long it took.
    pub took: Duration,
    /// What it measured: `name | on what | result`.
    pub figures: Vec<String>,
}

/// How a test or a proof says a figure that belongs into the table.
const FIGURE: &str = "FIGURE ";

/// Runs the stages in order and tells of each step. `only` leaves out every step it does not name, and with it the
/// question of what a step needs.
pub fn run(workshop: &Workshop, stages: &[&[Lane]], only: &[String]) -> Vec<Row> {
    let rows = Mutex::new(Vec::new());
    let ended = Condvar::new();
    for lanes in stages {
        let here: Vec<_> = lanes.iter().flat_map(|lane| lane.iter()).map(|step| step.name).collect();
        thread::scope(|scope| {
            for lane in *lanes {
                scope.spawn(|| {
                    for step in
                        lane.iter().filter(|step| only.is_empty() || only.iter().any(|o| o == step.name))
                    {
                        let missing = if only.is_empty() {
                            let coming = |rows: &mut Vec<Row>| !pending(step, &here, rows).is_empty();
                            let so_far = ended.wait_while(held(&rows), coming);
                            unmet(step, &so_far.unwrap_or_else(PoisonError::into_inner))
                        } else {
                            None
                        };
                        let row = one(workshop, step, missing);
                        held(&rows).push(row);
                        ended.notify_all();
                    }
                });
            }
        });
    }
    rows.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// What `step` needs of the steps that run `here` and have no end yet.
fn pending(step: &Step, here: &[&'static str], rows: &[Row]) -> Vec<&'static str> {
    let has_ended = |name: &&'static str| rows.iter().any(|row| row.name == *name);
    step.needs.iter().copied().filter(|need| here.contains(need) && !has_ended(need)).collect()
}

/// The table and the last line.
pub fn summary(rows: &[Row]) -> String {
    let mut text = format!("\n{:<16} {:<8} {:>8}  {}\n", "step", "result", "seconds", "tests");
    for row in rows {
        let (result, counts) = match &row.end {
            End::Passed(counts) => ("passed", *counts),
            End::Stands(counts) => ("stands", *counts),
            End::Failed(counts, _) => ("FAILED", *counts),
            End::Skipped(_) => ("SKIPPED", Counts::default()),
        };
        let ran = counts.passed + counts.failed;
        let tests = if ran + counts.skipped == 0 { String::new() } else { ran.to_string() };
        let _ = writeln!(
            text,
            "{:<16} {:<8} {:>6}.{}  {tests}",
            row.name,
            result,
            row.took.as_secs(),
            tenths(row)
        );
    }
    text.push_str(&figures(rows));
    for row in rows {
        match &row.end {
            End::Passed(_) | End::Stands(_) => {}
            End::Failed(_, why) => _ = writeln!(text, "FAILED   {}: {why}", row.name),
            End::Skipped(why) => _ = writeln!(text, "SKIPPED  {}: {why}", row.name),
        }
    }
    let standing: Vec<_> =
        rows.iter().filter(|row| matches!(row.end, End::Stands(_))).map(|row| row.name).collect();
    if !standing.is_empty() {
        let names = standing.join(", ");
        let _ = writeln!(text, "STANDS   {names}: the very same held before; {AGAIN}=1 asks anew");
    }
    let total = total(rows);
    let _ = write!(text, "{} passed, {} failed", total.passed, total.failed);
    if total.skipped > 0 {
        let _ = write!(text, ", {} skipped", total.skipped);
    }
    text
}

/// What was proved on how much, from every step.
fn figures(rows: &[Row]) -> String {
    let figures: Vec<Vec<&str>> = rows
        .iter()
        .flat_map(|row| &row.figures)
        .map(|figure| figure.split('|').map(str::trim).collect())
        .collect();
    if figures.is_empty() {
        return String::new();
    }
    let width = |column: usize| {
        figures
            .iter()
            .filter_map(|figure| figure.get(column))
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or(0)
    };
    let (first, second) = (width(0), width(1));
    let mut text = String::from("\n");
    for figure in &figures {
        let cell = |column: usize| figure.get(column).copied().unwrap_or_default();
        let _ = writeln!(text, "{:<first$}  {:<second$}  {}", cell(0), cell(1), cell(2));
    }
    text.push('\n');
    text
}

/// Tests over all steps. A step that failed without a failing test counts as one failure, and a skipped step as one
/// skipped test: "0 failed" must mean that nothing failed.
pub fn total(rows: &[Row]) -> Counts {
    let mut sum = Counts::default();
    for row in rows {
        match &row.end {
            End::Passed(counts) | End::Stands(counts) => sum += *counts,
            End::Failed(counts, _) => sum += Counts { failed: counts.failed.max(1), ..*counts },
            End::Skipped(_) => sum.skipped += 1,
        }
    }
    sum
}

fn one(workshop: &Workshop, step: &Step, missing: Option<&'static str>) -> Row {
    let started = Instant::now();
    if let Some(missing) = missing {
        let end = End::Failed(Counts::default(), format!("not run, because it needs `{missing}`"));
        println!("✗ {}: not run, because it needs `{missing}`", step.name);
        return Row { name: step.name, end, took: started.elapsed(), figures: Vec::new() };
    }
    println!("▸ {} …", step.name);
    let (end, log) = match Log::create(&workshop.target.join("xtask-logs"), step.name) {
        Ok(mut log) => {
            let end = (step.run)(workshop, &mut log)
                .unwrap_or_else(|failure| End::Failed(Counts::default(), failure.0));
            (end, Some(log))
        }
        Err(failure) => (End::Failed(Counts::default(), failure.0), None),
    };
    let figures = log.as_ref().map(|log| said_figures(&log.text())).unwrap_or_default();
    let row = Row { name: step.name, end, took: started.elapsed(), figures };
    // One write, so that two lanes do not tear each other's words apart.
    println!("{}", told(&row, log.as_ref()));
    row
}

fn said_figures(text: &str) -> Vec<String> {
    text.lines().filter_map(|line| line.trim_start().strip_prefix(FIGURE)).map(str::to_owned).collect()
}

fn told(row: &Row, log: Option<&Log>) -> String {
    let seconds = format!("{}.{} s", row.took.as_secs(), tenths(row));
    match &row.end {
        End::Stands(_) => format!("✓ {} (stands)", row.name),
        End::Passed(Counts { passed: 0, .. }) => format!("✓ {} ({seconds})", row.name),
        End::Passed(counts) => format!("✓ {} ({seconds}, {} tests)", row.name, counts.passed),
        End::Skipped(why) => {
            format!("\n!!!!!!!! SKIPPED: {} !!!!!!!!\n{why}\nThis was NOT checked.\n", row.name)
        }
        End::Failed(_, why) => {
            let whole = log.map(Log::text).unwrap_or_default();
            let place = log.map(|log| log.path().display().to_string()).unwrap_or_default();
            let name = row.name;
            format!(
                "\n──── {name} failed after {seconds}: {why}\n──── {place}\n{whole}\n──── end of {name}\n"
            )
        }
    }
}

fn tenths(row: &Row) -> u32 {
    row.took.subsec_millis() / 100
}

fn unmet(step: &Step, rows: &[Row]) -> Option<&'static str> {
    step.needs
        .iter()
        .find(|need| {
            !rows.iter().any(|row| row.name == **need && matches!(row.end, End::Passed(_) | End::Stands(_)))
        })
        .copied()
}

fn held<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &'static str, end: End) -> Row {
        Row { name, end, took: Duration::from_millis(1_250), figures: Vec::new() }
    }

    const TWELVE: Counts = Counts { passed: 12, failed: 0, skipped: 0 };

    #[test]
    fn the_last_line_has_nothing_but_the_sums() {
        let rows = [row("a", End::Passed(TWELVE)), row("b", End::Passed(Counts::default()))];
        assert_eq!(summary(&rows).lines().last(), Some("12 passed, 0 failed"));
    }

    #[test]
    fn a_step_that_fails_without_a_failing_test_is_one_failure() {
        let rows = [
            row("a", End::Passed(TWELVE)),
            row("clippy", End::Failed(Counts::default(), "status 101".into())),
        ];
        assert_eq!(summary(&rows).lines().last(), Some("12 passed, 1 failed"));
    }

    #[test]
    fn failing_tests_are_counted_one_by_one() {
        let failed = Counts { passed: 3, failed: 2, skipped: 1 };
        assert_eq!(
            summary(&[row("rust tests", End::Failed(failed, "status 101".into()))]).lines().last(),
            Some("3 passed, 2 failed, 1 skipped")
        );
    }

    #[test]
    fn a_skipped_step_stands_in_the_table_and_in_the_last_line() {
        let text = summary(&[row("advisories", End::Skipped("no network".into()))]);
        assert!(text.contains("advisories       SKIPPED"), "{text}");
        assert!(text.contains("SKIPPED  advisories: no network"), "{text}");
        assert_eq!(text.lines().last(), Some("0 passed, 0 failed, 1 skipped"));
    }

    #[test]
    fn figures_stand_in_columns_before_the_last_line() {
        let mut measured = row("a", End::Passed(TWELVE));
        measured.figures = said_figures("noise\nFIGURE cuts | 300 images | 0 lost\nFIGURE a | b | c\n");
        let text = summary(&[measured]);
        assert!(text.contains("cuts  300 images  0 lost\na     b           c\n"), "{text}");
        assert_eq!(text.lines().last(), Some("12 passed, 0 failed"));
    }

    #[test]
    fn what_stands_is_counted_and_said_to_stand() {
        let text = summary(&[row("simulation", End::Stands(TWELVE))]);
        assert!(text.contains("simulation       stands"), "{text}");
        assert!(text.contains("STANDS   simulation: the very same held before"), "{text}");
        assert_eq!(text.lines().last(), Some("12 passed, 0 failed"));
    }

    #[test]
    fn seconds_have_one_decimal() {
        assert!(summary(&[row("a", End::Passed(TWELVE))]).contains("     1.2  12"));
    }

    #[test]
    fn what_a_step_needs_of_its_stage_is_pending_until_it_ended_well_or_badly() {
        let step = Step { name: "e2e", needs: &["ui build", "build"], run: |_, _| Ok(End::Passed(TWELVE)) };
        assert_eq!(pending(&step, &["build", "e2e"], &[]), ["build"], "another stage is not waited for");
        let failed = row("build", End::Failed(Counts::default(), String::new()));
        assert!(pending(&step, &["build", "e2e"], &[failed]).is_empty());
    }

    #[test]
    fn a_step_is_not_run_on_top_of_one_that_failed_was_skipped_or_is_missing() {
        let step =
            Step { name: "e2e", needs: &["ui build", "app build"], run: |_, _| Ok(End::Passed(TWELVE)) };
        let built = row("ui build", End::Passed(Counts::default()));
        assert_eq!(unmet(&step, std::slice::from_ref(&built)), Some("app build"));
        assert_eq!(
            unmet(&step, &[built.clone(), row("app build", End::Failed(Counts::default(), String::new()))]),
            Some("app build")
        );
        assert_eq!(unmet(&step, &[built, row("app build", End::Passed(Counts::default()))]), None);
    }
}
