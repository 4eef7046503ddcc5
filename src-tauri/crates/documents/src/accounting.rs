//! Books for the accountant: *livre des recettes* (AUDCG, article 31: day, origin, amount, mode of payment) and a SYSCOHADA
//! journal. Owns the arithmetic of tax and fees, in whole francs, and that every day balances. Refuses to advise: accounts
//! and rates are the shop's own settings.

use crate::csv_file::{Buffered, flushed, french};
use crate::error::DocumentError;
use crate::export::{EntryWriter, ExportOptions, class_in_french, harmless, shown_phone};
use domain::{BusinessDay, Class, EntryRow, LedgerEnd, Tally, Totals, Xof};
use std::io::Write;

/// Hundredths of a percent: 1 800 is 18 %.
const WHOLE: i64 = 10_000;

/// Accounts and rates, editable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accounts {
    /// Where mobile money lies: 552 (SYSCOHADA revised, electronic money).
    pub mobile_money: String,
    /// Sales: 701 for goods, 706 for services.
    pub sales: String,
    /// VAT collected: 4431.
    pub vat: String,
    /// Charges of LigdiCash: 631.
    pub fees: String,
    /// VAT within the amounts, in hundredths of a percent; 0 when the shop does not collect it.
    pub vat_rate: u32,
    /// What LigdiCash keeps, in hundredths of a percent; 0 leaves fees out.
    pub fee_rate: u32,
}

impl Default for Accounts {
    fn default() -> Self {
        Self {
            mobile_money: "552".to_owned(),
            sales: "701".to_owned(),
            vat: "4431".to_owned(),
            fees: "631".to_owned(),
            vat_rate: 0,
            fee_rate: 0,
        }
    }
}

/// `amount × part / whole`, rounded to the nearest franc, halves away from zero.
fn share(amount: Xof, part: i64, whole: i64) -> Option<Xof> {
    let product = amount.francs().checked_mul(part)?;
    let half = if product < 0 { -(whole / 2) } else { whole / 2 };
    Some(Xof::new(product.checked_add(half)? / whole))
}

impl Accounts {
    /// The tax within an amount that includes it; none when it does not fit.
    #[must_use]
    pub fn vat_within(&self, amount: Xof) -> Option<Xof> {
        let rate = i64::from(self.vat_rate);
        share(amount, rate, WHOLE + rate)
    }

    /// What LigdiCash keeps of an amount; none when it does not fit.
    #[must_use]
    pub fn fee_on(&self, amount: Xof) -> Option<Xof> {
        share(amount, i64::from(self.fee_rate), WHOLE)
    }
}

/// *Livre des recettes*: one line per entry.
pub(crate) struct SalesBook<W: Write> {
    writer: Buffered<W>,
    options: ExportOptions,
}

impl<W: Write> SalesBook<W> {
    pub(crate) fn new(options: ExportOptions, output: W) -> Result<Self, DocumentError> {
        let mut writer = french(output)?;
        writer.write_record([
            "Date",
            "N° pièce",
            "Origine",
            "Nature",
            "Montant (F CFA)",
            "Mode de paiement",
            "N° écriture",
            "Empreinte",
        ])?;
        Ok(Self { writer, options })
    }
}

impl<W: Write> EntryWriter for SalesBook<W> {
    fn write(&mut self, row: &EntryRow<'_>) -> Result<(), DocumentError> {
        let piece = match row.receipt_number {
            Some(number) => format!("Reçu {number}"),
            None => format!("Écriture {}", row.number),
        };
        let phone = shown_phone(row.phone, self.options.whole_numbers);
        let origin = if phone.is_empty() { "Client".to_owned() } else { format!("Client {phone}") };
        let nature = match row.class {
            Class::Verified => "Vente",
            Class::Late => "Vente, paiement tardif",
            Class::Accepted => "Vente, acceptée par un responsable",
            Class::Refund => "Remboursement",
            Class::Reversal => "Annulation d’une acceptation",
        };
        let payment_mode = format!("Mobile money, {}", row.operator.unwrap_or("opérateur inconnu"));
        self.writer.write_record([
            row.day.french().as_str(),
            &piece,
            &harmless(&origin),
            nature,
            &row.amount.francs().to_string(),
            &harmless(&payment_mode),
            &row.number.to_string(),
            &harmless(row.hash),
        ])?;
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), DocumentError> {
        flushed(self.writer)
    }
}

/// SYSCOHADA journal: each day's money by class, in double entry.
pub(crate) struct Journal<W: Write> {
    writer: Buffered<W>,
    options: ExportOptions,
    day: Option<(BusinessDay, Totals)>,
    /// The last entry that came.
    last: LedgerEnd,
    piece: i64,
}

/// One movement: positive as debit, negative as credit.
struct Movement<'a> {
    account: &'a str,
    label: String,
    debit: Xof,
}

