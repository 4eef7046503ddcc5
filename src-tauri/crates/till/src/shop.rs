//! The shop's settings: their meaning, defaults and rules. Owns what may be stored. Refuses secrets, which live in the
//! vault, and half-read settings: a stored word that cannot be read is an error, never a default.

use crate::error::{Field, SettingProblem, TillError};
use crate::papers::PaperSettings;
use domain::operator::YAS_TOGO;
use domain::{Mode, Xof};
use ligdicash::BaseUrl;
use std::collections::BTreeMap;

/// Page language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// French.
    Fr,
    /// English.
    En,
}

/// Page theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// As the system.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// What became of the welcome that a fresh till gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Welcome {
    /// Neither gone through nor put off yet.
    Fresh,
    /// Put off by a person; it does not come back by itself.
    Left,
    /// Gone through.
    Done,
}

/// What a manager can change on the settings page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Shown to the customer and on receipts.
    pub shop_name: String,
    /// May be empty.
    pub website_url: String,
    /// May be empty.
    pub callback_url: String,
    /// LigdiCash's own when empty.
    pub base_url: String,
    /// Page language.
    pub language: Language,
    /// Page theme.
    pub theme: Theme,
    /// Amounts above this get one review step; zero switches it off.
    pub review_above: Xof,
    /// Largest amount; can only be lowered.
    pub amount_max: Xof,
    /// What leaves the till.
    pub papers: PaperSettings,
    /// Whether the till still introduces itself.
    pub welcome: Welcome,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            shop_name: String::new(),
            website_url: String::new(),
            callback_url: String::new(),
            base_url: String::new(),
            language: Language::Fr,
            theme: Theme::System,
            review_above: Xof::new(200_000),
            amount_max: YAS_TOGO.limits().max,
            papers: PaperSettings::default(),
            welcome: Welcome::Fresh,
        }
    }
}

/// What stands in for a shop's name while training.
pub const TRAINING_SHOP_NAME: &str = "Ma boutique";
const NAME_MAX_CHARS: usize = 80;
const URL_MAX_CHARS: usize = 300;

impl Settings {
    /// Checks what was typed and brings it to its stored form.
    ///
    /// # Errors
    /// [`TillError::Setting`], naming the field and its problem.
    pub fn checked(mut self) -> Result<Self, TillError> {
        for text in [&mut self.shop_name, &mut self.website_url, &mut self.callback_url, &mut self.base_url] {
            *text = text.trim().to_owned();
        }
        let wrong = |field, problem| Err(TillError::Setting { field, problem });
        if self.shop_name.chars().count() > NAME_MAX_CHARS || self.shop_name.chars().any(char::is_control) {
            return wrong(Field::ShopName, SettingProblem::OutOfRange);
        }
        for (field, url) in [(Field::WebsiteUrl, &self.website_url), (Field::CallbackUrl, &self.callback_url)]
        {
            if !url.is_empty() && !is_web_address(url) {
                return wrong(field, SettingProblem::UrlInvalid);
            }
        }
        if !self.base_url.is_empty() && BaseUrl::parse(&self.base_url).is_err() {
            return wrong(Field::BaseUrl, SettingProblem::UrlNotAllowed);
        }
        if self.review_above < Xof::ZERO || self.review_above > YAS_TOGO.limits().max {
            return wrong(Field::ReviewAbove, SettingProblem::OutOfRange);
        }
        let limits = YAS_TOGO.limits();
        if self.amount_max < limits.min || self.amount_max > limits.max {
            return wrong(Field::AmountMax, SettingProblem::OutOfRange);
        }
        self.papers = self.papers.checked()?;
        Ok(self)
    }

    /// The address LigdiCash may push to: the setting, else the website, else nothing (API reference, section 23,
    /// question 4).
    #[must_use]
    pub fn effective_callback_url(&self) -> &str {
        if self.callback_url.is_empty() { &self.website_url } else { &self.callback_url }
    }

