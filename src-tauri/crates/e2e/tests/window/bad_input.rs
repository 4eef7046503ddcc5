//! What is typed wrong is said at its field, and nothing typed is lost.

use crate::{AMOUNT, CARD, PHONE, card, testid};
use e2e::{Keychain, Outcome, Shop};

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_gets_a_message_at_the_field_and_nothing_typed_is_lost() -> Outcome {
    let shop = Shop::new(Keychain::None)?;
    let window = shop.open().await?;
    // A letter is not taken, which is said at once; what could be read as another amount stays in sight.
    window.fill(AMOUNT, "abc").await?;
    window.read("#amount-error", "Des chiffres seuls").await?;
    assert_eq!(window.value(AMOUNT).await?, "");
    for (amount, phone, field, words) in [
        ("1,50", "90123456", "#amount-error", "Des chiffres seuls"),
        ("99", "90123456", "#amount-error", "Le plus petit montant est 100 F"),
        ("0", "90123456", "#amount-error", "Le plus petit montant est 100 F"),
        ("2000001", "90123456", "#amount-error", "Le plus grand montant est 2 000 000 F"),
        ("5000", "9012345", "#phone-error", "Il manque des chiffres"),
        ("5000", "abcdefgh", "#phone-error", "que des chiffres"),
        ("5000", "22123456", "#phone-error", "commence par 7 ou 9"),
    ] {
        window.fill(AMOUNT, amount).await?;
        window.fill(PHONE, phone).await?;
        window.press(&testid("charge-button")).await?;
        window.read(field, words).await?;
        let bare = |text: String| text.split_whitespace().collect::<String>();
        assert_eq!(bare(window.value(AMOUNT).await?), amount);
        assert_eq!(bare(window.value(PHONE).await?), phone);
    }
    window.picture("bad-input").await?;
    assert_eq!(window.count(CARD).await?, 0);

    // Pasted with spaces and the calling code, it is read.
    window.fill(AMOUNT, "5 000 F").await?;
    window.fill(PHONE, "+228 90 00 00 00").await?;
    window.press(&testid("charge-button")).await?;
    window.read(&card("pending"), "90 00 •• 00").await?;
    window.close().await
}
