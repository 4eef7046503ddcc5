//! Acts and their lines: nothing is done without one, from the window or from the command line.

use crate::people::{CASHIER_PIN, OWNER_PIN, Turned, notes, of, opened, try_pin, with_cashier};
use crate::shop::{KEYS, Shop, sale};
use till::domain::{EntryRange, Mode, Right, State};
use till::{
    Archive, ExportRequest, Format, Gate, KeysStatus, PhoneAnswer, Pin, ScreenSettings, TillError, Volume,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_day_s_paper_and_what_leaves_by_the_command_line_stand_in_the_journal_with_a_name() {
    let shop = Shop::new().await;
    let mut open = opened(&shop, Turned::new()).await;
    with_cashier(&open.till).await;
    let payment = open.charge(sale("intent-1", "5000", "90 12 34 56")).await;
    open.until(State::Pending).await;
    open.till.answer_prompt(&payment.id, PhoneAnswer::Approve).unwrap();
    open.till.check_now(&payment.id).await.unwrap();
    open.until(State::Paid).await;
    let afi = open.till.admit(Right::Close).await.unwrap();
    afi.period_pdf(None).await.unwrap();
    assert!(matches!(afi.print_period(None).await, Err(TillError::Printer(_))), "there is none");

    // Beside the open till.
    let data_dir = shop.folder.path().join("till");
    let ports = shop.ports();
    let gate = Gate::of(&data_dir, ports.clone()).await.unwrap().unwrap();
    let (afi, pin) = (of(&open.till, "Afi").id, Pin::typed(OWNER_PIN).unwrap());
    let member = gate.admit(&afi, &pin, Right::Export).await.unwrap();
    gate.close().await;
    let day = open.till.day(None).await.unwrap().day;
    let request = ExportRequest {
        range: EntryRange::Days { from: day, to: day },
        format: Format::CsvFrench,
        whole_numbers: true,
    };
    let at_ms = ports.clock.now_ms();
    let archive = Archive::open(&data_dir).await.unwrap();
    let (folder, copy) = (shop.folder.path().join("elsewhere"), shop.folder.path().join("copy.sqlite3"));
    archive.export(Mode::Training, request, &folder, Some((&member, at_ms))).await.unwrap();
    archive.backup(Mode::Training, &copy, Some((&member, at_ms)), &ports).await.unwrap();
    // The till goes on writing behind them.
    try_pin(&open.till, "Kossi", CASHIER_PIN).await.unwrap();
    open.till.close().await;

    let lines = notes(&data_dir).await;
    let found: Vec<String> = lines.iter().map(|(kind, detail)| format!("{kind}: {detail}")).collect();
    for (wanted, end) in [
        ("period_saved: Afi · X", ""),
        ("period_printed: Afi · X", ""),
        ("not_done: Afi · period_printed", ""),
        ("exported: Afi · csv-fr · ", " · whole numbers · command line"),
        ("backed_up: Afi · ", "copy.sqlite3 · command line"),
        ("signed_in: Kossi", ""),
    ] {
        let is_there = found.iter().any(|line| line.starts_with(wanted) && line.ends_with(end));
        assert!(is_there, "{wanted}…{end} is not in {found:#?}");
    }
    let verified = archive.verify().await.unwrap();
    assert!(verified.iter().all(|(_, found)| found.first_bad.is_none()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_journal_cannot_take_is_not_done() {
    let shop = Shop::new().await;
    let open = shop.live().await;
    with_cashier(&open.till).await;
    let afi = open.till.admit(Right::Keys).await.unwrap();
    // A ledger that no longer lies where it was opened takes no line.
    let path = shop.folder.path().join("till").join("live.sqlite3");
    std::fs::rename(&path, path.with_extension("away")).unwrap();
    let refused = [
        afi.set_mode(Mode::Training).await.map_err(|_| "mode"),
        afi.save_keys("other-key", "other.token", true, true).await.map_err(|_| "keys"),
        afi.forget_keys().await.map_err(|_| "no keys"),
    ];
    assert_eq!(refused, [Err("mode"), Err("keys"), Err("no keys")]);
    std::fs::rename(path.with_extension("away"), &path).unwrap();
    let now = open.till.snapshot().await.unwrap();
    assert_eq!((now.mode, now.keys), (Mode::Live, KeysStatus::Stored), "{}", KEYS.0);
    open.till.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_change_the_screen_at_once_lose_nothing_of_each_other() {
    let shop = Shop::new().await;
    let open = shop.open().await;
    for round in 0..20 {
        let opens = round % 2 == 0;
        let volume = if opens { Volume::Loud } else { Volume::Soft };
        let one = open.till.change_screen(|screen| screen.volume = volume);
        let other = open.till.change_screen(|screen| screen.display = opens);
        let (one, other) = tokio::join!(one, other);
        one.and(other).unwrap();
        let ScreenSettings { volume: found, display, .. } = open.till.screen();
        assert_eq!((found, display), (volume, opens), "round {round}");
    }
    open.till.close().await;
}
