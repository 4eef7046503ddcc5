//! A charge: from what the cashier typed to a payment on its way. Owns the order of things (check, guard, record, then
//! send) and the guard against asking one customer twice. Refuses to wait for LigdiCash: the answer comes as an event.

use crate::counter::{Counter, Line};
use crate::error::TillError;
use crate::gateway::CreateRequest;
use crate::shop::Settings;
use domain::operator::YAS_TOGO;
use domain::planted::{Bug, is_planted};
use domain::{AmountLimits, Mode, NotSentCause, PaymentId, PhoneNumber, State, Xof};
use ledger::{NewPayment, Payment, RecordOutcome, What};
use std::sync::Arc;

/// A sale as typed.
#[derive(Debug, Clone)]
pub struct Charge {
    /// Made once per sale: the same one twice gives the same payment.
    pub intent_id: String,
    /// As typed.
    pub amount: String,
    /// As typed.
    pub phone: String,
    /// The unresolved payment that a person was shown and asks again after.
    pub after: Option<PaymentId>,
    /// Who charges; empty while one owner works alone.
    pub cashier: String,
}

/// What became of a charge.
#[derive(Debug, Clone)]
pub enum Charged {
    /// Recorded and on its way.
    Payment(Mode, Payment),
    /// The number has an unresolved payment, just asked about: a person must decide.
    Unresolved(Mode, Payment),
}

/// What the operator allows.
#[must_use]
pub fn limits_of_operator() -> AmountLimits {
    YAS_TOGO.limits()
}

/// The limits in force: the operator's, lowered by the shop.
#[must_use]
pub fn limits(settings: &Settings) -> AmountLimits {
    let yas = limits_of_operator();
    AmountLimits { min: yas.min, max: yas.max.min(settings.amount_max) }
}

pub(crate) async fn charge(
    counter: Arc<Counter>,
    line: Line,
    settings: Settings,
    shop_name: String,
    charge: Charge,
) -> Result<Charged, TillError> {
    let amount = limits(&settings).parse(&charge.amount)?;
    let phone = PhoneNumber::parse(&charge.phone)?;

    // Asking about an earlier payment may take as long as the network does, so no other charge waits behind it.
    if counter.ledger.by_intent(&charge.intent_id).await?.is_none()
        && let Some(earlier) = unresolved_to_show(&counter, &phone, &charge).await?
    {
        return Ok(Charged::Unresolved(counter.mode, counter.check(&earlier.id).await?));
    }

    // One charge at a time from here to the record, so that two presses cannot both pass the guard.
    let one_at_a_time = counter.charging.lock().await;
    if counter.is_stopping() {
        return Err(TillError::Stopping);
    }
    if !is_planted(Bug::IntentIgnored)
        && let Some(existing) = counter.ledger.by_intent(&charge.intent_id).await?
    {
        return same_sale(existing, amount, &phone).map(|payment| Charged::Payment(counter.mode, payment));
    }
    if let Some(just_recorded) = unresolved_to_show(&counter, &phone, &charge).await? {
        return Ok(Charged::Unresolved(counter.mode, just_recorded));
    }
    if is_planted(Bug::SendBeforeCommit) {
        return send_before_commit(&counter, &charge, amount, phone, &settings, &shop_name, line).await;
    }
    let payment = record(&counter, &charge, amount, phone.clone()).await?;
    let submitting = begin_submission(&counter, &payment.id, &line).await?;
    counter.submit(&submitting, create_request(&submitting.id, amount, &phone, &settings, &shop_name), line);
    // Held until the request counts as being on its way, so that a till that closes waits for its answer.
    drop(one_at_a_time);
    Ok(Charged::Payment(counter.mode, submitting))
}

/// The same sale sent again gives the payment it made, but never stands for another sale.
fn same_sale(existing: Payment, amount: Xof, phone: &PhoneNumber) -> Result<Payment, TillError> {
    let same = existing.amount == amount && existing.phone.as_ref().is_none_or(|known| known == phone);
    if same { Ok(existing) } else { Err(TillError::IntentMismatch) }
}

/// The newest unresolved payment of this number that the person has not been shown yet. A second request is a person's
/// decision, taken after a fresh answer about the first.
async fn unresolved_to_show(
    counter: &Counter,
    phone: &PhoneNumber,
    charge: &Charge,
) -> Result<Option<Payment>, TillError> {
    if is_planted(Bug::GuardSkipped) || is_planted(Bug::IntentIgnored) {
        return Ok(None);
    }
    let newest = counter.ledger.unresolved_for(phone).await?.into_iter().next();
    // The same sale pressed twice finds itself here; that is no second request.
    Ok(newest
        .filter(|newest| charge.after.as_ref() != Some(&newest.id) && newest.intent_id != charge.intent_id))
}

