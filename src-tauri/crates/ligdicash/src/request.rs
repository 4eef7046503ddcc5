//! What is sent: the one body that direct and hosted payin share (API reference, sections 5.1 and 15). Every documented
//! field is always present; the operator is chosen by LigdiCash from the number, so there is no field for it.

use serde::Serialize;

/// A direct payin: the customer approves on the phone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DirectPayin {
    /// Whole XOF.
    pub amount_xof: u32,
    /// Payer: country code and national number, digits only.
    pub customer: String,
    /// Invoice text; keep it short and ASCII.
    pub description: String,
    /// Shop name.
    pub store_name: String,
    /// Shop website.
    pub website_url: String,
    /// Where LigdiCash pushes; may be empty (not confirmed by LigdiCash).
    pub callback_url: String,
    /// Your identifier: new and unguessable for every attempt. Comes back in `custom_data`.
    pub transaction_id: String,
    /// May be empty.
    pub customer_firstname: String,
    /// May be empty.
    pub customer_lastname: String,
    /// May be empty.
    pub customer_email: String,
    /// Empty for push modes; the code for OTP modes.
    pub otp: String,
    /// Leave empty: then only the amount counts.
    pub items: Vec<Item>,
}

/// A hosted payin: the customer approves on a page of LigdiCash's.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HostedPayin {
    /// Whole XOF.
    pub amount_xof: u32,
    /// Invoice text.
    pub description: String,
    /// Shop name.
    pub store_name: String,
    /// Shop website.
    pub website_url: String,
    /// Where the page goes when the customer gives up.
    pub cancel_url: String,
    /// Where the page goes at the end. No proof of anything.
    pub return_url: String,
    /// Where LigdiCash pushes.
    pub callback_url: String,
    /// Your identifier.
    pub transaction_id: String,
    /// Leave empty: then only the amount counts.
    pub items: Vec<Item>,
}

/// One line of an invoice. All fields are sent: LigdiCash fails on a missing `unit_price`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Item {
    /// What it is.
    pub name: String,
    /// May be empty.
    pub description: String,
    /// How many.
    pub quantity: u32,
    /// Whole XOF each.
    pub unit_price: u32,
    /// Whole XOF for the line.
    pub total_price: u32,
}

#[derive(Serialize)]
pub(crate) struct Body<'a> {
    commande: Commande<'a>,
}

#[derive(Serialize)]
struct Commande<'a> {
    invoice: Invoice<'a>,
    store: Store<'a>,
    actions: Actions<'a>,
    custom_data: CustomData<'a>,
}

#[derive(Serialize)]
struct Invoice<'a> {
    items: &'a [Item],
    total_amount: u32,
    devise: &'static str,
    description: &'a str,
    customer: &'a str,
    customer_firstname: &'a str,
    customer_lastname: &'a str,
    customer_email: &'a str,
    external_id: &'static str,
    otp: &'a str,
}

#[derive(Serialize)]
struct Store<'a> {
    name: &'a str,
    website_url: &'a str,
}

#[derive(Serialize)]
struct Actions<'a> {
    cancel_url: &'a str,
    return_url: &'a str,
    callback_url: &'a str,
}

/// One key only: LigdiCash builds `external_id` from every key that contains "id" (API reference, section 10).
#[derive(Serialize)]
struct CustomData<'a> {
    transaction_id: &'a str,
}

impl<'a> From<&'a DirectPayin> for Body<'a> {
    fn from(payin: &'a DirectPayin) -> Self {
        Self {
            commande: Commande {
                invoice: Invoice {
                    items: &payin.items,
                    total_amount: payin.amount_xof,
                    devise: "XOF",
                    description: &payin.description,
                    customer: &payin.customer,
                    customer_firstname: &payin.customer_firstname,
                    customer_lastname: &payin.customer_lastname,
                    customer_email: &payin.customer_email,
                    external_id: "",
                    otp: &payin.otp,
                },
                store: Store { name: &payin.store_name, website_url: &payin.website_url },
                actions: Actions { cancel_url: "", return_url: "", callback_url: &payin.callback_url },
                custom_data: CustomData { transaction_id: &payin.transaction_id },
            },
        }
    }
}

impl<'a> From<&'a HostedPayin> for Body<'a> {
    fn from(payin: &'a HostedPayin) -> Self {
        Self {
            commande: Commande {
                invoice: Invoice {
                    items: &payin.items,
                    total_amount: payin.amount_xof,
                    devise: "XOF",
                    description: &payin.description,
                    // A number would hide the other operators on the page.
                    customer: "",
                    customer_firstname: "",
                    customer_lastname: "",
                    customer_email: "",
                    external_id: "",
                    otp: "",
                },
                store: Store { name: &payin.store_name, website_url: &payin.website_url },
                actions: Actions {
                    cancel_url: &payin.cancel_url,
                    return_url: &payin.return_url,
                    callback_url: &payin.callback_url,
                },
                custom_data: CustomData { transaction_id: &payin.transaction_id },
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn the_direct_body_is_the_documented_one_field_by_field() {
        let payin = DirectPayin {
            amount_xof: 3750,
            customer: "22890123456".into(),
            description: "Ticket 1187 - Boutique Agbalepedo".into(),
            store_name: "Boutique Agbalepedo".into(),
            website_url: "https://boutique-agbalepedo.example".into(),
            callback_url: "https://relay.example/ligdicash".into(),
            transaction_id: "pos-01jb7q9m3k8v5x2w".into(),
            ..DirectPayin::default()
        };
        let documented: Value =
            serde_json::from_str(include_str!("../tests/fixtures/create_request.json")).unwrap();
        assert_eq!(serde_json::to_value(Body::from(&payin)).unwrap(), documented);
    }

    #[test]
    fn the_hosted_body_has_no_customer_and_keeps_its_addresses_in_place() {
        let payin = HostedPayin {
            amount_xof: 500,
            cancel_url: "https://a.example/cancel".into(),
            return_url: "https://a.example/return".into(),
            callback_url: "https://a.example/callback".into(),
            transaction_id: "t".into(),
            ..HostedPayin::default()
        };
        let body = serde_json::to_value(Body::from(&payin)).unwrap();
        assert_eq!(body["commande"]["invoice"]["customer"], "");
        assert_eq!(
            body["commande"]["actions"],
            json!({
                "cancel_url": "https://a.example/cancel",
                "return_url": "https://a.example/return",
                "callback_url": "https://a.example/callback"
            })
        );
    }

    #[test]
    fn an_item_always_carries_its_prices() {
        let item = Item {
            name: "Pagne".into(),
            quantity: 2,
            unit_price: 1000,
            total_price: 2000,
            ..Item::default()
        };
        let body = serde_json::to_value(item).unwrap();
        assert_eq!(body["unit_price"], 1000);
        assert_eq!(body["total_price"], 2000);
    }
}
