//! QR codes as black and white squares. Owns the level of error correction: M, 15 % may be dirty, and the code still fits on
//! narrow paper.

use crate::error::DocumentError;
use qrcode::{EcLevel, QrCode};

/// Rows of modules, true is dark; without the quiet zone.
///
/// # Errors
/// [`DocumentError::Format`] for a text that is too long.
pub fn modules(text: &str) -> Result<Vec<Vec<bool>>, DocumentError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M)
        .map_err(|error| DocumentError::Format(error.to_string()))?;
    let width = code.width();
    let dark: Vec<bool> = code.into_colors().into_iter().map(|color| color == qrcode::Color::Dark).collect();
    Ok(dark.chunks(width).map(<[bool]>::to_vec).collect())
}