/// Commits that the create is about to leave. When even that cannot be written nothing leaves, and the attempt is closed
/// as not sent if it can be; otherwise the next start does it.
async fn begin_submission(counter: &Counter, id: &PaymentId, line: &Line) -> Result<Payment, TillError> {
    let begun = counter
        .apply(id, |_| {
            let (server, credential_set) = (line.server.clone(), line.credential_set.clone());
            Some((What::SubmissionStarted { server, credential_set }, String::new()))
        })
        .await;
    let error = match begun {
        Ok(Some(submitting)) => return Ok(submitting),
        Ok(None) => TillError::NotFound,
        Err(error) => error.into(),
    };
    let closed = counter
        .apply(id, |payment| {
            let cause = NotSentCause::Interrupted;
            (payment.state == State::Recorded).then_some((What::NotSent { cause }, String::new()))
        })
        .await;
    if let Err(error) = closed {
        tracing::warn!(%error, "an attempt that did not leave stays recorded until the next start");
    }
    Err(error)
}

async fn record(
    counter: &Counter,
    charge: &Charge,
    amount: Xof,
    phone: PhoneNumber,
) -> Result<Payment, TillError> {
    let at_ms = counter.ports.clock.now_ms();
    let mut random = [0u8; 10];
    counter.ports.chance.fill(&mut random)?;
    let mut phone_salt = [0u8; 16];
    counter.ports.chance.fill(&mut phone_salt)?;
    let new = NewPayment {
        id: PaymentId::from_parts(at_ms, random),
        intent_id: if is_planted(Bug::IntentIgnored) {
            format!("{}-{at_ms}-{}", charge.intent_id, random[0])
        } else {
            charge.intent_id.clone()
        },
        amount,
        phone,
        phone_salt,
        cashier: charge.cashier.clone(),
        previous: charge.after.clone(),
        at_ms,
    };
    match counter.ledger.record(new).await? {
        RecordOutcome::New(payment) | RecordOutcome::Existing(payment) => Ok(payment),
    }
}

/// A planted fault: the request is on its way before the ledger knows.
async fn send_before_commit(
    counter: &Arc<Counter>,
    charge: &Charge,
    amount: Xof,
    phone: PhoneNumber,
    settings: &Settings,
    shop_name: &str,
    line: Line,
) -> Result<Charged, TillError> {
    let recorded = record(counter, charge, amount, phone.clone()).await?;
    let request = create_request(&recorded.id, amount, &phone, settings, shop_name);
    counter.submit(&recorded, request, line.clone());
    let submitting = begin_submission(counter, &recorded.id, &line).await?;
    Ok(Charged::Payment(counter.mode, submitting))
}

fn create_request(
    id: &PaymentId,
    amount: Xof,
    phone: &PhoneNumber,
    settings: &Settings,
    shop_name: &str,
) -> CreateRequest {
    CreateRequest {
        amount,
        customer: phone.international(),
        transaction_id: id.to_string(),
        description: description(id, shop_name),
        shop_name: shop_name.to_owned(),
        website_url: settings.website_url.clone(),
        callback_url: settings.effective_callback_url().to_owned(),
    }
}

const DESCRIPTION_MAX_CHARS: usize = 80;

/// Short and ASCII: no length or alphabet is documented (API reference, section 5.1).
fn description(id: &PaymentId, shop_name: &str) -> String {
    let ticket = id.as_str().rsplit('-').next().unwrap_or_default();
    format!("Ticket {ticket} - {}", ascii(shop_name)).chars().take(DESCRIPTION_MAX_CHARS).collect()
}

fn ascii(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            'à' | 'â' | 'ä' | 'á' => 'a',
            'ç' => 'c',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'î' | 'ï' | 'í' => 'i',
            'ô' | 'ö' | 'ó' => 'o',
            'ù' | 'û' | 'ü' | 'ú' => 'u',
            'À' | 'Â' | 'Ä' | 'Á' => 'A',
            'Ç' => 'C',
            'É' | 'È' | 'Ê' | 'Ë' => 'E',
            'Î' | 'Ï' => 'I',
            'Ô' | 'Ö' => 'O',
            'Ù' | 'Û' | 'Ü' => 'U',
            '’' => '\'',
            ' '..='~' => c,
            _ => ' ',
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_is_short_and_ascii() {
        let id = PaymentId::from_parts(1, [7; 10]);
        let shown = description(&id, "Épicerie « Chez Adjoa » — Agbalépédo 日本");
        assert!(shown.is_ascii() && shown.starts_with("Ticket 070707070707 - Epicerie"), "{shown}");
        assert_eq!(description(&id, &"é".repeat(300)).len(), DESCRIPTION_MAX_CHARS);
    }
}
