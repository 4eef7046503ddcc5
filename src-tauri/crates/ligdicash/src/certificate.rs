//! Who issued a certificate, read from the certificate itself. Owns the few elements on the way to that name. Trusts
//! nothing it reads: whoever stands between the till and LigdiCash wrote it, so it is bounded and cannot act on a screen.

/// Longer names help nobody to recognise who it is.
const NAME_MAX_CHARS: usize = 80;

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const INTEGER: u8 = 0x02;
const OBJECT_IDENTIFIER: u8 = 0x06;
const VERSION: u8 = 0xa0;
const UTF8: u8 = 0x0c;
const BMP: u8 = 0x1e;

const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
const ORGANISATION: &[u8] = &[0x55, 0x04, 0x0a];
const ORGANISATIONAL_UNIT: &[u8] = &[0x55, 0x04, 0x0b];

/// The issuer's name, and its organisation where that tells more; `None` when the certificate gives none.
pub(crate) fn issuer(certificate: &[u8]) -> Option<String> {
    let mut names = issuer_names(certificate)?;
    let (mut common, mut organisation, mut unit) = (None, None, None);
    while let Some(mut set) = names.enter(SET) {
        while let Some(mut pair) = set.enter(SEQUENCE) {
            let place = match pair.next() {
                Some((OBJECT_IDENTIFIER, COMMON_NAME)) => &mut common,
                Some((OBJECT_IDENTIFIER, ORGANISATION)) => &mut organisation,
                Some((OBJECT_IDENTIFIER, ORGANISATIONAL_UNIT)) => &mut unit,
                Some(_) | None => continue,
            };
            if place.is_none() {
                *place = pair.next().map(|(tag, text)| read(tag, text)).filter(|name| !name.is_empty());
            }
        }
    }
    match (common, organisation) {
        (Some(name), Some(organisation)) if !name.contains(&organisation) => {
            Some(format!("{name} ({organisation})"))
        }
        (Some(name), _) | (None, Some(name)) => Some(name),
        (None, None) => unit,
    }
}

/// Certificate, its signed part, and there: version if given, number, algorithm, issuer.
fn issuer_names(certificate: &[u8]) -> Option<Elements<'_>> {
    let mut signed = Elements(certificate).enter(SEQUENCE)?.enter(SEQUENCE)?;
    if signed.0.first() == Some(&VERSION) {
        signed.enter(VERSION)?;
    }
    signed.enter(INTEGER)?;
    signed.enter(SEQUENCE)?;
    signed.enter(SEQUENCE)
}

fn read(tag: u8, text: &[u8]) -> String {
    let text = match tag {
        UTF8 => String::from_utf8_lossy(text).into_owned(),
        BMP => {
            let units = text
                .chunks_exact(2)
                .map(|pair| pair.iter().fold(0, |unit, byte| unit << 8 | u16::from(*byte)));
            char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        // The old alphabets are subsets of Latin-1, or are taken for it.
        _ => text.iter().copied().map(char::from).collect(),
    };
    // It will stand between quotes, and must not close them.
    harmless(&text, NAME_MAX_CHARS).replace('"', "'")
}

/// A stranger's text, fit to be shown: no longer than `chars_max`, on one line, and without characters that move a cursor,
/// hide themselves or turn the direction of writing.
pub(crate) fn harmless(text: &str, chars_max: usize) -> String {
    let visible = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !acts(*c));
    let mut kept = String::new();
    for (at, c) in visible.enumerate() {
        if at == chars_max {
            kept.push('…');
            break;
        }
        kept.push(c);
    }
    kept.trim().to_owned()
}

fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Elements of DER, one after the other.
struct Elements<'a>(&'a [u8]);

impl<'a> Elements<'a> {
    /// The next element: what it is and what it holds. A length that leads outside ends everything.
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (tag, rest) = self.0.split_first()?;
        let (first, rest) = rest.split_first()?;
        let (length, rest) = match *first {
            short @ 0..=0x7f => (usize::from(short), rest),
            // No handshake carries a certificate of more than three bytes of length.
            long @ 0x81..=0x83 => {
                let (bytes, rest) = rest.split_at_checked(usize::from(long & 0x7f))?;
                (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((*tag, content))
    }

    /// Into the next element, if it is of this kind.
    fn enter(&mut self, tag: u8) -> Option<Self> {
        self.next().filter(|(found, _)| *found == tag).map(|(_, content)| Elements(content))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rcgen::{CertificateParams, DistinguishedName, DnType, DnValue, KeyPair};

    fn certificate(names: &[(DnType, DnValue)]) -> Vec<u8> {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.distinguished_name = DistinguishedName::new();
        for (kind, value) in names {
            params.distinguished_name.push(kind.clone(), value.clone());
        }
        params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec()
    }

    fn text(text: &str) -> DnValue {
        DnValue::Utf8String(text.to_owned())
    }

    #[test]
    fn the_issuer_is_named_as_a_person_would_look_for_it() {
        use DnType::{CommonName, CountryName, OrganizationName, OrganizationalUnitName};
        for (names, expected) in [
            (
                vec![(CommonName, text("Avast Web Shield Root")), (OrganizationName, text("Avast"))],
                "Avast Web Shield Root",
            ),
            (
                vec![
                    (CountryName, text("TG")),
                    (OrganizationName, text("Société Générale")),
                    (CommonName, text("Proxy CA")),
                ],
                "Proxy CA (Société Générale)",
            ),
            (vec![(OrganizationName, text("Orange"))], "Orange"),
            (vec![(OrganizationalUnitName, text("Réseau"))], "Réseau"),
            (vec![(CommonName, DnValue::BmpString("Éclair".try_into().unwrap()))], "Éclair"),
            (vec![(CommonName, DnValue::PrintableString("Plain CA".try_into().unwrap()))], "Plain CA"),
        ] {
            assert_eq!(issuer(&certificate(&names)).as_deref(), Some(expected));
        }
        assert_eq!(issuer(&certificate(&[])), None);
        assert_eq!(issuer(b""), None);
    }

    #[test]
    fn a_hostile_name_is_short_and_does_nothing_on_a_screen() {
        let hostile = format!("\u{1b}[2J\u{202e}evil\r\n\"\u{200b}\0{}", "x".repeat(9_000));
        let shown = issuer(&certificate(&[(DnType::CommonName, text(&hostile))])).unwrap();
        assert!(shown.starts_with("[2Jevil"), "{shown}");
        assert!(shown.ends_with("x…") && shown.chars().count() == NAME_MAX_CHARS + 1, "{shown}");
        assert!(!shown.contains(['\u{1b}', '\u{202e}', '\n', '"', '\0']), "{shown:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_certificate_breaks_the_reading(noise in prop::collection::vec(any::<u8>(), 0..400)) {
            issuer(&noise);
        }

        #[test]
        fn a_damaged_certificate_names_somebody_short_or_nobody(at in any::<prop::sample::Index>(), byte: u8, cut in any::<prop::sample::Index>()) {
            let mut der = CERTIFICATE.with(Clone::clone);
            let place = at.index(der.len());
            der[place] = byte;
            der.truncate(cut.index(der.len()) + 1);
            if let Some(name) = issuer(&der) {
                prop_assert!(name.chars().count() <= 2 * NAME_MAX_CHARS + 5 && !name.chars().any(acts));
            }
        }
    }

    thread_local! {
        static CERTIFICATE: Vec<u8> = certificate(&[
            (DnType::CommonName, text("Avast Web Shield Root")),
            (DnType::OrganizationName, text("Gen Digital")),
        ]);
    }
}
