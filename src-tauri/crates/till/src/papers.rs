//! Settings of what leaves the till: what stands on papers, the printer, business days, accounts, folder and privacy. Owns
//! their rules; stored beside the other settings.

use crate::error::{Field, SettingProblem, TillError};
use crate::shop::{unreadable, word, word_of};
use documents::{Accounts, Lettering, PaperWidth};
use domain::business_day::DEFAULT_ZONE;
use domain::{DayRule, Mode, ShopIdentity};
use std::collections::BTreeMap;
use std::path::Path;

/// When a receipt is printed after a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PrintPolicy {
    /// Only when somebody presses the button on the history.
    Never,
    /// A button on the card of a paid payment.
    #[default]
    Ask,
    /// By itself, once, when the money is verified.
    Always,
}

/// How the printer is reached.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum PrinterConnection {
    /// There is none.
    #[default]
    None,
    /// `host` or `host:port`; port 9100 unless said.
    Network(String),
    /// A device, such as `/dev/usb/lp0`, or a file that tickets are appended to.
    File(String),
}

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperSettings {
    /// On receipts; may be empty, may have lines.
    pub address: String,
    /// Tax number; may be empty.
    pub nif: String,
    /// When receipts are printed.
    pub print: PrintPolicy,
    /// The printer.
    pub printer: PrinterConnection,
    /// Its paper.
    pub width: PaperWidth,
    /// Its letters.
    pub lettering: Lettering,
    /// IANA name of the shop's time zone.
    pub time_zone: String,
    /// Business days end at this hour of the next morning.
    pub cut_off_hour: u8,
    /// Accounts and rates of the SYSCOHADA journal.
    pub accounts: Accounts,
    /// Where exports go; the documents folder when empty.
    pub export_dir: String,
    /// Customers' numbers are erased after so many months; 0 keeps them.
    pub purge_after_months: u32,
}

impl Default for PaperSettings {
    fn default() -> Self {
        Self {
            address: String::new(),
            nif: String::new(),
            print: PrintPolicy::default(),
            printer: PrinterConnection::default(),
            width: PaperWidth::default(),
            lettering: Lettering::default(),
            time_zone: DEFAULT_ZONE.to_owned(),
            cut_off_hour: 0,
            accounts: Accounts::default(),
            export_dir: String::new(),
            purge_after_months: 0,
        }
    }
}

const ADDRESS_MAX_CHARS: usize = 200;
const NIF_MAX_CHARS: usize = 30;
const TARGET_MAX_CHARS: usize = 300;
const ACCOUNT_MAX_CHARS: usize = 12;
/// A rate above one half is a slip of the finger.
const RATE_MAX: u32 = 5_000;
const PURGE_MONTHS_MAX: u32 = 240;

impl PaperSettings {
    /// Checks what was typed and brings it to its stored form.
    pub(crate) fn checked(mut self) -> Result<Self, TillError> {
        let wrong = |field, problem| Err(TillError::Setting { field, problem });
        let out_of_range = |field| wrong(field, SettingProblem::OutOfRange);
        let lines: Vec<&str> = self.address.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        self.address = lines.join("\n");
        if self.address.chars().count() > ADDRESS_MAX_CHARS
            || self.address.chars().any(|c| c.is_control() && c != '\n')
        {
            return out_of_range(Field::Address);
        }
        let plain =
            |text: &str, max: usize| text.chars().count() <= max && !text.chars().any(char::is_control);
        self.nif = self.nif.trim().to_owned();
        if !plain(&self.nif, NIF_MAX_CHARS) {
            return out_of_range(Field::Nif);
        }
        if let PrinterConnection::Network(target) | PrinterConnection::File(target) = &mut self.printer {
            *target = target.trim().to_owned();
            if target.is_empty() {
                return Err(TillError::Required(Field::Printer));
            }
            if !plain(target, TARGET_MAX_CHARS) {
                return out_of_range(Field::Printer);
            }
        }
        self.time_zone = self.time_zone.trim().to_owned();
        if self.day_rule().is_err() {
            return out_of_range(if self.cut_off_hour > 23 { Field::CutOffHour } else { Field::TimeZone });
        }
        let accounts = &mut self.accounts;
        for account in
            [&mut accounts.mobile_money, &mut accounts.sales, &mut accounts.vat, &mut accounts.fees]
        {
            *account = account.trim().to_owned();
            let is_number = !account.is_empty() && account.bytes().all(|byte| byte.is_ascii_alphanumeric());
            if !is_number || account.len() > ACCOUNT_MAX_CHARS {
                return out_of_range(Field::Accounts);
            }
        }
        if accounts.vat_rate > RATE_MAX || accounts.fee_rate > RATE_MAX {
            return out_of_range(Field::Accounts);
        }
        self.export_dir = self.export_dir.trim().to_owned();
        let folder = Path::new(&self.export_dir);
        if !plain(&self.export_dir, TARGET_MAX_CHARS) || !(self.export_dir.is_empty() || folder.is_absolute())
        {
            return out_of_range(Field::ExportDir);
        }
        if self.purge_after_months > PURGE_MONTHS_MAX {
            return out_of_range(Field::PurgeAfter);
        }
        Ok(self)
    }

