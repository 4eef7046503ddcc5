//! The letters that documents carry with them: Noto Sans and Noto Sans Mono (SIL Open Font License 1.1, see `fonts/`), cut down
//! to Latin, so that French, English and the languages of Togo (ɖ ɛ ŋ ɔ ʋ…) print everywhere.

use crate::error::DocumentError;
use ab_glyph::FontRef;

pub(crate) const REGULAR: &[u8] = include_bytes!("../fonts/NotoSans-Regular.ttf");
pub(crate) const BOLD: &[u8] = include_bytes!("../fonts/NotoSans-Bold.ttf");
const MONO: &[u8] = include_bytes!("../fonts/NotoSansMono-Regular.ttf");
const MONO_BOLD: &[u8] = include_bytes!("../fonts/NotoSansMono-Bold.ttf");

pub(crate) fn read(bytes: &'static [u8]) -> Result<FontRef<'static>, DocumentError> {
    FontRef::try_from_slice(bytes).map_err(|error| DocumentError::Format(error.to_string()))
}

pub(crate) fn mono() -> Result<FontRef<'static>, DocumentError> {
    read(MONO)
}

pub(crate) fn mono_bold() -> Result<FontRef<'static>, DocumentError> {
    read(MONO_BOLD)
}
