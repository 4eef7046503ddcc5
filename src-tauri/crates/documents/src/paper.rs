//! What is printed, line by line, before any printer or page has its say. Owns the wording and order of receipts, readings,
//! closings and the test ticket, in French, as the shop's customers and accountant read them.

use crate::export::class_in_french;
use domain::{Class, Closing, DayRule, Mode, Period, Receipt, ShopIdentity, State, amount_in_words};

/// One line of paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// Large and centred.
    Title(String),
    /// Centred.
    Centre(String),
    /// White on black, or framed: must be seen.
    Banner(String),
    /// The amount: very large and centred.
    Amount(String),
    /// A word on the left, what it is on the right; below each other when they do not fit.
    Pair(String, String),
    /// As [`Line::Pair`], bold.
    Strong(String, String),
    /// Running text, wrapped.
    Text(String),
    /// A line across.
    Rule,
    /// Some white.
    Gap,
    /// A QR code.
    Qr(String),
}

/// « Ne tient pas lieu de facture normalisée (OTR) ».
const NOT_AN_INVOICE: &str = "Ne tient pas lieu de facture normalisée (OTR)";
const TRAINING: &str = "MODE ÉCOLE";

fn pair(word: &str, value: impl Into<String>) -> Line {
    Line::Pair(word.to_owned(), value.into())
}

fn head(lines: &mut Vec<Line>, shop: &ShopIdentity, mode: Mode) {
    match mode {
        Mode::Training => lines.push(Line::Banner(format!("{TRAINING} – SANS VALEUR"))),
        Mode::Live => {}
    }
    lines.push(Line::Title(shop.name.clone()));
    if !shop.address.is_empty() {
        lines.extend(shop.address.lines().map(|line| Line::Centre(line.to_owned())));
    }
    if !shop.nif.is_empty() {
        lines.push(Line::Centre(format!("NIF {}", shop.nif)));
    }
    lines.push(Line::Gap);
}

fn foot(lines: &mut Vec<Line>, mode: Mode) {
    match mode {
        Mode::Training => lines.push(Line::Banner(TRAINING.to_owned())),
        Mode::Live => {}
    }
}

/// A receipt of payment.
#[must_use]
pub fn receipt(receipt: &Receipt) -> Vec<Line> {
    let mut lines = Vec::new();
    head(&mut lines, &receipt.shop, receipt.mode);
    lines.push(Line::Centre("REÇU DE PAIEMENT".to_owned()));
    if receipt.duplicate > 0 {
        lines.push(Line::Banner(format!("DUPLICATA n° {}", receipt.duplicate)));
    }
    lines.push(Line::Amount(receipt.amount.to_string()));
    if let Some(words) = amount_in_words(receipt.amount) {
        lines.push(Line::Centre(words));
    }
    lines.push(Line::Rule);
    lines.push(Line::Strong("Reçu n°".to_owned(), receipt.number.to_string()));
    lines.push(pair("Date", receipt.at.date().french()));
    lines.push(pair("Heure", receipt.at.clock()));
    if !receipt.phone.is_empty() {
        lines.push(pair("Numéro", receipt.phone.clone()));
    }
    if !receipt.operator.is_empty() {
        lines.push(pair("Opérateur", receipt.operator.clone()));
    }
    if !receipt.request_id.is_empty() {
        lines.push(pair("Réf. LigdiCash", receipt.request_id.clone()));
    }
    lines.push(pair("Notre réf.", receipt.reference.to_string()));
    lines.push(pair("Écriture n°", receipt.entry.to_string()));
    lines.push(pair("Empreinte", receipt.grouped_fingerprint()));
    lines.push(Line::Rule);
    lines.push(Line::Qr(receipt.claim().to_string()));
    lines.push(Line::Centre(NOT_AN_INVOICE.to_owned()));
    lines.push(Line::Centre("Merci de votre visite".to_owned()));
    foot(&mut lines, receipt.mode);
    lines
}

/// What a period is called on paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeriodPaper<'a> {
    /// X: still open.
    Reading(&'a Period),
    /// Z: sealed.
    Closing(&'a Closing),
}

impl PeriodPaper<'_> {
    /// What it adds up.
    #[must_use]
    pub const fn period(&self) -> &Period {
        match self {
            Self::Reading(period) => period,
            Self::Closing(closing) => &closing.period,
        }
    }
}