    /// How moments become business days.
    pub(crate) fn day_rule(&self) -> Result<DayRule, TillError> {
        DayRule::new(&self.time_zone, self.cut_off_hour)
            .map_err(|error| TillError::StoredSetting(error.to_string()))
    }

    /// The shop as documents name it.
    pub(crate) fn identity(&self, shop_name: &str, mode: Mode) -> ShopIdentity {
        let name = match mode {
            Mode::Training if shop_name.is_empty() => crate::shop::TRAINING_SHOP_NAME,
            Mode::Training | Mode::Live => shop_name,
        };
        ShopIdentity { name: name.to_owned(), address: self.address.clone(), nif: self.nif.clone() }
    }

    pub(crate) fn read(stored: &BTreeMap<String, String>) -> Result<Self, TillError> {
        let default = Self::default();
        let text = |key: &str, default: &str| stored.get(key).map_or(default, String::as_str).to_owned();
        let number = |key: &str, default: u32| match stored.get(key) {
            None => Ok(default),
            Some(word) => word.parse().map_err(|_| unreadable(key, word)),
        };
        let target = text(PRINTER_TARGET, "");
        Ok(Self {
            address: text(ADDRESS, ""),
            nif: text(NIF, ""),
            print: word(stored, PRINT, PRINT_WORDS, default.print)?,
            printer: match stored.get(PRINTER).map(String::as_str) {
                None | Some("none") => PrinterConnection::None,
                Some("network") => PrinterConnection::Network(target),
                Some("file") => PrinterConnection::File(target),
                Some(word) => return Err(unreadable(PRINTER, word)),
            },
            width: word(stored, WIDTH, WIDTH_WORDS, default.width)?,
            lettering: word(stored, LETTERING, LETTERING_WORDS, default.lettering)?,
            time_zone: text(TIME_ZONE, DEFAULT_ZONE),
            cut_off_hour: u8::try_from(number(CUT_OFF_HOUR, 0)?)
                .map_err(|_| unreadable(CUT_OFF_HOUR, "over 255"))?,
            accounts: Accounts {
                mobile_money: text(ACCOUNT_MONEY, &default.accounts.mobile_money),
                sales: text(ACCOUNT_SALES, &default.accounts.sales),
                vat: text(ACCOUNT_VAT, &default.accounts.vat),
                fees: text(ACCOUNT_FEES, &default.accounts.fees),
                vat_rate: number(VAT_RATE, 0)?,
                fee_rate: number(FEE_RATE, 0)?,
            },
            export_dir: text(EXPORT_DIR, ""),
            purge_after_months: number(PURGE_AFTER, 0)?,
        })
    }

    pub(crate) fn written(&self) -> Vec<(&'static str, String)> {
        let (printer, target) = match &self.printer {
            PrinterConnection::None => ("none", ""),
            PrinterConnection::Network(target) => ("network", target.as_str()),
            PrinterConnection::File(target) => ("file", target.as_str()),
        };
        vec![
            (ADDRESS, self.address.clone()),
            (NIF, self.nif.clone()),
            (PRINT, word_of(PRINT_WORDS, self.print)),
            (PRINTER, printer.to_owned()),
            (PRINTER_TARGET, target.to_owned()),
            (WIDTH, word_of(WIDTH_WORDS, self.width)),
            (LETTERING, word_of(LETTERING_WORDS, self.lettering)),
            (TIME_ZONE, self.time_zone.clone()),
            (CUT_OFF_HOUR, self.cut_off_hour.to_string()),
            (ACCOUNT_MONEY, self.accounts.mobile_money.clone()),
            (ACCOUNT_SALES, self.accounts.sales.clone()),
            (ACCOUNT_VAT, self.accounts.vat.clone()),
            (ACCOUNT_FEES, self.accounts.fees.clone()),
            (VAT_RATE, self.accounts.vat_rate.to_string()),
            (FEE_RATE, self.accounts.fee_rate.to_string()),
            (EXPORT_DIR, self.export_dir.clone()),
            (PURGE_AFTER, self.purge_after_months.to_string()),
        ]
    }
}