impl<W: Write> Journal<W> {
    pub(crate) fn new(options: ExportOptions, output: W) -> Result<Self, DocumentError> {
        let mut writer = french(output)?;
        writer.write_record([
            "Date",
            "Journal",
            "N° pièce",
            "Compte",
            "Libellé",
            "Débit",
            "Crédit",
            "Dernière écriture",
            "Empreinte",
        ])?;
        Ok(Self { writer, options, day: None, last: LedgerEnd::default(), piece: 0 })
    }

    fn write_day(&mut self) -> Result<(), DocumentError> {
        let Some((day, totals)) = self.day.take() else { return Ok(()) };
        for class in Class::ALL {
            let tally = totals.of(*class);
            if tally.count == 0 {
                continue;
            }
            self.piece += 1;
            let movements = movements(&self.options.accounts, day, *class, tally)
                .ok_or_else(|| DocumentError::Value(tally.amount.to_string()))?;
            for Movement { account, label, debit } in movements {
                let francs = debit.francs();
                let side = |amount: i64| if amount > 0 { amount.to_string() } else { String::new() };
                self.writer.write_record([
                    day.french().as_str(),
                    "MM",
                    &self.piece.to_string(),
                    &harmless(account),
                    &harmless(&label),
                    &side(francs),
                    &side(-francs),
                    &self.last.entries.to_string(),
                    &harmless(&self.last.hash),
                ])?;
            }
        }
        Ok(())
    }
}

/// The movements of one class of one day; they sum to nothing.
fn movements(accounts: &Accounts, day: BusinessDay, class: Class, tally: Tally) -> Option<Vec<Movement<'_>>> {
    let label = format!("{} du {} ({})", class_in_french(class), day.french(), tally.count);
    let vat = accounts.vat_within(tally.amount)?;
    let sales = tally.amount.checked_sub(vat)?;
    // A refund is made of the whole amount: LigdiCash is not known to give its fee back.
    let fee = match class {
        Class::Verified | Class::Late => accounts.fee_on(tally.amount)?,
        Class::Accepted | Class::Refund | Class::Reversal => Xof::ZERO,
    };
    let movement = |account, debit| Movement { account, label: label.clone(), debit };
    let all = vec![
        movement(accounts.mobile_money.as_str(), tally.amount),
        movement(&accounts.sales, sales.checked_neg()?),
        movement(&accounts.vat, vat.checked_neg()?),
        Movement { account: &accounts.fees, label: format!("Frais, {label}"), debit: fee },
        Movement {
            account: &accounts.mobile_money,
            label: format!("Frais, {label}"),
            debit: fee.checked_neg()?,
        },
    ];
    Some(all.into_iter().filter(|movement| movement.debit != Xof::ZERO).collect())
}

impl<W: Write> EntryWriter for Journal<W> {
    fn write(&mut self, row: &EntryRow<'_>) -> Result<(), DocumentError> {
        if self.day.is_none_or(|(day, _)| day != row.day) {
            self.write_day()?;
        }
        let totals = self.day.map_or(Totals::default(), |(_, totals)| totals);
        let tally = Tally { count: 1, amount: row.amount };
        let totals = totals
            .checked_with(row.class, tally)
            .ok_or_else(|| DocumentError::Value(row.amount.to_string()))?;
        self.day = Some((row.day, totals));
        self.last.entries = row.number;
        self.last.hash.clear();
        self.last.hash.push_str(row.hash);
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), DocumentError> {
        self.write_day()?;
        flushed(self.writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tax_and_fees_are_whole_francs() {
        let accounts = Accounts { vat_rate: 1_800, fee_rate: 250, ..Accounts::default() };
        for (francs, vat, fee) in
            [(11_800, 1_800, 295), (5_000, 763, 125), (100, 15, 3), (-5_000, -763, -125), (0, 0, 0)]
        {
            assert_eq!(accounts.vat_within(Xof::new(francs)), Some(Xof::new(vat)), "{francs}");
            assert_eq!(accounts.fee_on(Xof::new(francs)), Some(Xof::new(fee)), "{francs}");
        }
        assert_eq!(accounts.vat_within(Xof::new(i64::MAX)), None);
    }

    proptest! {
        #[test]
        fn every_piece_balances(
            francs in -2_000_000_000i64..2_000_000_000,
            vat_rate in 0u32..10_000,
            fee_rate in 0u32..10_000,
            class in 0usize..5,
        ) {
            let accounts = Accounts { vat_rate, fee_rate, ..Accounts::default() };
            let day: BusinessDay = "2026-11-24".parse().unwrap();
            let tally = Tally { count: 3, amount: Xof::new(francs) };
            let movements = movements(&accounts, day, Class::ALL[class], tally).unwrap();
            let sum: i64 = movements.iter().map(|movement| movement.debit.francs()).sum();
            prop_assert_eq!(sum, 0);
            let into: i64 = movements
                .iter()
                .filter(|one| one.account == "552" && !one.label.starts_with("Frais"))
                .map(|one| one.debit.francs())
                .sum();
            prop_assert_eq!(into, francs);
        }
    }
}
