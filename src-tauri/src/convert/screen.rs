//! This computer's screens. The customer's is given what stands on it and nothing more.

use super::same_words;
use crate::views::{DisplayShown, DisplayView, ScreenView, VolumeView};
use till::domain::Mode;
use till::{ScreenSettings, Settings, Shown, TRAINING_SHOP_NAME, Volume};

same_words!(Volume => VolumeView { Mute, Soft, Medium, Loud });
same_words!(VolumeView => Volume { Mute, Soft, Medium, Loud });

impl From<ScreenSettings> for ScreenView {
    fn from(screen: ScreenSettings) -> Self {
        Self {
            volume: screen.volume.into(),
            unmuted: screen.unmuted.into(),
            more_contrast: screen.more_contrast,
            notify: screen.notify,
            display: screen.display,
        }
    }
}

/// What a person chose. Whether the customer's screen is open is not chosen but so.
pub(crate) fn screen_input(input: ScreenView, is_open: bool) -> ScreenSettings {
    ScreenSettings {
        volume: input.volume.into(),
        unmuted: input.unmuted.into(),
        more_contrast: input.more_contrast,
        notify: input.notify,
        display: is_open,
    }
}

pub(crate) fn display(mode: Mode, settings: &Settings, screen: ScreenSettings, shown: Shown) -> DisplayView {
    let training = mode == Mode::Training;
    let shop_name = match settings.shop_name.as_str() {
        "" if training => TRAINING_SHOP_NAME,
        name => name,
    };
    DisplayView {
        shop_name: shop_name.to_owned(),
        training,
        language: settings.language.into(),
        theme: settings.theme.into(),
        more_contrast: screen.more_contrast,
        shown: match shown {
            Shown::Idle => DisplayShown::Idle,
            Shown::Waiting { amount, phone } => DisplayShown::Waiting { amount_xof: amount.francs(), phone },
            Shown::Paid { amount, at_ms } => DisplayShown::Paid { amount_xof: amount.francs(), at_ms },
            Shown::NotCompleted { amount } => DisplayShown::NotCompleted { amount_xof: amount.francs() },
            Shown::Checking { amount } => DisplayShown::Checking { amount_xof: amount.francs() },
        },
    }
}
