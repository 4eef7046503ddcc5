//! How this computer shows and sounds: contrast, volume, notifications, and whether the customer has a screen. Owns where
//! that is remembered: in the till's own settings, because a web view forgets. Changed at once, without the settings' form.

use crate::error::TillError;
use crate::ports::TillEvent;
use crate::shop::{word, word_of};
use crate::till::Till;
use std::collections::BTreeMap;
use std::sync::PoisonError;

/// How loud the till is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Volume {
    /// Not at all.
    Mute,
    /// For one person.
    Soft,
    /// For a counter.
    Medium,
    /// For a shop.
    Loud,
}

/// What belongs to this computer and to no shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScreenSettings {
    /// How loud the till is.
    pub volume: Volume,
    /// What a press on the loudspeaker goes back to.
    pub unmuted: Volume,
    /// More contrast than the system asks for.
    pub more_contrast: bool,
    /// A payment's end is told on the desktop while the window is not in front.
    pub notify: bool,
    /// The customer's screen was open.
    pub display: bool,
}

impl Default for ScreenSettings {
    fn default() -> Self {
        Self {
            volume: Volume::Medium,
            unmuted: Volume::Medium,
            more_contrast: false,
            notify: true,
            display: false,
        }
    }
}

const VOLUME: &str = "screen.volume";
const UNMUTED: &str = "screen.unmuted";
const CONTRAST: &str = "screen.contrast";
const NOTIFY: &str = "screen.notify";
const DISPLAY: &str = "screen.display";
const VOLUME_WORDS: &[(&str, Volume)] =
    &[("mute", Volume::Mute), ("soft", Volume::Soft), ("medium", Volume::Medium), ("loud", Volume::Loud)];
const CONTRAST_WORDS: &[(&str, bool)] = &[("system", false), ("more", true)];
const SWITCH_WORDS: &[(&str, bool)] = &[("no", false), ("yes", true)];

impl ScreenSettings {
    pub(crate) fn read(stored: &BTreeMap<String, String>) -> Result<Self, TillError> {
        let default = Self::default();
        Ok(Self {
            volume: word(stored, VOLUME, VOLUME_WORDS, default.volume)?,
            unmuted: word(stored, UNMUTED, VOLUME_WORDS, default.unmuted)?,
            more_contrast: word(stored, CONTRAST, CONTRAST_WORDS, default.more_contrast)?,
            notify: word(stored, NOTIFY, SWITCH_WORDS, default.notify)?,
            display: word(stored, DISPLAY, SWITCH_WORDS, default.display)?,
        })
    }

    fn written(self) -> [(&'static str, String); 5] {
        [
            (VOLUME, word_of(VOLUME_WORDS, self.volume)),
            (UNMUTED, word_of(VOLUME_WORDS, self.unmuted)),
            (CONTRAST, word_of(CONTRAST_WORDS, self.more_contrast)),
            (NOTIFY, word_of(SWITCH_WORDS, self.notify)),
            (DISPLAY, word_of(SWITCH_WORDS, self.display)),
        ]
    }
}

impl Till {
    /// How this computer shows and sounds.
    #[must_use]
    pub fn screen(&self) -> ScreenSettings {
        *self.screen_cell().read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes something of it, for this computer and at once. Whoever changes something else at the same time loses
    /// nothing.
    ///
    /// # Errors
    /// The settings' file's; then nothing changed.
    pub async fn change_screen(&self, change: impl FnOnce(&mut ScreenSettings)) -> Result<(), TillError> {
        let _turn = self.changing_screen().lock().await;
        let mut screen = self.screen();
        change(&mut screen);
        if screen == self.screen() {
            return Ok(());
        }
        self.store().set(&screen.written(), self.ports().clock.now_ms()).await?;
        *self.screen_cell().write().unwrap_or_else(PoisonError::into_inner) = screen;
        self.ports().events.emit(TillEvent::SnapshotStale);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back_and_an_unknown_word_is_an_error() {
        let screen = ScreenSettings {
            volume: Volume::Mute,
            unmuted: Volume::Loud,
            more_contrast: true,
            notify: false,
            display: true,
        };
        let mut stored: BTreeMap<String, String> =
            screen.written().into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        assert_eq!(ScreenSettings::read(&stored).unwrap(), screen);
        for (key, ..) in screen.written() {
            let kept = stored.insert(key.to_owned(), "perhaps".to_owned()).unwrap();
            assert!(matches!(ScreenSettings::read(&stored), Err(TillError::StoredSetting(_))), "{key}");
            stored.insert(key.to_owned(), kept);
        }
        assert_eq!(ScreenSettings::read(&BTreeMap::new()).unwrap(), ScreenSettings::default());
    }
}
