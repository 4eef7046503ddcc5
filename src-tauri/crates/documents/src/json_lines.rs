//! JSON Lines: one object per entry with every field, for machines. Owns the names of the fields; none is ever renamed.

use crate::error::DocumentError;
use crate::export::{EntryWriter, ExportOptions, SCHEMA_VERSION, shown_phone};
use domain::EntryRow;
use serde::Serialize;
use std::io::{BufWriter, Write};

#[derive(Serialize)]
struct Line<'a> {
    schema_version: u32,
    mode: &'a str,
    entry: i64,
    business_day: String,
    recorded_at: String,
    recorded_at_ms: i64,
    kind: &'a str,
    class: &'a str,
    amount_xof: i64,
    receipt_number: Option<i64>,
    phone: Option<String>,
    operator: Option<&'a str>,
    request_id: Option<&'a str>,
    payment_id: &'a str,
    cashier: &'a str,
    decided_by: Option<&'a str>,
    reason: Option<&'a str>,
    reference: Option<&'a str>,
    reverses_entry: Option<i64>,
    from_closing: Option<i64>,
    hash: &'a str,
}

pub(crate) struct JsonLines<W: Write> {
    output: BufWriter<W>,
    options: ExportOptions,
}

impl<W: Write> JsonLines<W> {
    pub(crate) fn new(options: ExportOptions, output: W) -> Self {
        Self { output: BufWriter::new(output), options }
    }
}

impl<W: Write> EntryWriter for JsonLines<W> {
    fn write(&mut self, row: &EntryRow<'_>) -> Result<(), DocumentError> {
        let line = Line {
            schema_version: SCHEMA_VERSION,
            mode: self.options.mode.as_str(),
            entry: row.number,
            business_day: row.day.to_string(),
            recorded_at: self.options.rule.local(row.at_ms)?.iso(),
            recorded_at_ms: row.at_ms,
            kind: row.kind.as_str(),
            class: row.class.as_str(),
            amount_xof: row.amount.francs(),
            receipt_number: row.receipt_number,
            phone: row.phone.map(|digits| shown_phone(Some(digits), self.options.whole_numbers)),
            operator: row.operator,
            request_id: row.request_id,
            payment_id: row.payment,
            cashier: row.cashier,
            decided_by: row.who,
            reason: row.reason,
            reference: row.reference,
            reverses_entry: row.reverses,
            from_closing: row.from_closing,
            hash: row.hash,
        };
        serde_json::to_writer(&mut self.output, &line)?;
        Ok(self.output.write_all(b"\n")?)
    }

    fn finish(mut self: Box<Self>) -> Result<(), DocumentError> {
        Ok(self.output.flush()?)
    }
}
