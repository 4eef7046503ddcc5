//! The day screen: what it brought, closing it, and files.

use crate::convert::papers as convert;
use crate::desk::Desk;
use crate::dialogs;
use crate::views::{
    DayView, ErrorCode, ExportInput, ExportedView, FieldView, PageSizeView, PeriodView, ReceiptCheck,
    ReceiptView, UiError,
};
use domain::{BusinessDay, EntryRange, ReceiptClaim};
use std::path::{Path, PathBuf};
use tauri::{AppHandle, Runtime, State};
use tauri_plugin_opener::OpenerExt;
use till::ExportRequest;
use till::domain::Right;

fn day_of(text: &str, field: FieldView) -> Result<BusinessDay, UiError> {
    text.parse().map_err(|_| UiError::at(ErrorCode::DayInvalid, field))
}

#[tauri::command]
pub(crate) async fn day(desk: State<'_, Desk>, day: Option<String>) -> Result<DayView, UiError> {
    let till = desk.till_for(Right::SeeAll).await?;
    let day = day.map(|day| day_of(&day, FieldView::Day)).transpose()?;
    convert::day(till.day(day).await?)
}

#[tauri::command]
pub(crate) async fn close_day(
    desk: State<'_, Desk>,
    number: i64,
    who: String,
) -> Result<PeriodView, UiError> {
    convert::closing(&desk.till_for(Right::Close).await?.close_day(number, &who).await?)
}

#[tauri::command]
pub(crate) async fn print_period(desk: State<'_, Desk>, number: Option<i64>) -> Result<(), UiError> {
    Ok(desk.till_for(Right::Close).await?.print_period(number).await?)
}

#[tauri::command]
pub(crate) async fn period_pdf(desk: State<'_, Desk>, number: Option<i64>) -> Result<String, UiError> {
    Ok(shown(&desk.till_for(Right::Export).await?.period_pdf(number).await?))
}

#[tauri::command]
pub(crate) async fn export(desk: State<'_, Desk>, input: ExportInput) -> Result<ExportedView, UiError> {
    let till = desk.till_for(Right::Export).await?;
    let range = match input.closing {
        Some(number) => EntryRange::Closing(number),
        None => EntryRange::Days {
            from: day_of(&input.from, FieldView::From)?,
            to: day_of(&input.to, FieldView::To)?,
        },
    };
    let request = ExportRequest { range, format: input.format.into(), whole_numbers: input.whole_numbers };
    let exported = till.export(request).await?;
    Ok(ExportedView {
        path: shown(&exported.path),
        entries: exported.entries,
        amount_xof: exported.amount.francs(),
    })
}

#[tauri::command]
pub(crate) async fn break_off_export(desk: State<'_, Desk>) -> Result<(), UiError> {
    desk.till_for(Right::Export).await?.break_off_export();
    Ok(())
}

/// Shows a file of the export folder in the system's file manager. Nothing outside that folder is shown.
#[tauri::command]
pub(crate) async fn show_file<R: Runtime>(
    app: AppHandle<R>,
    desk: State<'_, Desk>,
    path: String,
) -> Result<(), UiError> {
    let folder = desk.till_for(Right::SeeToday).await?.export_folder();
    let path = PathBuf::from(path);
    if path.parent() != Some(&folder) || !path.is_file() {
        return Err(UiError::of(ErrorCode::NotFound));
    }
    app.opener().reveal_item_in_dir(&path).map_err(|error| UiError::told(ErrorCode::CannotShow, error))
}

/// Lets a person choose a folder; none when the dialog was left.
#[tauri::command]
pub(crate) async fn choose_folder(desk: State<'_, Desk>) -> Result<Option<String>, UiError> {
    desk.till_for(Right::Settings).await?;
    Ok(dialogs::folder().await.as_deref().map(shown))
}

#[tauri::command]
pub(crate) async fn receipt(desk: State<'_, Desk>, payment_id: String) -> Result<ReceiptView, UiError> {
    let till = desk.till_for(Right::SeeToday).await?;
    let id = super::payment_id(&payment_id)?;
    till.sees(&id).await?;
    convert::receipt(till.receipt(&id).await?)
}

#[tauri::command]
pub(crate) async fn print_receipt(desk: State<'_, Desk>, payment_id: String) -> Result<u32, UiError> {
    let till = desk.till_for(Right::Print).await?;
    let id = super::payment_id(&payment_id)?;
    till.sees(&id).await?;
    Ok(till.print_receipt(&id).await?.duplicate)
}

#[tauri::command]
pub(crate) async fn receipt_pdf(
    desk: State<'_, Desk>,
    payment_id: String,
    size: PageSizeView,
) -> Result<String, UiError> {
    let till = desk.till_for(Right::Print).await?;
    let id = super::payment_id(&payment_id)?;
    till.sees(&id).await?;
    Ok(shown(&till.receipt_pdf(&id, size.into()).await?))
}

#[tauri::command]
pub(crate) async fn print_test(desk: State<'_, Desk>) -> Result<(), UiError> {
    Ok(desk.till_for(Right::Settings).await?.print_test().await?)
}

#[tauri::command]
pub(crate) async fn check_receipt(desk: State<'_, Desk>, text: String) -> Result<ReceiptCheck, UiError> {
    let till = desk.till_for(Right::Verify).await?;
    let claim: ReceiptClaim =
        text.parse().map_err(|_| UiError::at(ErrorCode::NotAReceipt, FieldView::ReceiptText))?;
    let verdict = till.check_receipt(&claim).await?;
    let payment = till.detail(&claim.reference).await.ok();
    Ok(ReceiptCheck {
        verdict: verdict.into(),
        payment: payment.map(|(mode, payment, _)| crate::convert::payment(mode, &payment)),
    })
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
