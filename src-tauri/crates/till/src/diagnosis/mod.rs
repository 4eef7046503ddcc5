//! Whether everything that a sale needs is there, each part tried by using it. Owns what is tried, and what may be said of
//! it: one word a line, and a detail for support without a secret or a number. Refuses to mend: each line says what a
//! person can do.

mod probes;

use crate::error::{KeysProblem, TillError};
use crate::gateway::{ConnectionReport, ConnectionVerdict};
use crate::keyring_state::KeysStatus;
use crate::till::{Till, patiently};
use crate::witness::ChainKeeping;
use domain::{Mode, State};
use ledger::{LedgerError, Unavailability};
use ligdicash::CreateCode;

/// How many results are looked through for a refusal of this connection.
const RESULTS: u32 = 5;

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// LigdiCash knows the keys.
    Keys,
    /// The way to LigdiCash.
    Network,
    /// LigdiCash itself.
    Server,
    /// The secure connection.
    Certificate,
    /// This computer's clock beside LigdiCash's.
    Clock,
    /// The system's keychain.
    Keychain,
    /// The receipt printer.
    Printer,
    /// The disk with the ledgers.
    Disk,
    /// The ledgers.
    Ledger,
    /// What the keychain remembers of the ledger's end.
    Chain,
}

/// What was found of one part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// It serves.
    Good,
    /// Something before it is missing, so it could not be tried.
    NotTried,
    /// No keys were entered.
    KeysMissing,
    /// The sealed keys cannot be read.
    KeysUnreadable,
    /// The keys serve, until the till closes.
    KeysForSession,
    /// LigdiCash refuses the keys.
    KeysRefused,
    /// LigdiCash knows the keys, and does not let them take payments.
    PayinNotActivated,
    /// The last sale was refused because of this internet connection (`Code03`).
    AddressRefused,
    /// No way to the server.
    NoConnection,
    /// Something answers that is not LigdiCash.
    NoUsableAnswer,
    /// A test server is in use.
    OtherServer,
    /// The secure connection could not be made.
    TlsRefused,
    /// A test server on this machine, which has no certificate.
    NoCertificate,
    /// The clock is wrong.
    ClockWrong,
    /// No keychain answers.
    KeychainUnavailable,
    /// The keychain is locked, or a person said no.
    KeychainLocked,
    /// The keychain did not give back what it was given.
    KeychainForgets,
    /// No printer is set.
    NoPrinter,
    /// The printer does not answer.
    PrinterUnreachable,
    /// The disk does not take or give back what is written.
    DiskFails,
    /// Little room is left.
    DiskLow,
    /// Something in the ledger is not as it was written; it takes no more sales.
    LedgerDamaged,
    /// The ledger cannot be read.
    LedgerUnreadable,
    /// The ledger lacks what it had.
    ChainLost,
    /// The keychain had the ledger's end, and has it no more.
    ChainForgotten,
    /// The keychain cannot keep the ledger's end.
    ChainUnkept,
}

/// How a part stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// It serves.
    Good,
    /// It serves, and there is something to know.
    Notice,
    /// It could not be tried, or is not wanted.
    Untried,
    /// Somebody must do something.
    Bad,
}

impl Found {
    /// How the part stands of which this was found.
    #[must_use]
    pub const fn health(self) -> Health {
        match self {
            Self::Good => Health::Good,
            Self::NotTried | Self::NoPrinter => Health::Untried,
            Self::KeysForSession
            | Self::OtherServer
            | Self::NoCertificate
            | Self::DiskLow
            | Self::ChainForgotten
            | Self::ChainUnkept => Health::Notice,
            Self::KeysMissing
            | Self::KeysUnreadable
            | Self::KeysRefused
            | Self::PayinNotActivated
            | Self::AddressRefused
            | Self::NoConnection
            | Self::NoUsableAnswer
            | Self::TlsRefused
            | Self::ClockWrong
            | Self::KeychainUnavailable
            | Self::KeychainLocked
            | Self::KeychainForgets
            | Self::PrinterUnreachable
            | Self::DiskFails
            | Self::LedgerDamaged
            | Self::LedgerUnreadable
            | Self::ChainLost => Health::Bad,
        }
    }
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Of what.
    pub part: Part,
    /// What.
    pub found: Found,
    /// For support: a host, a count, what the system said. Never a secret; may be empty.
    pub detail: String,
}

impl Finding {
    fn new(part: Part, found: Found, detail: impl Into<String>) -> Self {
        Self { part, found, detail: detail.into() }
    }
}

impl Till {
    /// Tries everything that a sale needs. Moves no money: the keys are tested as [`Till::test_connection`] does, the printer is
    /// only reached for, and what is written to the keychain and the disk is removed again.
    pub async fn diagnose(&self) -> Vec<Finding> {
        // One at a time: each run writes, reads back and removes.
        let _turn = self.diagnosing().lock().await;
        let settings = self.settings();
        let (line, keychain, printer, disk, ledgers) = tokio::join!(
            self.test_connection(),
            probes::keychain(self.ports()),
            probes::printer(&settings.papers.printer),
            probes::disk(self.data_dir()),
            self.examined_ledgers(),
        );
        let refused = self.was_refused_here().await;
        let mut findings = self.of_the_line(line, refused);
        let chain = self.of_the_chain(keychain.found == Found::Good).await;
        findings.extend([keychain, printer, disk, ledgers, chain]);
        findings
    }

