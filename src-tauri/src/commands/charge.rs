//! The till screen.

use crate::commands::payment_id;
use crate::convert;
use crate::desk::Desk;
use crate::views::{
    AnsweringView, ChargeOutcome, ChargeRequest, DecisionInput, PaymentView, PhoneAnswerView,
    PhoneInspection, Snapshot, UiError,
};
use tauri::State;
use till::domain::{OperatorHint, PhoneError, PhoneNumber, Right, phone};
use till::{Charge, Charged};

#[tauri::command]
pub(crate) async fn snapshot(desk: State<'_, Desk>) -> Result<Snapshot, UiError> {
    convert::people::fresh(&desk.till_for(Right::Arrive).await?).await
}

#[tauri::command]
pub(crate) async fn charge(desk: State<'_, Desk>, request: ChargeRequest) -> Result<ChargeOutcome, UiError> {
    let till = desk.till_for(Right::Charge).await?;
    let after = request.after_payment_id.as_deref().map(payment_id).transpose()?;
    let charge = Charge {
        intent_id: request.intent_id,
        amount: request.amount,
        phone: request.phone,
        after,
        cashier: String::new(),
    };
    Ok(match till.charge(charge).await? {
        Charged::Payment(mode, payment) => {
            ChargeOutcome::Charged { payment: convert::payment(mode, &payment) }
        }
        Charged::Unresolved(mode, payment) => {
            ChargeOutcome::Unresolved { existing: convert::payment(mode, &payment) }
        }
    })
}

#[tauri::command]
pub(crate) async fn inspect_phone(desk: State<'_, Desk>, text: String) -> Result<PhoneInspection, UiError> {
    let till = desk.till_for(Right::Charge).await?;
    let formatted = phone::group_while_typing(&text);
    let digits: String = formatted.chars().filter(char::is_ascii_digit).collect();
    Ok(match PhoneNumber::parse(&text) {
        Ok(number) => PhoneInspection {
            valid: true,
            formatted,
            hint: number.hint().into(),
            known_operator: till.known_operator(&number).await?,
            problem: None,
        },
        Err(error) => PhoneInspection {
            valid: false,
            formatted,
            hint: OperatorHint::from_prefix(&digits).into(),
            known_operator: None,
            problem: match error {
                // Not wrong yet, only not finished.
                PhoneError::Empty | PhoneError::TooShort { .. } => None,
                PhoneError::NotDigits | PhoneError::TooLong { .. } | PhoneError::NotMobile => {
                    Some(UiError::from(error).code)
                }
            },
        },
    })
}

#[tauri::command]
pub(crate) async fn answering(desk: State<'_, Desk>) -> Result<AnsweringView, UiError> {
    Ok(convert::answering(desk.till_for(Right::SeeToday).await?.answering().await?))
}

#[tauri::command]
pub(crate) async fn warm_up(desk: State<'_, Desk>) -> Result<(), UiError> {
    desk.till_for(Right::Charge).await?.warm_up().await;
    Ok(())
}

#[tauri::command]
pub(crate) async fn look_again(desk: State<'_, Desk>) -> Result<(), UiError> {
    desk.till_for(Right::Arrive).await?.look_again().await;
    Ok(())
}

/// A person has seen that LigdiCash contradicted itself about a payment.
#[tauri::command]
pub(crate) async fn contradiction_seen(desk: State<'_, Desk>, payment_id: String) -> Result<(), UiError> {
    Ok(desk.till_for(Right::Charge).await?.contradiction_seen(&self::payment_id(&payment_id)?).await?)
}

#[tauri::command]
pub(crate) async fn check_now(desk: State<'_, Desk>, payment_id: String) -> Result<PaymentView, UiError> {
    let till = desk.till_for(Right::Charge).await?;
    let id = self::payment_id(&payment_id)?;
    till.sees(&id).await?;
    let (mode, payment) = till.check_now(&id).await?;
    Ok(convert::payment(mode, &payment))
}

#[tauri::command]
pub(crate) async fn set_aside(desk: State<'_, Desk>, payment_id: String) -> Result<PaymentView, UiError> {
    let till = desk.till_for(Right::Charge).await?;
    let (mode, payment) = till.set_aside(&self::payment_id(&payment_id)?, String::new()).await?;
    Ok(convert::payment(mode, &payment))
}

#[tauri::command]
pub(crate) async fn decide(desk: State<'_, Desk>, input: DecisionInput) -> Result<PaymentView, UiError> {
    let till = desk.till_for(Right::Charge).await?;
    let id = payment_id(&input.payment_id)?;
    let (mode, payment) =
        till.decide(&id, input.kind.into(), input.who, input.reason, input.reference).await?;
    Ok(convert::payment(mode, &payment))
}

#[tauri::command]
pub(crate) async fn answer_prompt(
    desk: State<'_, Desk>,
    payment_id: String,
    answer: PhoneAnswerView,
) -> Result<(), UiError> {
    Ok(desk.till_for(Right::Charge).await?.answer_prompt(&self::payment_id(&payment_id)?, answer.into())?)
}
