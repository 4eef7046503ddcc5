//! Amounts in French words, as a receipt says them. Owns the spelling (traditional hyphens: only below one hundred).
//! Refuses negative amounts and amounts of a milliard and more, which no payment reaches.

use crate::money::Xof;

const SMALL: [&str; 17] = [
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze",
    "treize", "quatorze", "quinze", "seize",
];
const TENS: [&str; 10] = [
    "",
    "dix",
    "vingt",
    "trente",
    "quarante",
    "cinquante",
    "soixante",
    "soixante",
    "quatre-vingt",
    "quatre-vingt",
];
const WORDS_END: i64 = 1_000_000_000;

/// `5000` as `cinq mille francs CFA`; none for an amount that is negative or a milliard and more.
///
/// *Vingt* and *cent* take an *s* when multiplied and last; *mille* never does; *million* is a noun, so that *cents* keeps
/// its *s* before it and it asks for *de*.
#[must_use]
pub fn amount_in_words(amount: Xof) -> Option<String> {
    let francs = amount.francs();
    if !(0..WORDS_END).contains(&francs) {
        return None;
    }
    let unit = match francs {
        0 | 1 => "franc CFA",
        _ if francs % 1_000_000 == 0 => "de francs CFA",
        _ => "francs CFA",
    };
    Some(format!("{} {unit}", whole(francs)))
}

fn whole(number: i64) -> String {
    if number == 0 {
        return SMALL[0].to_owned();
    }
    let (millions, thousands, rest) = (number / 1_000_000, number / 1_000 % 1_000, number % 1_000);
    let mut words = Vec::new();
    match millions {
        0 => {}
        1 => words.push("un million".to_owned()),
        _ => words.push(format!("{} millions", hundreds(millions, true))),
    }
    match thousands {
        0 => {}
        1 => words.push("mille".to_owned()),
        // Mille is a numeral: what multiplies it loses its s.
        _ => words.push(format!("{} mille", hundreds(thousands, false))),
    }
    if rest > 0 {
        words.push(hundreds(rest, true));
    }
    words.join(" ")
}

/// 1 to 999. `is_last`: nothing but a noun follows, so that *cents* and *vingts* keep their *s*.
fn hundreds(number: i64, is_last: bool) -> String {
    let (hundreds, rest) = (number / 100, number % 100);
    let plural = if is_last && rest == 0 { "s" } else { "" };
    let head = match hundreds {
        0 => return below_hundred(rest, is_last),
        1 => "cent".to_owned(),
        _ => format!("{} cent{plural}", small(hundreds)),
    };
    if rest == 0 { head } else { format!("{head} {}", below_hundred(rest, is_last)) }
}

/// 1 to 99.
fn below_hundred(number: i64, is_last: bool) -> String {
    if number <= 16 {
        return small(number).to_owned();
    }
    let (tens, units) = (number / 10, number % 10);
    let base = usize::try_from(tens).ok().and_then(|index| TENS.get(index)).copied().unwrap_or_default();
    // Seventy and ninety count on from sixty and eighty.
    let units = if tens == 7 || tens == 9 { units + 10 } else { units };
    match (tens, units) {
        (8, 0) if is_last => format!("{base}s"),
        (_, 0) => base.to_owned(),
        (2..=6, 1) => format!("{base} et un"),
        (7, 11) => format!("{base} et onze"),
        (_, 17..) => format!("{base}-dix-{}", small(units - 10)),
        _ => format!("{base}-{}", small(units)),
    }
}

fn small(number: i64) -> &'static str {
    usize::try_from(number).ok().and_then(|index| SMALL.get(index)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn amounts_read_as_a_french_speaker_writes_them() {
        for (francs, words) in [
            (0, "zéro franc CFA"),
            (1, "un franc CFA"),
            (17, "dix-sept francs CFA"),
            (21, "vingt et un francs CFA"),
            (70, "soixante-dix francs CFA"),
            (71, "soixante et onze francs CFA"),
            (77, "soixante-dix-sept francs CFA"),
            (80, "quatre-vingts francs CFA"),
            (81, "quatre-vingt-un francs CFA"),
            (91, "quatre-vingt-onze francs CFA"),
            (99, "quatre-vingt-dix-neuf francs CFA"),
            (100, "cent francs CFA"),
            (180, "cent quatre-vingts francs CFA"),
            (200, "deux cents francs CFA"),
            (201, "deux cent un francs CFA"),
            (1_000, "mille francs CFA"),
            (1_001, "mille un francs CFA"),
            (2_000, "deux mille francs CFA"),
            (21_000, "vingt et un mille francs CFA"),
            (80_000, "quatre-vingt mille francs CFA"),
            (80_080, "quatre-vingt mille quatre-vingts francs CFA"),
            (200_000, "deux cent mille francs CFA"),
            (200_200, "deux cent mille deux cents francs CFA"),
            (999_999, "neuf cent quatre-vingt-dix-neuf mille neuf cent quatre-vingt-dix-neuf francs CFA"),
            (1_000_000, "un million de francs CFA"),
            (1_000_100, "un million cent francs CFA"),
            (1_500_000, "un million cinq cent mille francs CFA"),
            (2_000_000, "deux millions de francs CFA"),
            (200_000_000, "deux cents millions de francs CFA"),
        ] {
            assert_eq!(amount_in_words(Xof::new(francs)).as_deref(), Some(words), "{francs}");
        }
        assert_eq!(amount_in_words(Xof::new(-1)), None);
        assert_eq!(amount_in_words(Xof::new(1_000_000_000)), None);
    }

    /// Reads words back by a grammar of its own, so that a spelling that means another amount is found.
    fn read(words: &str) -> i64 {
        let values: BTreeMap<&str, i64> = [
            ("un", 1),
            ("deux", 2),
            ("trois", 3),
            ("cinq", 5),
            ("six", 6),
            ("sept", 7),
            ("huit", 8),
            ("neuf", 9),
            ("dix", 10),
            ("onze", 11),
            ("douze", 12),
            ("treize", 13),
            ("quatorze", 14),
            ("quinze", 15),
            ("seize", 16),
            ("vingt", 20),
            ("vingts", 20),
            ("trente", 30),
            ("quarante", 40),
            ("cinquante", 50),
            ("soixante", 60),
        ]
        .into();
        let mut words = words.replace("quatre-vingt", "huitante ").replace("huitante s", "huitante ");
        words = words.replace('-', " ");
        let (mut total, mut group) = (0, 0);
        for word in words.split_whitespace() {
            match word {
                "et" | "de" | "franc" | "francs" | "CFA" => {}
                "quatre" => group += 4,
                "huitante" => group += 80,
                "cent" | "cents" => group = group.max(1) * 100,
                "mille" => {
                    total += group.max(1) * 1_000;
                    group = 0;
                }
                "million" | "millions" => {
                    total += group * 1_000_000;
                    group = 0;
                }
                other => group += values[other],
            }
        }
        total + group
    }

    #[test]
    fn every_amount_that_can_be_charged_reads_back_as_itself_and_keeps_the_rules() {
        for francs in 100..=2_000_000 {
            let words = amount_in_words(Xof::new(francs)).unwrap();
            assert_eq!(read(&words), francs, "{words}");
            assert!(!words.contains("milles"), "{words}");
            assert!(!words.starts_with("un mille") && !words.contains("million un mille"), "{words}");
            assert!(!words.contains("cents mille") && !words.contains("vingts mille"), "{words}");
            assert!(!words.contains("  ") && !words.contains("vingts-"), "{words}");
            assert_eq!(words.contains(" de francs"), francs % 1_000_000 == 0, "{words}");
        }
    }
}
