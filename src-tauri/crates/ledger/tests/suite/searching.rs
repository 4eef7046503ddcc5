//! Finding a payment again: by what is typed, and by filters.

use crate::shop::{NOON, Shop, checked_with, phone, yas};
use domain::{DecisionKind, Event, PaymentId, State, Xof};
use ledger::{ConfirmFacts, HistoryFilter, NewPayment, Payment};

async fn found(shop: &Shop, filter: HistoryFilter) -> Vec<PaymentId> {
    let mut found = Vec::new();
    let mut before = None;
    loop {
        let window = shop.ledger.history(&filter, before, 2).await.unwrap();
        let Some(last) = window.last() else { return found };
        before = Some(last.seq);
        found.extend(window.into_iter().map(|payment| payment.id));
    }
}

async fn by_text(shop: &Shop, text: &str) -> Vec<PaymentId> {
    found(shop, HistoryFilter { text: text.to_owned(), ..HistoryFilter::default() }).await
}

async fn paid(shop: &Shop, number: &str, francs: i64, cashier: &str, request: &str) -> Payment {
    let new = NewPayment {
        phone: phone(number),
        amount: Xof::new(francs),
        cashier: cashier.to_owned(),
        ..shop.sale()
    };
    let recorded = shop.record(new).await;
    let submitting = shop.moved(&recorded, crate::shop::submission()).await;
    let pending = shop.moved(&submitting, crate::shop::accepted("t", NOON)).await;
    let facts = ConfirmFacts { request_id: Some(request.to_owned()), ..yas() };
    shop.moved(&pending, checked_with(Event::ConfirmCompleted, facts)).await
}

#[tokio::test]
async fn any_part_of_anything_on_the_receipt_finds_it() {
    let shop = Shop::open().await;
    let first = paid(&shop, "90123456", 12_500, "Afi", "P20261124.000017").await;
    let second = paid(&shop, "92987654", 7_300, "Kossi", "P20261124.000018").await;
    for text in ["90 12 34", "123456", "+228 90 12", "3456", "12 500 F", "2500", "000017", "24.000017"] {
        assert_eq!(by_text(&shop, text).await, std::slice::from_ref(&first.id), "{text}");
    }
    let reference = second.id.as_str();
    for text in [reference, &reference[4..20], &reference.to_uppercase(), "7300", "92987654", "7 300"] {
        assert_eq!(by_text(&shop, text).await.first(), Some(&second.id), "{text}");
    }
    assert_eq!(by_text(&shop, "P20261124").await, [second.id.clone(), first.id.clone()]);
    // One or two characters look at the newest payments, and at receipt numbers.
    assert_eq!(by_text(&shop, "2").await, [second.id.clone(), first.id.clone()]);
    assert_eq!(by_text(&shop, "98").await, std::slice::from_ref(&second.id));
    for text in ["55555", "nothing", "\"", "\"\"\"", "' OR 1=1 --", "NEAR(", "a*", "%", "•"] {
        assert_eq!(by_text(&shop, text).await, [], "{text}");
    }
    assert_eq!(by_text(&shop, "  ").await.len(), 2);
}

#[tokio::test]
async fn a_search_goes_with_every_filter() {
    let shop = Shop::open().await;
    let first = paid(&shop, "90123456", 12_500, "Afi", "P1").await;
    let second = paid(&shop, "90123456", 7_300, "Kossi", "P2").await;
    let recorded = shop.record(NewPayment { phone: phone("90123456"), ..shop.sale() }).await;
    let all = [&recorded.id, &second.id, &first.id].map(Clone::clone);
    let today = shop.ledger.day_rule().day_of(NOON).unwrap();
    for text in ["", "90", "901234"] {
        let base = HistoryFilter { text: text.to_owned(), ..HistoryFilter::default() };
        assert_eq!(found(&shop, base.clone()).await, all, "{text:?}");
        let paid = HistoryFilter { states: vec![State::Paid], ..base.clone() };
        assert_eq!(found(&shop, paid.clone()).await, all[1..], "{text:?}");
        let both = HistoryFilter { states: vec![State::Paid, State::Recorded], ..base.clone() };
        assert_eq!(found(&shop, both).await, all, "{text:?}");
        let afi = HistoryFilter { cashier: Some("Afi".into()), ..paid.clone() };
        assert_eq!(found(&shop, afi).await, std::slice::from_ref(&first.id), "{text:?}");
        let yas = HistoryFilter { operator: Some("YAS TOGO".into()), ..base.clone() };
        assert_eq!(found(&shop, yas).await, all[1..], "{text:?}");
        for (day, expected) in [(Some(today), &all[..]), (today.next(), &[]), (today.previous(), &[])] {
            assert_eq!(
                found(&shop, HistoryFilter { day, ..base.clone() }).await,
                expected,
                "{text:?} {day:?}"
            );
        }
    }
    assert_eq!(
        shop.ledger.filter_words().await.unwrap(),
        (vec!["YAS TOGO".to_owned()], vec!["Afi".to_owned(), "Kossi".to_owned()])
    );
}

#[tokio::test]
async fn an_erased_number_is_found_no_more_not_even_by_reading_the_file() {
    let shop = Shop::open().await;
    let payment = paid(&shop, "90123456", 12_500, "Afi", "P1").await;
    assert_eq!(by_text(&shop, "901234").await.len(), 1);
    shop.ledger.purge_numbers_before(NOON + 3_600_000).await.unwrap();
    assert_eq!(by_text(&shop, "901234").await, []);
    assert_eq!(by_text(&shop, "12500").await, std::slice::from_ref(&payment.id));
    shop.assert_whole().await;
    shop.ledger.close().await;
    let bytes = std::fs::read(shop.path()).unwrap();
    let holds = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    // The trigram index would hold its terms one after the other, shortened to what differs.
    assert!(!holds(b"90123456") && !holds(b"0901\x01") && !holds(b"3456"));
}

#[tokio::test]
async fn what_was_decided_comes_along() {
    let shop = Shop::open().await;
    shop.decide(&shop.pending().await, DecisionKind::SettledOtherwise).await;
    let found =
        shop.ledger.history(&HistoryFilter { text: "901".into(), ..HistoryFilter::default() }, None, 5).await;
    assert_eq!(found.unwrap()[0].decisions.len(), 1);
}
