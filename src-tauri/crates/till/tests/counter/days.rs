//! The merchant's day: receipts, closings and files, from real payments.

use crate::shop::{Open, Shop, sale};
use simulator::Answer;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use till::domain::{DecisionKind, EntryRange, Mode, ReceiptClaim, State, Xof};
use till::{
    Archive, Boxed, ClaimVerdict, Clock, ExportError, ExportRequest, Format, PageSize, Payment, Ports,
    PrinterConnection, SystemClock, Till, TillError,
};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

impl Shop {
    fn files(&self) -> Vec<String> {
        let folder = self.folder.path().join("exports");
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .map(|entries| entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect())
            .unwrap_or_default();
        names.sort();
        names
    }

    async fn paid(&self, open: &mut Open, intent: &str, amount: &str, phone: &str) -> Payment {
        let payment = open.charge(sale(intent, amount, phone)).await;
        open.until(State::Pending).await;
        self.provider.answer(payment.id.as_str(), Answer::Approve).unwrap();
        open.till.check_now(&payment.id).await.unwrap();
        open.until(State::Paid).await
    }
}

impl Open {
    async fn with_printer(&self, printer: PrinterConnection) {
        let mut settings = self.till.settings();
        settings.papers.printer = printer;
        self.till.save_settings(settings).await.unwrap();
    }

    async fn today(&self) -> EntryRange {
        let day = self.till.day(None).await.unwrap().day;
        EntryRange::Days { from: day, to: day }
    }
}