const PRINT_WORDS: &[(&str, PrintPolicy)] =
    &[("never", PrintPolicy::Never), ("ask", PrintPolicy::Ask), ("always", PrintPolicy::Always)];
const WIDTH_WORDS: &[(&str, PaperWidth)] = &[("58", PaperWidth::Narrow), ("80", PaperWidth::Wide)];
const LETTERING_WORDS: &[(&str, Lettering)] = &[
    ("cp858", Lettering::Cp858),
    ("cp850", Lettering::Cp850),
    ("cp437", Lettering::Cp437),
    ("windows1252", Lettering::Windows1252),
    ("image", Lettering::Image),
];

const ADDRESS: &str = "shop_address";
const NIF: &str = "shop_nif";
const PRINT: &str = "print";
const PRINTER: &str = "printer";
const PRINTER_TARGET: &str = "printer_target";
const WIDTH: &str = "paper_mm";
const LETTERING: &str = "printer_lettering";
const TIME_ZONE: &str = "time_zone";
const CUT_OFF_HOUR: &str = "cut_off_hour";
const ACCOUNT_MONEY: &str = "account_mobile_money";
const ACCOUNT_SALES: &str = "account_sales";
const ACCOUNT_VAT: &str = "account_vat";
const ACCOUNT_FEES: &str = "account_fees";
const VAT_RATE: &str = "vat_rate";
const FEE_RATE: &str = "fee_rate";
const EXPORT_DIR: &str = "export_dir";
const PURGE_AFTER: &str = "purge_after_months";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back_and_an_unknown_word_is_an_error() {
        let settings = PaperSettings {
            address: "12, rue\nLomé".into(),
            print: PrintPolicy::Always,
            printer: PrinterConnection::Network("192.168.1.50".into()),
            width: PaperWidth::Narrow,
            lettering: Lettering::Image,
            cut_off_hour: 5,
            purge_after_months: 24,
            ..PaperSettings::default()
        };
        let mut stored: BTreeMap<String, String> =
            settings.written().into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        assert_eq!(PaperSettings::read(&stored).unwrap(), settings);
        assert_eq!(PaperSettings::read(&BTreeMap::new()).unwrap(), PaperSettings::default());
        for key in [PRINT, PRINTER, WIDTH, LETTERING, CUT_OFF_HOUR, VAT_RATE] {
            let good = stored.insert(key.into(), "sepia".into());
            assert!(matches!(PaperSettings::read(&stored), Err(TillError::StoredSetting(_))), "{key}");
            stored.insert(key.into(), good.unwrap());
        }
    }

    #[test]
    fn each_field_is_checked_and_named() {
        let problem = |change: fn(&mut PaperSettings)| {
            let mut settings = PaperSettings::default();
            change(&mut settings);
            match settings.checked() {
                Ok(_) => None,
                Err(TillError::Setting { field, .. } | TillError::Required(field)) => Some(field),
                Err(other) => panic!("{other}"),
            }
        };
        assert_eq!(problem(|_| {}), None);
        assert_eq!(problem(|s| s.address = "x".repeat(201)), Some(Field::Address));
        assert_eq!(problem(|s| s.nif = "x".repeat(31)), Some(Field::Nif));
        assert_eq!(problem(|s| s.printer = PrinterConnection::Network("  ".into())), Some(Field::Printer));
        assert_eq!(problem(|s| s.time_zone = "Africa/Nowhere".into()), Some(Field::TimeZone));
        assert_eq!(problem(|s| s.cut_off_hour = 24), Some(Field::CutOffHour));
        assert_eq!(problem(|s| s.accounts.sales = "=7".into()), Some(Field::Accounts));
        assert_eq!(problem(|s| s.accounts.vat_rate = 9_000), Some(Field::Accounts));
        assert_eq!(problem(|s| s.export_dir = "relative/folder".into()), Some(Field::ExportDir));
        assert_eq!(problem(|s| s.purge_after_months = 241), Some(Field::PurgeAfter));
    }
}
