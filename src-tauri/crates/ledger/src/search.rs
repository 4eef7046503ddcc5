//! The history: keyset windows, narrowed by what is typed and by filters. Owns how a search is read; every way through it
//! runs on an index, so that it does not get slower with the years.

use crate::error::LedgerError;
use crate::open::Ledger;
use crate::payment::{self, Payment, payment_columns};
use domain::{BusinessDay, State};
use sqlx::{QueryBuilder, Row, Sqlite};

/// What the history is narrowed to; the default is everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HistoryFilter {
    /// Any part of the number, amount, receipt number, our reference or LigdiCash's. Under three characters: any part of
    /// the number or amount of the newest payments, or a whole receipt number.
    pub text: String,
    /// Only these states; none means all.
    pub states: Vec<State>,
    /// Recorded on this business day.
    pub day: Option<BusinessDay>,
    /// Confirmed by this operator, by name.
    pub operator: Option<String>,
    /// Charged by.
    pub cashier: Option<String>,
}

/// The trigram index knows nothing shorter.
const INDEXED_CHARS_MIN: usize = 3;
/// How far back a shorter search looks.
const SHORT_SEARCH_ROWS: i64 = 5_000;
/// Shorter beginnings of references are found like everything else.
const REFERENCE_CHARS_MIN: usize = 8;
/// Longer than anything that can be found.
const TEXT_MAX_CHARS: usize = 64;

const COLUMNS: &str = concat!("SELECT ", payment_columns!(), " FROM ");

/// What is searched: digits typed in groups are one number, the calling code is not part of what is stored.
fn normal(text: &str) -> String {
    let text: String = text.trim().chars().take(TEXT_MAX_CHARS).collect();
    let is_number = text.chars().any(|c| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || matches!(c, '+' | 'F' | 'f'));
    if !is_number {
        return text;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let has_calling_code = text.starts_with("+228") || text.starts_with("00228");
    match digits.strip_prefix("00228").or_else(|| digits.strip_prefix("228")) {
        Some(national) if has_calling_code => national.to_owned(),
        Some(_) | None => digits,
    }
}

impl Ledger {
    /// A window of the history, newest first, before `before_seq`.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn history(
        &self,
        filter: &HistoryFilter,
        before_seq: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Payment>, LedgerError> {
        let mut reader = self.inner.file.read().await?;
        let mut rows = Vec::new();
        if let Some(mut query) = self.by_reference(filter, before_seq, limit)? {
            rows = query.build().fetch_all(&mut *reader).await?;
        }
        if rows.is_empty() {
            let mut query = self.question(filter, before_seq, limit)?;
            rows = query.build().fetch_all(&mut *reader).await?;
        }
        let mut payments = Vec::with_capacity(rows.len());
        for row in &rows {
            payments.push(payment::read_whole(&mut reader, row).await?);
        }
        Ok(payments)
    }

    /// The beginning of one of our references. They are ordered by time, so those of the same weeks begin alike: the groups
    /// of three letters are everywhere, and the order of the references themselves is the shorter way.
    pub(crate) fn by_reference(
        &self,
        filter: &HistoryFilter,
        before_seq: Option<i64>,
        limit: u32,
    ) -> Result<Option<QueryBuilder<Sqlite>>, LedgerError> {
        let text = filter.text.trim().to_ascii_lowercase();
        let is_reference = text.len() >= REFERENCE_CHARS_MIN
            && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-'))
            && !text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_reference {
            return Ok(None);
        }
        let mut query = QueryBuilder::<Sqlite>::new(COLUMNS);
        // Above every digit that may follow.
        let end = format!("{text}g");
        query.push("payment WHERE id >= ").push_bind(text).push(" AND id < ").push_bind(end);
        query.push(" AND +seq < ").push_bind(before_seq.unwrap_or(i64::MAX));
        self.push_filters(&mut query, filter)?;
        query.push(" ORDER BY id DESC LIMIT ").push_bind(limit);
        Ok(Some(query))
    }

    pub(crate) fn question(
        &self,
        filter: &HistoryFilter,
        before_seq: Option<i64>,
        limit: u32,
    ) -> Result<QueryBuilder<Sqlite>, LedgerError> {
        let text = normal(&filter.text);
        let chars = text.chars().count();
        let before = before_seq.unwrap_or(i64::MAX);
        let mut query = QueryBuilder::<Sqlite>::new(COLUMNS);
        let seq = if chars >= INDEXED_CHARS_MIN { "payment_search.rowid" } else { "seq" };
        if chars >= INDEXED_CHARS_MIN {
            query.push("payment_search JOIN payment ON payment.seq = payment_search.rowid WHERE payment_search MATCH ");
            query.push_bind(format!("\"{}\"", text.replace('"', "\"\""))).push(" AND ");
        } else {
            query.push(match (filter.day, &filter.states[..], &filter.operator, &filter.cashier) {
                _ if chars > 0 => "payment",
                (Some(_), ..) => "payment INDEXED BY payment_created",
                (None, [_], ..) => "payment INDEXED BY payment_state",
                (None, _, Some(_), _) => "payment INDEXED BY payment_operator",
                (None, _, None, Some(_)) => "payment INDEXED BY payment_cashier",
                (None, _, None, None) => "payment",
            });
            query.push(" WHERE ");
            if chars > 0 {
                push_short(&mut query, &text);
            }
        }
        query.push(format_args!("{seq} < ")).push_bind(before);
        self.push_filters(&mut query, filter)?;
        query.push(format_args!(" ORDER BY {seq} DESC LIMIT ")).push_bind(limit);
        Ok(query)
    }

    fn push_filters(
        &self,
        query: &mut QueryBuilder<Sqlite>,
        filter: &HistoryFilter,
    ) -> Result<(), LedgerError> {
        match &filter.states[..] {
            [] => {}
            [state] => {
                query.push(" AND state = ").push_bind(state.as_str());
            }
            states => {
                query.push(" AND state IN (");
                let mut list = query.separated(", ");
                for state in states {
                    list.push_bind(state.as_str());
                }
                query.push(")");
            }
        }
        if let Some(day) = filter.day {
            let (from_ms, until_ms) = self.day_rule().moments_of(day)?;
            query.push(" AND created_at_ms >= ").push_bind(from_ms);
            query.push(" AND created_at_ms < ").push_bind(until_ms);
        }
        if let Some(operator) = &filter.operator {
            query.push(" AND operator_name = ").push_bind(operator.clone());
        }
        if let Some(cashier) = &filter.cashier {
            query.push(" AND cashier = ").push_bind(cashier.clone());
        }
        Ok(())
    }

    /// Operators and cashiers there are to filter by, each in order.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn filter_words(&self) -> Result<(Vec<String>, Vec<String>), LedgerError> {
        let mut reader = self.inner.file.read().await?;
        let mut words = [Vec::new(), Vec::new()];
        for (list, question) in words.iter_mut().zip([NEXT_OPERATOR, NEXT_CASHIER]) {
            // One step along the index for each word there is, however many rows have it.
            let mut after = String::new();
            while list.len() < WORDS_MAX {
                let row = sqlx::query(question).bind(&after).fetch_one(&mut *reader).await?;
                let Some(word) = row.try_get::<Option<String>, _>(0)? else { break };
                list.push(word.clone());
                after = word;
            }
        }
        let [operators, cashiers] = words;
        Ok((operators, cashiers))
    }
}

