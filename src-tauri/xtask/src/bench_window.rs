//! The window's benchmark: builds the till and the smallest window there is with one profile, and a ledger with years in it,
//! then has both started in turn. Owns what is built and where it lies.

use crate::{
    bench::Size,
    commands::show,
    failure::{Failure, While},
    workshop::Workshop,
};
use std::{fs, path::Path};

/// Measures the window.
///
/// # Errors
/// When something does not build, or the benchmark does not end well. A target that was missed is in its table.
pub fn run(workshop: &Workshop, size: &Size) -> Result<(), Failure> {
    show(&mut workshop.npm(&["run", "build"]))?;
    let build = ["build", "--locked", "--profile", "bench", "-p", "encaisse", "-p", "floor"];
    show(workshop.cargo(&build).args(["--features", "floor/window"]))?;
    let folder = workshop.target.join("bench-window");
    fill(workshop, &folder, size.rows)?;
    let built = workshop.target.join("release");
    for program in ["encaisse", "floor"] {
        let bytes = fs::metadata(built.join(program)).when(program)?.len();
        println!("# {program}: {bytes} bytes");
    }
    // What only looks on need not be fast, and is built already where the real window was tested.
    let mut cargo =
        workshop.cargo(&["bench", "--locked", "--profile", "dev", "-p", "e2e", "--bench", "window"]);
    cargo.env("ENCAISSE_BIN", built.join("encaisse")).env("ENCAISSE_FLOOR_BIN", built.join("floor"));
    cargo.env("ENCAISSE_BENCH_DIR", &folder).env("ENCAISSE_BENCH_STARTS", size.starts.to_string());
    show(&mut cargo)
}

/// Writes the ledger, unless one of as many rows is there from the last time.
fn fill(workshop: &Workshop, folder: &Path, rows: u64) -> Result<(), Failure> {
    let stamp = folder.join("rows");
    if fs::read_to_string(&stamp).is_ok_and(|written| written == rows.to_string()) {
        return Ok(());
    }
    let mut cargo = workshop.cargo(&["bench", "--locked", "-p", "ledger", "--bench", "million"]);
    cargo.env("ENCAISSE_BENCH_DIR", folder).env("ENCAISSE_BENCH_ROWS", rows.to_string());
    show(cargo.env("ENCAISSE_BENCH_FILL", "1"))?;
    fs::write(&stamp, rows.to_string()).when(stamp.display())
}
