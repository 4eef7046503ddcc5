//! The cases, one function each. A case says what did not hold; what it did is in its figure.

use crate::Verdict;
use crate::disk::children::{ALREADY_OPEN, OPENED};
use crate::disk::counter::{Counter, obstacle, obstacle_at_start};
use crate::disk::mounts;
use crate::stage;
use domain::State;
use simulator::CreateBehaviour;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;
use till::Unavailability;

/// Room for about a dozen sales before SQLite begins to use its log again.
const SMALL: &str = "5m";
const STARTS: usize = 50;
/// Long enough for an answer to come in and for several attempts to write it.
const A_WHILE: Duration = Duration::from_millis(1_200);
/// More than SQLite waits for another program (`busy_timeout`).
const LONGER_THAN_BUSY: Duration = Duration::from_millis(6_500);

/// What a case came to: its figure, and what did not hold.
struct Case {
    on: String,
    result: String,
    broken: Vec<String>,
}

impl Case {
    fn report(self, name: &str) -> bool {
        for broken in &self.broken {
            println!("{name}: {broken}");
        }
        let held = self.broken.is_empty();
        let result = if held { self.result } else { format!("{} violations", self.broken.len()) };
        println!("FIGURE {name} | {} | {result}", self.on);
        held
    }
}

pub fn everything() -> Verdict {
    let place = stage::workplace();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (in_use, gone) = runtime.block_on(async {
        let (in_use, gone) = (place.path().join("in-use"), place.path().join("gone"));
        tokio::join!(held_by_another(&in_use), folder_gone(&gone))
    });
    let mut held = in_use.report("file in use");
    held &= gone.report("data folder gone");
    held &= many_starts(&place.path().join("starts"), &runtime).report("starts at once");
    let mounted = place.path().join("mounted");
    std::fs::create_dir_all(&mounted).unwrap();
    let Some(mut inside) = mounts::own_namespace(&mounted) else {
        return if held {
            Verdict::Skipped("full and read-only disks: nobody may mount a disk of his own here".to_owned())
        } else {
            Verdict::Broken
        };
    };
    let inside = inside.arg(std::env::current_exe().unwrap()).args(["disk-inside", "--at"]).arg(&mounted);
    held &= inside.status().unwrap().success();
    Verdict::of(held)
}

/// What needs disks of one's own.
pub fn on_mounts(place: &Path) -> bool {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let full = runtime.block_on(full_disk(&place.join("full"))).report("full disk");
    runtime.block_on(read_only(place)).report("read-only") && full
}