const WORDS_MAX: usize = 200;
pub(crate) const NEXT_OPERATOR: &str =
    "SELECT MIN(operator_name) FROM payment INDEXED BY payment_operator WHERE operator_name > ?";
pub(crate) const NEXT_CASHIER: &str =
    "SELECT MIN(cashier) FROM payment INDEXED BY payment_cashier WHERE cashier > ?";

/// A receipt number is unique, so the newest rows and that one are all there is to look at.
fn push_short(query: &mut QueryBuilder<Sqlite>, text: &str) {
    query.push("seq >= MIN((SELECT MAX(seq) FROM payment) - ").push_bind(SHORT_SEARCH_ROWS);
    query
        .push(", COALESCE((SELECT seq FROM payment WHERE receipt_number = ")
        .push_bind(text.parse::<i64>().ok());
    query.push("), 9223372036854775807)) AND (receipt_number = ").push_bind(text.parse::<i64>().ok());
    query.push(" OR (seq > (SELECT MAX(seq) FROM payment) - ").push_bind(SHORT_SEARCH_ROWS);
    query.push(" AND (instr(phone, ").push_bind(text.to_owned());
    query.push(") OR instr(amount_xof, ").push_bind(text.to_owned());
    query.push(")))) AND ");
}

#[cfg(test)]
mod tests {
    use super::normal;

    #[test]
    fn digits_typed_in_groups_are_one_number() {
        for (typed, searched) in [
            ("90 12 34", "901234"),
            (" +228 90 12 ", "9012"),
            ("00228 90", "90"),
            ("2280", "2280"),
            ("5 000 F", "5000"),
            ("P20261124.1", "P20261124.1"),
            ("0192-ab", "0192-ab"),
            ("", ""),
            ("F", "F"),
        ] {
            assert_eq!(normal(typed), searched, "{typed}");
        }
    }
}
