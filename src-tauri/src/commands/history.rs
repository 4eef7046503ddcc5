//! The history screen.

use crate::commands::payment_id;
use crate::convert;
use crate::desk::Desk;
use crate::views::{ErrorCode, FilterWords, HistoryPage, HistoryQuery, PaymentDetail, UiError};
use tauri::State;
use till::domain::Right;

#[tauri::command]
pub(crate) async fn history(
    desk: State<'_, Desk>,
    query: HistoryQuery,
    before: Option<String>,
    limit: u32,
) -> Result<HistoryPage, UiError> {
    let till = desk.till_for(Right::SeeToday).await?;
    let before =
        before.map(|cursor| cursor.parse().map_err(|_| UiError::of(ErrorCode::NotFound))).transpose()?;
    let window = till.history(&convert::papers::history_filter(query)?, before, limit).await?;
    Ok(HistoryPage {
        rows: window.payments.iter().map(|payment| convert::payment(window.mode, payment)).collect(),
        next: window.next_before_seq.map(|seq| seq.to_string()),
    })
}

#[tauri::command]
pub(crate) async fn filter_words(desk: State<'_, Desk>) -> Result<FilterWords, UiError> {
    let (operators, cashiers) = desk.till_for(Right::SeeToday).await?.filter_words().await?;
    Ok(FilterWords { operators, cashiers })
}

#[tauri::command]
pub(crate) async fn payment_detail(
    desk: State<'_, Desk>,
    payment_id: String,
) -> Result<PaymentDetail, UiError> {
    let till = desk.till_for(Right::SeeToday).await?;
    let (mode, payment, timeline) = till.detail(&self::payment_id(&payment_id)?).await?;
    Ok(PaymentDetail {
        payment: convert::payment(mode, &payment),
        timeline: timeline.iter().map(convert::timeline_entry).collect(),
    })
}