    pub(crate) fn read(stored: &BTreeMap<String, String>) -> Result<Self, TillError> {
        let default = Self::default();
        let text = |key: &str, default: &str| stored.get(key).map_or(default, String::as_str).to_owned();
        let francs = |key: &str, default: Xof| match stored.get(key) {
            None => Ok(default),
            Some(word) => word.parse().map(Xof::new).map_err(|_| unreadable(key, word)),
        };
        Ok(Self {
            shop_name: text(SHOP_NAME, ""),
            website_url: text(WEBSITE_URL, ""),
            callback_url: text(CALLBACK_URL, ""),
            base_url: text(BASE_URL, ""),
            language: word(stored, LANGUAGE, LANGUAGE_WORDS, default.language)?,
            theme: word(stored, THEME, THEME_WORDS, default.theme)?,
            review_above: francs(REVIEW_ABOVE, default.review_above)?,
            amount_max: francs(AMOUNT_MAX, default.amount_max)?,
            papers: PaperSettings::read(stored)?,
            welcome: word(stored, WELCOME, WELCOME_WORDS, default.welcome)?,
        })
    }

    pub(crate) fn written(&self) -> Vec<(&'static str, String)> {
        let mut written = vec![
            (SHOP_NAME, self.shop_name.clone()),
            (WEBSITE_URL, self.website_url.clone()),
            (CALLBACK_URL, self.callback_url.clone()),
            (BASE_URL, self.base_url.clone()),
            (LANGUAGE, word_of(LANGUAGE_WORDS, self.language)),
            (THEME, word_of(THEME_WORDS, self.theme)),
            (REVIEW_ABOVE, self.review_above.francs().to_string()),
            (AMOUNT_MAX, self.amount_max.francs().to_string()),
            (WELCOME, word_of(WELCOME_WORDS, self.welcome)),
        ];
        written.extend(self.papers.written());
        written
    }
}

const LANGUAGE_WORDS: &[(&str, Language)] = &[("fr", Language::Fr), ("en", Language::En)];
const THEME_WORDS: &[(&str, Theme)] =
    &[("system", Theme::System), ("light", Theme::Light), ("dark", Theme::Dark)];
const WELCOME_WORDS: &[(&str, Welcome)] =
    &[("fresh", Welcome::Fresh), ("left", Welcome::Left), ("done", Welcome::Done)];

/// The value of a stored word; an unknown word is an error, never a default.
pub(crate) fn word<T: Copy>(
    stored: &BTreeMap<String, String>,
    key: &str,
    words: &[(&str, T)],
    default: T,
) -> Result<T, TillError> {
    let Some(found) = stored.get(key) else { return Ok(default) };
    words
        .iter()
        .find(|(word, _)| word == found)
        .map(|(_, value)| *value)
        .ok_or_else(|| unreadable(key, found))
}

/// The word that stands for a value.
pub(crate) fn word_of<T: PartialEq>(words: &[(&str, T)], value: T) -> String {
    words.iter().find(|(_, known)| *known == value).map(|(word, _)| (*word).to_owned()).unwrap_or_default()
}

const SHOP_NAME: &str = "shop_name";
const WEBSITE_URL: &str = "website_url";
const CALLBACK_URL: &str = "callback_url";
const BASE_URL: &str = "base_url";
const LANGUAGE: &str = "language";
const THEME: &str = "theme";
const REVIEW_ABOVE: &str = "review_above_xof";
const AMOUNT_MAX: &str = "amount_max_xof";
const WELCOME: &str = "welcome";
const MODE: &str = "mode";
const INSTALLATION: &str = "installation_id";
const HEAD_KEPT: &str = "chain_head_kept";

pub(crate) fn read_mode(stored: &BTreeMap<String, String>) -> Result<Mode, TillError> {
    stored.get(MODE).map_or(Ok(Mode::Training), |word| word.parse().map_err(|_| unreadable(MODE, word)))
}

