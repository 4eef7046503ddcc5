//! The scenarios, as data: one number each. Owns the list; what a behaviour does is the server's.

use crate::behaviour::{ConfirmBehaviour, CreateBehaviour, Phone, Shape};
use std::time::Duration;

/// What a customer's number makes happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    /// The national number that chooses it; `x` stands for any digit.
    pub number: &'static str,
    /// One line in French.
    pub fr: &'static str,
    /// One line in English.
    pub en: &'static str,
    /// The create.
    pub create: CreateBehaviour,
    /// The customer.
    pub phone: Phone,
    /// The confirm answers.
    pub shape: Shape,
    /// What the first confirms get instead, and how many of them.
    pub confirms_first: Option<(ConfirmBehaviour, u32)>,
}

const fn plain(number: &'static str, fr: &'static str, en: &'static str) -> Scenario {
    Scenario {
        number,
        fr,
        en,
        create: CreateBehaviour::Accept,
        phone: Phone::ByHand,
        shape: Shape::Documented,
        confirms_first: None,
    }
}

const SOON: Phone = Phone::ApprovesAfter(Duration::from_secs(4));

/// Every scenario. The first is what any other number gets.
#[must_use]
pub fn scenarios() -> Vec<Scenario> {
    use ConfirmBehaviour as Confirm;
    use CreateBehaviour as Create;
    let create = |scenario: Scenario, create| Scenario { create, ..scenario };
    let phone = |scenario: Scenario, phone| Scenario { phone, ..scenario };
    let shape = |scenario: Scenario, shape| Scenario { shape, phone: SOON, ..scenario };
    let first = |scenario: Scenario, behaviour, times| Scenario {
        confirms_first: Some((behaviour, times)),
        phone: SOON,
        ..scenario
    };
    vec![
        plain("90000000", "le client décide à la main", "the customer decides by hand"),
        phone(plain("90000001", "accepte seul après 4 s", "approves by itself after 4 s"), SOON),
        phone(
            plain("90000002", "refuse seul après 4 s", "refuses by itself after 4 s"),
            Phone::RefusesAfter(Duration::from_secs(4)),
        ),
        Scenario {
            phone: Phone::RefusesAfter(Duration::from_secs(4)),
            ..shape(
                plain("90000003", "refus écrit « nocompleted »", "a refusal spelt \"nocompleted\""),
                Shape::NoCompleted,
            )
        },
        phone(plain("90000004", "n'accepte jamais", "never answers the phone"), Phone::Ignored),
        phone(
            plain("90000005", "accepte après 90 s", "approves after 90 s"),
            Phone::ApprovesAfter(Duration::from_secs(90)),
        ),
        shape(
            plain("90000010", "montant confirmé différent", "another amount is confirmed"),
            Shape::WrongAmount,
        ),
        shape(plain("90000011", "confirmé sans montant", "confirmed without an amount"), Shape::NoAmount),
        shape(
            plain("90000012", "confirmé pour une autre vente", "confirmed for another sale"),
            Shape::OtherId,
        ),
        shape(plain("90000013", "montants en texte", "amounts as text"), Shape::Strings),
        shape(plain("90000014", "custom_data = []", "custom_data = []"), Shape::CustomDataEmptyList),
        shape(plain("90000015", "custom_data = \"\"", "custom_data = \"\""), Shape::CustomDataEmptyText),
        shape(plain("90000016", "custom_data en objet", "custom_data as an object"), Shape::CustomDataObject),
        shape(
            plain("90000017", "custom_data en texte JSON", "custom_data as JSON text"),
            Shape::CustomDataText,
        ),
        shape(plain("90000018", "statut en majuscules", "status in capitals"), Shape::OddStatus),
        shape(
            plain("90000019", "statut inconnu, sans fin", "an unknown status, for ever"),
            Shape::UnknownStatus,
        ),
        shape(
            plain("90000020", "payé par un autre opérateur", "paid through another operator"),
            Shape::OtherOperator,
        ),
        first(
            plain("90000030", "confirm répond Code02 deux fois", "confirm says Code02 twice"),
            Confirm::Fail("02".to_owned()),
            2,
        ),
        first(
            plain("90000031", "confirm répond Code03 deux fois", "confirm says Code03 twice"),
            Confirm::Fail("03".to_owned()),
            2,
        ),
        first(
            plain("90000032", "confirm répond 502 deux fois", "confirm answers 502 twice"),
            Confirm::Status(502),
            2,
        ),
        first(
            plain("90000033", "confirm répond 429 deux fois", "confirm answers 429 twice"),
            Confirm::Status(429),
            2,
        ),
        first(
            plain("90000034", "confirm coupe la ligne deux fois", "confirm hangs up twice"),
            Confirm::HangUp,
            2,
        ),
        first(
            plain("90000035", "confirm lent de 5 s", "confirm is 5 s slow"),
            Confirm::HonestAfter(Duration::from_secs(5)),
            u32::MAX,
        ),
        create(
            plain("90000040", "demande créée, jamais de réponse", "created, never answered"),
            Create::CreateAndGoSilent,
        ),
        create(
            plain("90000041", "demande créée, ligne coupée", "created, then hangs up"),
            Create::CreateAndHangUp,
        ),
        create(
            plain("90000042", "demande créée, page d'erreur 502", "created, answered by a 502 page"),
            Create::CreateAndAnswerHtml,
        ),
        create(
            plain("90000043", "acceptée sans jeton", "accepted without a token"),
            Create::AcceptWithoutToken,
        ),
        create(
            plain("90000044", "création lente de 5 s", "create is 5 s slow"),
            Create::AcceptAfter(Duration::from_secs(5)),
        ),
        create(
            plain("90000045", "création redirigée ailleurs", "create is redirected elsewhere"),
            Create::Redirect("http://127.0.0.1:9/elsewhere".to_owned()),
        ),
        create(plain("90000046", "refus Code03a", "refused, Code03a"), Create::Refuse("03a".to_owned())),
        create(plain("900001xx", "refus CodeXX", "refused, CodeXX"), Create::Refuse("xx".to_owned())),
    ]
}

/// The scenario of a customer's number, `228…` or national.
#[must_use]
pub fn scenario_for(customer: &str) -> Scenario {
    let national = customer.strip_prefix("228").unwrap_or(customer);
    let all = scenarios();
    let matches = |scenario: &&Scenario| {
        scenario.number.len() == national.len()
            && scenario
                .number
                .bytes()
                .zip(national.bytes())
                .all(|(pattern, digit)| pattern == b'x' || pattern == digit)
    };
    let mut chosen = all.iter().find(matches).or(all.first()).cloned().unwrap_or(plain("", "", ""));
    if chosen.create == CreateBehaviour::Refuse("xx".to_owned()) {
        chosen.create = CreateBehaviour::Refuse(national.chars().skip(6).collect());
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_chooses_its_own_scenario_and_others_decide_by_hand() {
        let all = scenarios();
        for scenario in &all {
            if !scenario.number.contains('x') {
                assert_eq!(scenario_for(&format!("228{}", scenario.number)).number, scenario.number);
            }
        }
        let mut numbers: Vec<_> = all.iter().map(|scenario| scenario.number).collect();
        numbers.dedup();
        assert_eq!(numbers.len(), all.len());
        assert_eq!(scenario_for("22893123456").number, "90000000");
        assert_eq!(scenario_for("22890000107").create, CreateBehaviour::Refuse("07".into()));
    }
}
