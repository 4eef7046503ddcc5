//! Days, receipts, closings and their settings, as the page may see them.

use crate::views::{
    ClaimVerdictView, DayTotalView, DayView, FormatView, FromEarlierView, HistoryQuery, HourView,
    LetteringView, PageSizeView, PaperSettingsView, PaperWidthView, PeriodView, PrintPolicyView,
    PrinterKindView, ReceiptView, StateCountView, TallyView, TotalsView, UiError, UnresolvedView, WaitView,
};
use domain::{BusinessDay, Class, Closing, Period, Receipt, State, Tally, Totals, Xof, amount_in_words};
use till::{
    Accounts, ClaimVerdict, Day, Format, HistoryFilter, Lettering, PageSize, PaperSettings, PaperWidth,
    PrintPolicy, PrinterConnection, TillError,
};

use super::same_words;

same_words!(FormatView => Format { CsvFrench, CsvStandard, Xlsx, Pdf, JsonLines, SalesBook, Journal });
same_words!(PageSizeView => PageSize { A4, Roll80 });
same_words!(PrintPolicy => PrintPolicyView { Never, Ask, Always });
same_words!(PrintPolicyView => PrintPolicy { Never, Ask, Always });
same_words!(PaperWidth => PaperWidthView { Narrow, Wide });
same_words!(PaperWidthView => PaperWidth { Narrow, Wide });
same_words!(Lettering => LetteringView { Cp858, Cp850, Cp437, Windows1252, Image });
same_words!(LetteringView => Lettering { Cp858, Cp850, Cp437, Windows1252, Image });
same_words!(ClaimVerdict => ClaimVerdictView { Authentic, Changed, Unknown });

/// Up to so many seconds, as the chart of waiting times groups them.
const WAIT_STEPS_S: [u32; 6] = [10, 20, 30, 60, 120, 300];

pub(crate) fn history_filter(query: HistoryQuery) -> Result<HistoryFilter, UiError> {
    let day = query.day.map(|day| day.parse::<BusinessDay>()).transpose();
    Ok(HistoryFilter {
        text: query.text,
        states: query.states.into_iter().map(Into::into).collect(),
        day: day
            .map_err(|_| UiError::at(crate::views::ErrorCode::DayInvalid, crate::views::FieldView::Day))?,
        operator: query.operator,
        cashier: query.cashier,
    })
}

pub(crate) fn receipt(receipt: Receipt) -> Result<ReceiptView, UiError> {
    let modules = till::qr_modules(&receipt.claim().to_string()).map_err(TillError::from)?;
    let row = |modules: &Vec<bool>| modules.iter().map(|dark| if *dark { '1' } else { '0' }).collect();
    Ok(ReceiptView {
        payment_id: receipt.reference.to_string(),
        mode: receipt.mode.into(),
        number: receipt.number,
        date: receipt.at.date().french(),
        time: receipt.at.clock(),
        amount_xof: receipt.amount.francs(),
        amount_in_words: amount_in_words(receipt.amount).unwrap_or_default(),
        fingerprint: receipt.grouped_fingerprint(),
        issued: receipt.duplicate,
        qr: modules.iter().map(row).collect(),
        shop_name: receipt.shop.name,
        shop_address: receipt.shop.address,
        shop_nif: receipt.shop.nif,
        phone: receipt.phone,
        operator: receipt.operator,
        request_id: receipt.request_id,
    })
}

const fn tally(tally: Tally) -> TallyView {
    TallyView { count: tally.count, amount_xof: tally.amount.francs() }
}

fn totals(totals: &Totals) -> Result<TotalsView, UiError> {
    let tally = |class| tally(totals.of(class));
    Ok(TotalsView {
        verified: tally(Class::Verified),
        late: tally(Class::Late),
        accepted: tally(Class::Accepted),
        refund: tally(Class::Refund),
        reversal: tally(Class::Reversal),
        sales: totals.sales(),
        net_xof: net(totals)?,
    })
}

fn net(totals: &Totals) -> Result<i64, UiError> {
    totals.net().map(Xof::francs).ok_or_else(|| UiError::internal("a sum that does not fit"))
}

fn period(period: &Period) -> Result<PeriodView, UiError> {
    Ok(PeriodView {
        number: period.number,
        day: period.day.to_string(),
        at_ms: period.at_ms,
        totals: totals(&period.totals)?,
        grand_total_xof: period.grand_total.francs(),
        from_earlier: period
            .from_earlier
            .iter()
            .map(|earlier| FromEarlierView { closing: earlier.closing, tally: tally(earlier.tally) })
            .collect(),
        unresolved: period
            .unresolved
            .iter()
            .map(|open| UnresolvedView {
                payment_id: open.id.to_string(),
                state: open.state.into(),
                amount_xof: open.amount.francs(),
                created_at_ms: open.created_at_ms,
            })
            .collect(),
        who: None,
        fingerprint: None,
    })
}