/// A disk runs full twice: while an answer is on its way, and little by little. Room is made, and the same till goes on.
async fn full_disk(disk: &Path) -> Case {
    mounts::small_disk(disk, SMALL);
    let mut counter = Counter::open(&disk.join("till")).await;
    let mut broken = Vec::new();
    let filler = disk.join("filler");

    counter.provider.script_create(CreateBehaviour::AcceptAfter(Duration::from_millis(400)));
    let first = counter.charge(0).await.unwrap();
    fill(&filler);
    tokio::time::sleep(A_WHILE).await;
    counter.listen();
    let waited =
        counter.shown(&first.id) == Some(State::Submitting) && counter.provider.invoices().len() == 1;
    if !waited {
        broken.push(format!("no answer waited for room: {:?}", counter.shown(&first.id)));
    }
    std::fs::remove_file(&filler).unwrap();
    if !counter.until(&first.id, State::Pending).await {
        broken.push("the answer that waited was not written when there was room".to_owned());
    }

    std::fs::write(&filler, vec![0u8; 1_000_000]).unwrap();
    let (mut taken, mut refused) = (vec![first], 0u32);
    for number in 1..200 {
        match counter.charge(number).await {
            Ok(payment) => taken.push(payment),
            Err(error) if obstacle(&error) == Some(Unavailability::DiskFull) => refused += 1,
            Err(error) => broken.push(format!("a charge on a full disk says: {error}")),
        }
        counter.approve_all();
        if refused > 3 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    if refused == 0 {
        broken.push("the disk never ran full".to_owned());
    }
    tokio::time::sleep(A_WHILE).await;
    std::fs::remove_file(&filler).unwrap();
    for payment in &taken {
        counter.approve_all();
        let expected = [State::Paid, State::NotSent];
        if !counter.until(&payment.id, State::Paid).await {
            let shown = counter.shown(&payment.id);
            if !expected.iter().any(|state| shown == Some(*state)) {
                broken.push(format!("{} is shown as {shown:?} after room was made", payment.id));
            }
        }
    }
    match counter.charge(1_000).await {
        Ok(payment) => {
            tokio::time::sleep(Duration::from_millis(100)).await;
            counter.approve_all();
            if !counter.until(&payment.id, State::Paid).await {
                broken.push("a charge after room was made is not paid".to_owned());
            }
        }
        Err(error) => broken.push(format!("a charge after room was made says: {error}")),
    }
    broken.extend(counter.held_against_the_book().await);
    Case {
        on: format!("{} sales taken, {refused} refused, then room", taken.len() + 1),
        result: "0 lost, 1 answer waited and was written, no restart".to_owned(),
        broken,
    }
}

/// Takes every byte that is left.
fn fill(path: &Path) {
    let mut file = std::fs::File::create(path).unwrap();
    for size in [65_536, 4_096, 1] {
        while file.write_all(&vec![0u8; size]).is_ok() {}
    }
}

/// A till whose files it may not write does not open, says why, and changes nothing; when it may again, it opens.
async fn read_only(place: &Path) -> Case {
    let mut broken = Vec::new();
    let whole_disk: fn(&Path) = |folder| mounts::turn_read_only(folder.parent().unwrap());
    let ledger_only: fn(&Path) = |folder| mounts::protect(&folder.join("live.sqlite3"));
    let settings_only: fn(&Path) = |folder| mounts::protect(&folder.join("settings.sqlite3"));
    let cases = [
        ("the disk", "disk", whole_disk),
        ("the folder", "folder", mounts::protect as fn(&Path)),
        ("the ledger", "ledger", ledger_only),
        ("the settings", "settings", settings_only),
    ];
    for (what, name, make_read_only) in cases {
        let disk = place.join(name);
        mounts::small_disk(&disk, SMALL);
        let folder = disk.join("till");
        let closed = Counter::open(&folder).await.close().await;
        let before = std::fs::read(folder.join("live.sqlite3")).unwrap();
        make_read_only(&folder);
        match closed.open().await {
            Ok(_) => broken.push(format!("{what} is read-only, and the till opens")),
            Err(error) if obstacle_at_start(&error) == Some(Unavailability::ReadOnly) => {}
            Err(error) => broken.push(format!("{what} is read-only, and the till says: {error}")),
        }
        if std::fs::read(folder.join("live.sqlite3")).unwrap() != before {
            broken.push(format!("{what} is read-only, and the ledger changed"));
        }
    }
    Case {
        on: "disk, folder, ledger or settings".to_owned(),
        result: "each refused by name, nothing changed".to_owned(),
        broken,
    }
}

/// Another program writes into the ledger, for longer than SQLite waits: before a charge, and while an answer is on its way.
async fn held_by_another(folder: &Path) -> Case {
    let mut counter = Counter::open(folder).await;
    let mut broken = Vec::new();
    let ledger = folder.join("live.sqlite3");

    let holder = Holder::hold(&ledger);
    match counter.charge(1).await {
        Err(error) if obstacle(&error) == Some(Unavailability::Busy) => {}
        other => broken.push(format!("a charge on a held ledger says: {other:?}")),
    }
    if !counter.provider.invoices().is_empty() {
        broken.push("a charge that was refused has left".to_owned());
    }
    holder.let_go();

    counter.provider.script_create(CreateBehaviour::AcceptAfter(Duration::from_millis(600)));
    let payment = counter.charge(2).await.unwrap();
    let holder = Holder::hold(&ledger);
    tokio::time::sleep(LONGER_THAN_BUSY).await;
    counter.listen();
    if counter.shown(&payment.id) != Some(State::Submitting) {
        broken.push(format!("told before it could be written: {:?}", counter.shown(&payment.id)));
    }
    holder.let_go();
    if !counter.until(&payment.id, State::Pending).await {
        broken.push("the answer that waited was not written".to_owned());
    }
    counter.approve_all();
    if !counter.until(&payment.id, State::Paid).await {
        broken.push("the payment that waited is not paid".to_owned());
    }
    broken.extend(counter.held_against_the_book().await);
    Case {
        on: "another program's write lock, twice for over 5 s".to_owned(),
        result: "refused by name, 1 answer waited and was written, 0 lost".to_owned(),
        broken,
    }
}

/// Another process that holds a ledger's write lock.
struct Holder(Child, ChildStdin);

impl Holder {
    fn hold(ledger: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["disk-hold", "--at"])
            .arg(ledger)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let input = child.stdin.take().unwrap();
        Self(child, input)
    }

    fn let_go(mut self) {
        drop(self.1);
        self.0.wait().unwrap();
    }
}