    /// Keys, network, server, certificate and clock, out of one exchange.
    fn of_the_line(&self, tested: Result<ConnectionReport, TillError>, refused: bool) -> Vec<Finding> {
        let url = self.base_url();
        let report = match tested {
            Ok(report) => report,
            Err(error) => {
                let found = if let TillError::Keys(problem) = &error {
                    of_keys(problem)
                } else {
                    Found::KeysUnreadable
                };
                let untried = [Part::Network, Part::Server, Part::Certificate, Part::Clock];
                let untried = untried.map(|part| Finding::new(part, Found::NotTried, ""));
                let detail = if found == Found::KeysMissing { String::new() } else { error.to_string() };
                return std::iter::once(Finding::new(Part::Keys, found, detail)).chain(untried).collect();
            }
        };
        let answers = if url.is_official() { Found::Good } else { Found::OtherServer };
        let secure = if url.as_str().starts_with("http://") { Found::NoCertificate } else { Found::Good };
        let (keys, network, server, certificate) = match report.verdict {
            ConnectionVerdict::KeysAccepted if refused => {
                (Found::AddressRefused, Found::Good, answers, secure)
            }
            ConnectionVerdict::KeysAccepted => (self.accepted(), Found::Good, answers, secure),
            ConnectionVerdict::KeysRefused => (Found::KeysRefused, Found::Good, answers, secure),
            ConnectionVerdict::PayinNotActivated => (Found::PayinNotActivated, Found::Good, answers, secure),
            ConnectionVerdict::NoConnection => {
                (Found::NotTried, Found::NoConnection, Found::NotTried, Found::NotTried)
            }
            ConnectionVerdict::Tls => (Found::NotTried, Found::Good, Found::NotTried, Found::TlsRefused),
            ConnectionVerdict::NoUsableAnswer => {
                (Found::NotTried, Found::Good, Found::NoUsableAnswer, secure)
            }
        };
        let told = |is_told: bool| if is_told { report.detail.as_str() } else { "" };
        let clock = match (self.clock_wrong_by_ms(), report.server_ms) {
            (Some(by_ms), _) => {
                Finding::new(Part::Clock, Found::ClockWrong, format!("{:+} s", by_ms / 1_000))
            }
            (None, Some(_)) => Finding::new(Part::Clock, Found::Good, ""),
            (None, None) => Finding::new(Part::Clock, Found::NotTried, ""),
        };
        let code = report.code.as_ref().map(|code| format!("Code{code}")).unwrap_or_default();
        vec![
            Finding::new(
                Part::Keys,
                keys,
                if keys == Found::AddressRefused { "Code03".to_owned() } else { code },
            ),
            Finding::new(Part::Network, network, told(network == Found::NoConnection)),
            Finding::new(
                Part::Server,
                server,
                if server == Found::NoUsableAnswer { report.detail.clone() } else { report.server.clone() },
            ),
            Finding::new(Part::Certificate, certificate, told(certificate == Found::TlsRefused)),
            clock,
        ]
    }

    fn accepted(&self) -> Found {
        match self.keys_status() {
            KeysStatus::SessionOnly => Found::KeysForSession,
            KeysStatus::Stored | KeysStatus::Problem(_) => Found::Good,
        }
    }

    /// Whether LigdiCash refused the newest live payment that it answered because of this connection (`Code03`, API reference,
    /// section 12.1).
    async fn was_refused_here(&self) -> bool {
        let Some(live) = self.open_counters().into_iter().find(|counter| counter.mode == Mode::Live) else {
            return false;
        };
        let recent = live.ledger.recent(RESULTS).await.unwrap_or_default();
        let answered = recent.iter().find(|payment| {
            matches!(payment.state, State::Paid | State::Failed | State::Rejected | State::Review)
        });
        answered
            .and_then(|payment| payment.refusal.as_ref())
            .is_some_and(|refusal| refusal.code == CreateCode::IpDenied.as_str())
    }

    /// Every open ledger, read whole. One that is damaged takes no more sales, as whenever that is found.
    async fn examined_ledgers(&self) -> Finding {
        let mut found = Found::NotTried;
        for counter in self.open_counters() {
            let (bad, detail) = match self.read_whole(&counter).await {
                Ok(None) if self.is_closing() => continue,
                Ok(None) => {
                    found = Found::Good;
                    continue;
                }
                Ok(Some(detail)) => (Found::LedgerDamaged, detail),
                // Another one took its place meanwhile.
                Err(TillError::Ledger(LedgerError::Unavailable { kind: Unavailability::Closed, .. })) => {
                    continue;
                }
                Err(error) => (Found::LedgerUnreadable, error.to_string()),
            };
            return Finding::new(Part::Ledger, bad, format!("{}: {detail}", counter.mode));
        }
        Finding::new(Part::Ledger, found, "")
    }

    /// Held against the keychain once more, when that serves.
    async fn of_the_chain(&self, keychain_serves: bool) -> Finding {
        let witness = self.witness();
        if let Some(witness) = witness.clone().filter(|_| keychain_serves) {
            patiently(async move { witness.attend(true).await }).await;
        }
        let (found, detail) = match witness.map(|witness| witness.keeping()).unwrap_or_default() {
            ChainKeeping::Unasked => (Found::NotTried, String::new()),
            ChainKeeping::Kept => (Found::Good, String::new()),
            ChainKeeping::Unkept(problem) => (Found::ChainUnkept, problem.to_string()),
            ChainKeeping::Forgotten => (Found::ChainForgotten, String::new()),
            ChainKeeping::Lost(loss) => {
                (Found::ChainLost, format!("{} → {}", loss.kept.entries.count, loss.found.entries.count))
            }
        };
        Finding::new(Part::Chain, found, detail)
    }
}

const fn of_keys(problem: &KeysProblem) -> Found {
    match problem {
        KeysProblem::Missing => Found::KeysMissing,
        KeysProblem::Unreadable(_) => Found::KeysUnreadable,
        KeysProblem::KeychainUnavailable(_) => Found::KeychainUnavailable,
        KeysProblem::KeychainLocked(_) => Found::KeychainLocked,
    }
}