/// How French readers call the state of a payment that is not resolved.
const fn state_in_french(state: State) -> &'static str {
    match state {
        State::Recorded => "enregistré",
        State::Submitting => "envoi en cours",
        State::Pending => "en attente du client",
        State::Uncertain => "envoi incertain",
        State::Review => "à vérifier",
        State::Paid => "payé",
        State::Failed => "non abouti",
        State::Rejected => "refusé",
        State::NotSent => "non envoyé",
    }
}

/// A reading (X) or a closing (Z).
#[must_use]
pub fn period(shop: &ShopIdentity, mode: Mode, rule: &DayRule, paper: PeriodPaper<'_>) -> Vec<Line> {
    let period = paper.period();
    let mut lines = Vec::new();
    head(&mut lines, shop, mode);
    match paper {
        PeriodPaper::Reading(_) => {
            lines.push(Line::Title("LECTURE X".to_owned()));
            lines.push(Line::Centre("Journée en cours, non clôturée".to_owned()));
        }
        PeriodPaper::Closing(closing) => {
            lines.push(Line::Title(format!("CLÔTURE Z n° {}", closing.period.number)));
            if !closing.who.is_empty() {
                lines.push(Line::Centre(format!("par {}", closing.who)));
            }
        }
    }
    lines.push(Line::Rule);
    lines.push(pair("Jour de caisse", period.day.french()));
    if let Ok(at) = rule.local(period.at_ms) {
        lines.push(pair("Établie le", format!("{} {}", at.date().french(), at.clock())));
    }
    let entries = if period.last_entry < period.first_entry {
        "aucune".to_owned()
    } else {
        format!("{} à {}", period.first_entry, period.last_entry)
    };
    lines.push(pair("Écritures", entries));
    lines.push(Line::Rule);
    for class in Class::ALL {
        let tally = period.totals.of(*class);
        let word = format!("{} ({})", class_in_french(*class), tally.count);
        lines.push(pair(&word, tally.amount.to_string()));
    }
    for earlier in &period.from_earlier {
        let word = format!("dont suite à la clôture Z {} ({})", earlier.closing, earlier.tally.count);
        lines.push(pair(&word, earlier.tally.amount.to_string()));
    }
    lines.push(Line::Strong("NET".to_owned(), period.net.to_string()));
    lines.push(Line::Strong("Total perpétuel".to_owned(), period.grand_total.to_string()));
    lines.push(Line::Rule);
    if period.unresolved.is_empty() {
        lines.push(Line::Text("Aucun paiement en attente ou incertain.".to_owned()));
    } else {
        lines.push(Line::Text(format!("{} paiement(s) non résolu(s) :", period.unresolved.len())));
        for open in &period.unresolved {
            lines.push(pair(state_in_french(open.state), open.amount.to_string()));
            lines.push(Line::Text(open.id.to_string()));
        }
    }
    lines.push(Line::Rule);
    lines
        .push(Line::Text(format!("Base : {} écriture(s), dernière {}", period.last_entry, period.last_hash)));
    if let PeriodPaper::Closing(closing) = paper {
        lines.push(Line::Text(format!("Empreinte {}", closing.hash)));
    }
    foot(&mut lines, mode);
    lines
}

/// What a printer is tried with: every French letter, figures, and a QR code.
#[must_use]
pub fn test_ticket(shop: &ShopIdentity) -> Vec<Line> {
    let mut lines = Vec::new();
    head(&mut lines, shop, Mode::Live);
    lines.push(Line::Banner("TICKET D’ESSAI".to_owned()));
    lines.push(Line::Text("àâäæçéèêëîïôœùûüÿ ÀÂÄÆÇÉÈÊËÎÏÔŒÙÛÜŸ « » ’ – € n°".to_owned()));
    lines.push(Line::Text(
        "Si les accents sont faux, changez la page de codes ou choisissez l’image.".to_owned(),
    ));
    lines.push(Line::Rule);
    lines.push(pair("Gauche", "droite"));
    lines.push(Line::Amount("12\u{a0}500\u{a0}F".to_owned()));
    lines.push(Line::Qr("ENCAISSE TICKET D'ESSAI".to_owned()));
    lines
}