pub(crate) fn closing(closing: &Closing) -> Result<PeriodView, UiError> {
    Ok(PeriodView {
        who: Some(closing.who.clone()),
        fingerprint: closing.hash.get(..domain::receipt::FINGERPRINT_DIGITS).map(str::to_owned),
        ..period(&closing.period)?
    })
}

pub(crate) fn day(day: Day) -> Result<DayView, UiError> {
    let hours = day.hours.iter().map(|hour| {
        Ok(HourView { hour: hour.hour, sales: hour.totals.sales(), net_xof: net(&hour.totals)? })
    });
    let days = day.days.iter().map(|(day, totals)| {
        Ok(DayTotalView { day: day.to_string(), sales: totals.sales(), net_xof: net(totals)? })
    });
    let ended = |wanted: fn(State) -> bool| -> i64 {
        day.outcomes.states.iter().filter(|(state, _)| wanted(*state)).map(|(_, count)| count).sum()
    };
    let (paid, all) = (ended(|state| state == State::Paid), ended(State::is_final));
    let waits = &day.outcomes.waits_ms;
    Ok(DayView {
        mode: day.mode.into(),
        day: day.day.to_string(),
        previous: day.day.previous().map(|day| day.to_string()),
        next: if day.is_today { None } else { day.day.next().map(|day| day.to_string()) },
        is_today: day.is_today,
        totals: totals(&day.totals)?,
        hours: hours.collect::<Result<_, UiError>>()?,
        days: days.collect::<Result<_, UiError>>()?,
        states: day
            .outcomes
            .states
            .iter()
            .map(|(state, count)| StateCountView { state: (*state).into(), count: *count })
            .collect(),
        success_percent: (paid * 100).checked_div(all).and_then(|percent| u32::try_from(percent).ok()),
        waits: grouped(waits),
        wait_median_s: waits.get(waits.len() / 2).and_then(|ms| u32::try_from(ms / 1_000).ok()),
        reading: period(&day.reading)?,
        closings: day.closings.iter().map(closing).collect::<Result<_, _>>()?,
    })
}

fn grouped(waits_ms: &[i64]) -> Vec<WaitView> {
    let mut groups: Vec<WaitView> =
        WAIT_STEPS_S.iter().map(|step| WaitView { up_to_s: Some(*step), count: 0 }).collect();
    groups.push(WaitView { up_to_s: None, count: 0 });
    for wait in waits_ms {
        let fits = |group: &&mut WaitView| group.up_to_s.is_none_or(|step| *wait <= i64::from(step) * 1_000);
        if let Some(group) = groups.iter_mut().find(fits) {
            group.count += 1;
        }
    }
    groups
}

pub(crate) fn settings(papers: PaperSettings) -> PaperSettingsView {
    let (printer, printer_target) = match papers.printer {
        PrinterConnection::None => (PrinterKindView::None, String::new()),
        PrinterConnection::Network(target) => (PrinterKindView::Network, target),
        PrinterConnection::File(target) => (PrinterKindView::File, target),
    };
    PaperSettingsView {
        address: papers.address,
        nif: papers.nif,
        print: papers.print.into(),
        printer,
        printer_target,
        width: papers.width.into(),
        lettering: papers.lettering.into(),
        time_zone: papers.time_zone,
        cut_off_hour: papers.cut_off_hour.into(),
        account_mobile_money: papers.accounts.mobile_money,
        account_sales: papers.accounts.sales,
        account_vat: papers.accounts.vat,
        account_fees: papers.accounts.fees,
        vat_rate: papers.accounts.vat_rate,
        fee_rate: papers.accounts.fee_rate,
        export_dir: papers.export_dir,
        purge_after_months: papers.purge_after_months,
    }
}

pub(crate) fn settings_input(view: PaperSettingsView) -> PaperSettings {
    PaperSettings {
        address: view.address,
        nif: view.nif,
        print: view.print.into(),
        printer: match view.printer {
            PrinterKindView::None => PrinterConnection::None,
            PrinterKindView::Network => PrinterConnection::Network(view.printer_target),
            PrinterKindView::File => PrinterConnection::File(view.printer_target),
        },
        width: view.width.into(),
        lettering: view.lettering.into(),
        time_zone: view.time_zone,
        // What is no hour becomes one that the till refuses at its field.
        cut_off_hour: u8::try_from(view.cut_off_hour).unwrap_or(u8::MAX),
        accounts: Accounts {
            mobile_money: view.account_mobile_money,
            sales: view.account_sales,
            vat: view.account_vat,
            fees: view.account_fees,
            vat_rate: view.vat_rate,
            fee_rate: view.fee_rate,
        },
        export_dir: view.export_dir,
        purge_after_months: view.purge_after_months,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_grouped_each_in_one_group() {
        let groups = grouped(&[0, 9_999, 10_000, 10_001, 299_000, 300_001, 90_000_000]);
        let counts: Vec<u32> = groups.iter().map(|group| group.count).collect();
        assert_eq!(counts, [3, 1, 0, 0, 0, 1, 2]);
    }
}