/// The folder goes from under an open till with a payment that waits. Nothing is told paid that nobody would find again.
async fn folder_gone(place: &Path) -> Case {
    let mut broken = Vec::new();
    let removed: fn(&Path) = |folder| std::fs::remove_dir_all(folder).unwrap();
    let ledger_removed: fn(&Path) = |folder| std::fs::remove_file(folder.join("live.sqlite3")).unwrap();
    let log_removed: fn(&Path) = |folder| std::fs::remove_file(folder.join("live.sqlite3-wal")).unwrap();
    let replaced: fn(&Path) = |folder| {
        let other = folder.with_extension("copy");
        stage::copy(folder, &other);
        std::fs::rename(folder, folder.with_extension("before")).unwrap();
        std::fs::rename(other, folder).unwrap();
    };
    let cases = [
        ("removed", removed),
        ("without its ledger", ledger_removed),
        ("without its log", log_removed),
        ("replaced by a copy", replaced),
    ];
    for (what, happens) in cases {
        let folder = place.join(what.replace(' ', "-"));
        let mut counter = Counter::open(&folder).await;
        let waiting = counter.charge(1).await.unwrap();
        if !counter.until(&waiting.id, State::Pending).await {
            broken.push(format!("{what}: the first payment does not wait"));
        }
        happens(&folder);
        match counter.charge(2).await {
            Err(error) if obstacle(&error) == Some(Unavailability::Moved) => {}
            other => broken.push(format!("{what}: a charge says {other:?}")),
        }
        counter.approve_all();
        tokio::time::sleep(A_WHILE).await;
        counter.listen();
        if counter.shown_paid() > 0 {
            broken.push(format!("{what}: a payment is told paid that nobody will find again"));
        }
        if counter.provider.invoices().len() != 1 {
            broken.push(format!("{what}: a charge left"));
        }
        counter.till.close().await;
    }
    broken.extend(put_back(&place.join("moved")).await);
    Case {
        on: "removed, replaced, ledger or log removed, moved and put back".to_owned(),
        result: "each refused by name, 0 told paid, put back goes on".to_owned(),
        broken,
    }
}

/// A folder that was moved away and put back is the same one: the till goes on, and what waited is paid.
async fn put_back(folder: &Path) -> Vec<String> {
    let mut broken = Vec::new();
    let mut counter = Counter::open(folder).await;
    let waiting = counter.charge(1).await.unwrap();
    if !counter.until(&waiting.id, State::Pending).await {
        broken.push("moved: the first payment does not wait".to_owned());
    }
    let elsewhere = folder.with_extension("elsewhere");
    std::fs::rename(folder, &elsewhere).unwrap();
    match counter.charge(2).await {
        Err(error) if obstacle(&error) == Some(Unavailability::Moved) => {}
        other => broken.push(format!("moved: a charge says {other:?}")),
    }
    counter.approve_all();
    tokio::time::sleep(A_WHILE).await;
    std::fs::rename(&elsewhere, folder).unwrap();
    if !counter.until(&waiting.id, State::Paid).await {
        broken.push("put back: what waited is not paid".to_owned());
    }
    broken.extend(counter.held_against_the_book().await);
    broken
}

/// Fifty processes at once: exactly one opens, and every other says that one is open.
fn many_starts(place: &Path, runtime: &tokio::runtime::Runtime) -> Case {
    let folder = place.join("till");
    let keychain = std::sync::Arc::new(stage::Keychain::default());
    runtime.block_on(stage::set_up(&folder, std::sync::Arc::clone(&keychain)));
    keychain.keep(&place.join("keychain"));
    let mut starts: Vec<Child> = (0..STARTS)
        .map(|_| {
            let mut command = Command::new(std::env::current_exe().unwrap());
            command.args(["disk-start", "--at"]).arg(&folder);
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let mut outputs: Vec<_> =
        starts.iter_mut().map(|start| BufReader::new(start.stdout.take().unwrap())).collect();
    let mut inputs: Vec<ChildStdin> = starts.iter_mut().map(|start| start.stdin.take().unwrap()).collect();
    let said = |outputs: &mut Vec<BufReader<_>>| -> BTreeMap<String, usize> {
        let mut words = BTreeMap::new();
        for output in outputs {
            let mut line = String::new();
            output.read_line(&mut line).unwrap();
            *words.entry(line.trim().to_owned()).or_default() += 1;
        }
        words
    };
    said(&mut outputs);
    for input in &mut inputs {
        input.write_all(b"go\n").unwrap();
    }
    let words = said(&mut outputs);
    drop(inputs);
    for mut start in starts {
        start.wait().unwrap();
    }
    let expected = BTreeMap::from([(OPENED.to_owned(), 1), (ALREADY_OPEN.to_owned(), STARTS - 1)]);
    let broken = if words == expected { Vec::new() } else { vec![format!("they said {words:?}")] };
    Case {
        on: format!("{STARTS} processes"),
        result: format!("1 opened, {} say that one is open", STARTS - 1),
        broken,
    }
}