fn request(range: EntryRange, format: Format) -> ExportRequest {
    ExportRequest { range, format, whole_numbers: false }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_sold_read_closed_and_exported_in_every_format() {
    let shop = Shop::new().await;
    let mut open = shop.live().await;
    shop.paid(&mut open, "a", "5000", "90123456").await;
    let second = shop.paid(&mut open, "b", "700", "91123456").await;
    let waiting = open.charge(sale("c", "1200", "92123456")).await;
    open.until(State::Pending).await;
    let refund =
        |kind| open.till.decide(&second.id, kind, "Afi".into(), "rendu".into(), Some("R-17".to_owned()));
    refund(DecisionKind::RefundRecorded).await.unwrap();

    let day = open.till.day(None).await.unwrap();
    assert_eq!((day.mode, day.totals.net(), day.totals.sales()), (Mode::Live, Some(Xof::new(5_000)), 2));
    assert_eq!((day.reading.number, day.reading.unresolved.len()), (1, 1));
    assert!(day.is_today && day.days.len() == 30 && day.closings.is_empty());
    let today = open.today().await;
    for format in Format::ALL {
        let exported = open.till.export(request(today, format)).await.unwrap();
        assert_eq!((exported.entries, exported.amount), (3, Xof::new(5_000)), "{format:?}");
        assert!(std::fs::metadata(&exported.path).unwrap().len() > 100, "{format:?}");
    }
    assert_eq!(shop.files().len(), Format::ALL.len());

    // The customer approves just before the closing, which asks first and so has it.
    shop.provider.answer(waiting.id.as_str(), Answer::Approve).unwrap();
    let closing = open.till.close_day(1, " Afi ").await.unwrap();
    assert_eq!((closing.period.net, closing.who.as_str()), (Xof::new(6_200), "Afi"));
    assert!(closing.period.unresolved.is_empty());
    assert!(matches!(open.till.close_day(1, "Afi").await, Err(TillError::ClosingMoved)));
    let exported = open.till.export(request(EntryRange::Closing(1), Format::CsvFrench)).await.unwrap();
    assert_eq!((exported.entries, exported.amount), (4, Xof::new(6_200)));
    assert!(exported.path.ends_with("encaisse-Z1-excel.csv"), "{exported:?}");
    for number in [None, Some(1)] {
        assert!(open.till.period_pdf(number).await.unwrap().exists());
    }
    assert!(matches!(open.till.period_pdf(Some(2)).await, Err(TillError::NotFound)));
    assert_eq!(open.till.day(None).await.unwrap().closings, [closing]);

    // From the command line, beside the open till.
    let data = shop.folder.path().join("till");
    let archive = Archive::open(&data).await.unwrap();
    let folder = shop.folder.path().join("elsewhere");
    let exported = archive.export(Mode::Live, request(today, Format::Xlsx), &folder, None).await.unwrap();
    assert_eq!((exported.entries, exported.amount), (4, Xof::new(6_200)));
    let verified = archive.verify().await.unwrap();
    assert!(verified.iter().all(|(_, found)| found.first_bad.is_none()));
    open.till.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_are_printed_counted_and_recognised() {
    let shop = Shop::new().await;
    let mut open = shop.live().await;
    let paid = shop.paid(&mut open, "a", "5000", "90123456").await;

    assert!(matches!(open.till.print_receipt(&paid.id).await, Err(TillError::Printer(_))));
    // A port that nobody listens to: nothing was printed, so nothing is counted.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    open.with_printer(PrinterConnection::Network(address.clone())).await;
    assert!(matches!(open.till.print_receipt(&paid.id).await, Err(TillError::Printer(_))));
    assert_eq!(open.till.receipt(&paid.id).await.unwrap().duplicate, 0);

    let listener = TcpListener::bind(&address).await.unwrap();
    let printing = tokio::spawn(async move {
        let mut bytes = Vec::new();
        listener.accept().await.unwrap().0.read_to_end(&mut bytes).await.unwrap();
        bytes
    });
    let printed = open.till.print_receipt(&paid.id).await.unwrap();
    assert_eq!(printed.duplicate, 0);
    let paper = printing.await.unwrap();
    let holds = |part: &str| paper.windows(part.len()).any(|window| window == part.as_bytes());
    assert!(holds("Chez Afi") && holds("ENCAISSE1/") && !holds("DUPLICATA") && !holds("90123456"));

    let file = shop.folder.path().join("printer.bin");
    open.with_printer(PrinterConnection::File(file.to_string_lossy().into_owned())).await;
    assert_eq!(open.till.print_receipt(&paid.id).await.unwrap().duplicate, 1);
    open.till.print_test().await.unwrap();
    open.till.print_period(None).await.unwrap();
    let paper = std::fs::read(&file).unwrap();
    let holds = |part: &str| paper.windows(part.len()).any(|window| window == part.as_bytes());
    assert!(holds("DUPLICATA n") && holds("TICKET D'ESSAI") && holds("LECTURE X"));

    let pdf = open.till.receipt_pdf(&paid.id, PageSize::A4).await.unwrap();
    assert!(pdf.ends_with("recu-000001-duplicata-2-a4.pdf"), "{pdf:?}");
    let receipt = open.till.receipt(&paid.id).await.unwrap();
    assert_eq!((receipt.duplicate, receipt.shop.name.as_str()), (3, "Chez Afi"));
    let claim = receipt.claim();
    assert_eq!(open.till.check_receipt(&claim).await.unwrap(), ClaimVerdict::Authentic);
    let changed = ReceiptClaim { amount: Xof::new(50_000), ..claim.clone() };
    assert_eq!(open.till.check_receipt(&changed).await.unwrap(), ClaimVerdict::Changed);
    let archive = Archive::open(&shop.folder.path().join("till")).await.unwrap();
    assert_eq!(archive.check_receipt(&claim).await.unwrap(), (Mode::Live, ClaimVerdict::Authentic));

    let waiting = open.charge(sale("b", "700", "91123456")).await;
    assert!(matches!(open.till.receipt(&waiting.id).await, Err(TillError::NotFound)));
    let (_, _, story) = open.till.detail(&paid.id).await.unwrap();
    let told = |kind: &str| story.iter().filter(|line| line.kind == kind).count();
    assert_eq!((told("receipt_issued"), told("receipt_taken_back")), (5, 2));
    open.till.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_exported_is_said_and_leaves_no_file() {
    let shop = Shop::new().await;
    let mut open = shop.live().await;
    let today = open.today().await;
    let csv = |range| request(range, Format::CsvFrench);
    let refused = async |open: &Open, range| match open.till.export(csv(range)).await {
        Err(TillError::Export(error)) => error,
        other => panic!("{other:?}"),
    };
    assert!(matches!(refused(&open, today).await, ExportError::NothingThere));
    assert!(matches!(refused(&open, EntryRange::Closing(1)).await, ExportError::NoSuchClosing));
    let EntryRange::Days { from, .. } = today else { panic!() };
    let backwards = EntryRange::Days { from, to: from.previous().unwrap() };
    assert!(matches!(refused(&open, backwards).await, ExportError::EndBeforeStart));
    shop.paid(&mut open, "a", "5000", "90123456").await;

    // A file where the folder should be, and a folder where the file should be.
    let in_the_way = shop.folder.path().join("exports");
    std::fs::write(&in_the_way, "mine").unwrap();
    assert!(matches!(refused(&open, today).await, ExportError::Folder { .. }));
    assert_eq!(std::fs::read_to_string(&in_the_way).unwrap(), "mine");
    std::fs::remove_file(&in_the_way).unwrap();
    let name = format!("encaisse-{from}-excel.csv");
    std::fs::create_dir_all(in_the_way.join(&name).join("held")).unwrap();
    assert!(matches!(refused(&open, today).await, ExportError::Held { .. }));
    assert_eq!(shop.files(), [name]);
    open.till.close().await;
}

/// A full disk, as the system says it, at the first byte and after many.
#[test]
fn a_full_disk_is_named_and_leaves_the_older_file_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("jour.csv");
    std::fs::write(&path, "older").unwrap();
    for written in [0usize, 100_000] {
        let full = till::write_whole(&path, |file| {
            use std::io::Write;
            let said = file.write_all(&vec![b'x'; written]).and_then(|()| no_room());
            said.map_err(|error| ExportError::from(documents::DocumentError::Io(error)))
        });
        assert!(matches!(full, Err(ExportError::DiskFull { .. })), "{full:?}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "older");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

/// What Linux says when it cannot write another byte.
fn no_room() -> std::io::Result<()> {
    use std::io::Write;
    if !Path::new("/dev/full").exists() {
        return Err(std::io::ErrorKind::StorageFull.into());
    }
    std::fs::OpenOptions::new().write(true).open("/dev/full")?.write_all(b"x")
}

/// A clock that is two years and a month ahead.
struct Later(SystemClock);

impl Clock for Later {
    fn now_ms(&self) -> i64 {
        self.0.now_ms() + 25 * 31 * 24 * 3_600_000
    }

    fn monotonic_ms(&self) -> i64 {
        self.0.monotonic_ms()
    }

    fn sleep(&self, wait: Duration) -> Boxed<'_, ()> {
        self.0.sleep(wait)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_older_than_the_shop_keeps_them_are_erased_and_the_chain_still_verifies() {
    let shop = Shop::new().await;
    let mut open = shop.live().await;
    let paid = shop.paid(&mut open, "a", "5000", "90123456").await;
    let mut settings = open.till.settings();
    settings.papers.purge_after_months = 24;
    open.till.save_settings(settings).await.unwrap();
    assert_eq!(open.till.receipt(&paid.id).await.unwrap().phone, "90 12 •• 56");
    open.till.close().await;
    drop(open);

    // Two years and a month later.
    let ports = Ports { clock: Arc::new(Later(SystemClock::new())), ..shop.ports() };
    let till = Till::open(shop.options(), ports).await.unwrap();
    till.close().await;
    drop(till);
    let archive = Archive::open(&shop.folder.path().join("till")).await.unwrap();
    assert!(archive.verify().await.unwrap().iter().all(|(_, found)| found.first_bad.is_none()));
    let open = shop.open().await;
    let receipt = open.till.receipt(&paid.id).await.unwrap();
    assert_eq!((receipt.phone.as_str(), receipt.number), ("", 1));
    assert_eq!(open.till.check_receipt(&receipt.claim()).await.unwrap(), ClaimVerdict::Authentic);
    open.till.close().await;
    let nowhere = Archive::open(&shop.folder.path().join("nowhere")).await;
    assert!(matches!(nowhere, Err(TillError::NotFound)));
}