pub(crate) fn written_mode(mode: Mode) -> [(&'static str, String); 1] {
    [(MODE, mode.as_str().to_owned())]
}

pub(crate) fn read_installation(stored: &BTreeMap<String, String>) -> Option<String> {
    stored.get(INSTALLATION).cloned()
}

pub(crate) fn written_installation(id: &str) -> [(&'static str, String); 1] {
    [(INSTALLATION, id.to_owned())]
}

/// Whether the keychain was ever given an end of the live chains.
pub(crate) fn read_head_kept(stored: &BTreeMap<String, String>) -> bool {
    stored.contains_key(HEAD_KEPT)
}

pub(crate) fn written_head_kept() -> [(&'static str, String); 1] {
    [(HEAD_KEPT, "1".to_owned())]
}

const fn found_sound_key(mode: Mode) -> &'static str {
    match mode {
        Mode::Training => "training_found_sound_ms",
        Mode::Live => "live_found_sound_ms",
    }
}

/// When the whole of a ledger was last read and found sound.
pub(crate) fn read_found_sound(stored: &BTreeMap<String, String>, mode: Mode) -> Option<i64> {
    stored.get(found_sound_key(mode)).and_then(|word| word.parse().ok())
}

/// Nothing, when it was found damaged.
pub(crate) fn written_found_sound(mode: Mode, at_ms: Option<i64>) -> [(&'static str, String); 1] {
    [(found_sound_key(mode), at_ms.map(|at_ms| at_ms.to_string()).unwrap_or_default())]
}

pub(crate) fn unreadable(key: &str, word: &str) -> TillError {
    TillError::StoredSetting(format!("{key} = {word:?}"))
}

fn is_web_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        !host.is_empty()
            && !host.contains('@')
            && !text.contains(|c: char| c.is_whitespace() || c.is_control())
    }) && text.chars().count() <= URL_MAX_CHARS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(change: impl FnOnce(&mut Settings)) -> Option<(Field, SettingProblem)> {
        let mut settings = Settings::default();
        change(&mut settings);
        match settings.checked() {
            Ok(_) => None,
            Err(TillError::Setting { field, problem }) => Some((field, problem)),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn each_field_is_checked_and_named() {
        let long = "x".repeat(81);
        assert_eq!(problem(|_| {}), None);
        assert_eq!(problem(|s| s.shop_name = long), Some((Field::ShopName, SettingProblem::OutOfRange)));
        for bad in [
            "boutique.example",
            "ftp://a.example",
            "https://",
            "https://a b.example",
            "https://u:p@a.example",
        ] {
            assert_eq!(
                problem(|s| s.website_url = bad.into()),
                Some((Field::WebsiteUrl, SettingProblem::UrlInvalid)),
                "{bad}"
            );
            assert_eq!(
                problem(|s| s.callback_url = bad.into()),
                Some((Field::CallbackUrl, SettingProblem::UrlInvalid)),
                "{bad}"
            );
        }
        for bad in ["http://192.168.1.4", "http://ligdicash.example", "file:///etc", "app.ligdicash.com"] {
            assert_eq!(
                problem(|s| s.base_url = bad.into()),
                Some((Field::BaseUrl, SettingProblem::UrlNotAllowed)),
                "{bad}"
            );
        }
        for good in ["", "https://app.ligdicash.com", "http://127.0.0.1:8080"] {
            assert_eq!(problem(|s| s.base_url = good.into()), None, "{good}");
        }
        assert_eq!(
            problem(|s| s.amount_max = Xof::new(2_000_001)),
            Some((Field::AmountMax, SettingProblem::OutOfRange))
        );
        assert_eq!(
            problem(|s| s.amount_max = Xof::new(99)),
            Some((Field::AmountMax, SettingProblem::OutOfRange))
        );
        assert_eq!(
            problem(|s| s.review_above = Xof::new(-1)),
            Some((Field::ReviewAbove, SettingProblem::OutOfRange))
        );
    }

    #[test]
    fn what_is_written_reads_back_and_an_unknown_word_is_an_error() {
        let settings = Settings {
            shop_name: "Chez Afi".into(),
            language: Language::En,
            theme: Theme::Dark,
            welcome: Welcome::Left,
            ..Settings::default()
        };
        let mut stored: BTreeMap<String, String> =
            settings.written().into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        assert_eq!(Settings::read(&stored).unwrap(), settings);
        stored.insert("theme".into(), "sepia".into());
        assert!(matches!(Settings::read(&stored), Err(TillError::StoredSetting(_))));
        assert_eq!(Settings::read(&BTreeMap::new()).unwrap(), Settings::default());
    }

    #[test]
    fn the_callback_is_the_setting_then_the_website_then_nothing() {
        let mut settings = Settings::default();
        assert_eq!(settings.effective_callback_url(), "");
        settings.website_url = "https://shop.example".into();
        assert_eq!(settings.effective_callback_url(), "https://shop.example");
        settings.callback_url = "https://relay.example/l".into();
        assert_eq!(settings.effective_callback_url(), "https://relay.example/l");
    }
}
