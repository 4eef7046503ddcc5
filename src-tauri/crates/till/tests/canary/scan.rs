//! Every byte of every file, held against every way a secret may be written. Looks into zip files and reads PDFs as their
//! readers do, where `pdftotext` is there.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A text that must not be found.
pub struct Secret {
    pub name: &'static str,
    pub text: String,
}

/// Where a secret was found.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    pub secret: &'static str,
    pub form: &'static str,
    pub file: PathBuf,
    pub times: usize,
}

/// What was looked at.
#[derive(Default)]
pub struct Looked {
    pub files: usize,
    pub bytes: usize,
    pub forms: usize,
    pub found: Vec<Found>,
}

/// Letters at either end that give a secret away even when the rest is cut off.
const PART_BYTES: usize = 16;

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    // Whole groups only: what follows in the file belongs to the last digits.
    for group in bytes.chunks_exact(3) {
        let bits = u32::from(group[0]) << 16 | u32::from(group[1]) << 8 | u32::from(group[2]);
        for shift in [18, 12, 6, 0] {
            text.push(char::from(DIGITS[usize::try_from(bits >> shift & 63).unwrap()]));
        }
    }
    text
}

/// Every way in which a text may lie in a file.
pub fn forms(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let bytes = text.as_bytes();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let escaped = |all: bool, lower: bool| -> String {
        let one = |byte: &u8| match (*byte, lower) {
            (byte, _) if !all && (byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte)) => {
                char::from(byte).to_string()
            }
            (byte, true) => format!("%{byte:02x}"),
            (byte, false) => format!("%{byte:02X}"),
        };
        bytes.iter().map(one).collect()
    };
    let unicode: String = bytes.iter().map(|byte| format!("\\u{byte:04x}")).collect();
    let json = text.replace('\\', "\\\\").replace('"', "\\\"");
    let mut forms = vec![
        ("plain", bytes.to_vec()),
        ("hex", hex.clone().into_bytes()),
        ("hex, capitals", hex.to_uppercase().into_bytes()),
        ("in an address", escaped(false, false).into_bytes()),
        ("in an address, small", escaped(false, true).into_bytes()),
        ("all percent", escaped(true, false).into_bytes()),
        ("all percent, small", escaped(true, true).into_bytes()),
        ("in JSON", json.clone().into_bytes()),
        ("in JSON, slashes escaped", json.replace('/', "\\/").into_bytes()),
        ("in JSON, all escaped", unicode.into_bytes()),
        ("in HTML", text.replace('&', "&amp;").replace('"', "&quot;").into_bytes()),
        ("UTF-16LE", text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("UTF-16BE", text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        ("as numbers", format!("{bytes:?}").trim_matches(['[', ']']).as_bytes().to_vec()),
        ("backwards", bytes.iter().rev().copied().collect()),
        ("in capitals", text.to_uppercase().into_bytes()),
        ("base64", base64(bytes).into_bytes()),
        ("base64, one off", base64(&bytes[1..]).into_bytes()),
        ("base64, two off", base64(&bytes[2..]).into_bytes()),
        ("base64 for addresses", base64(bytes).replace('+', "-").replace('/', "_").into_bytes()),
    ];
    if bytes.len() >= 2 * PART_BYTES {
        forms.push(("its beginning", bytes[..PART_BYTES].to_vec()));
        forms.push(("its end", bytes[bytes.len() - PART_BYTES..].to_vec()));
    }
    forms
}

fn count(within: &[u8], wanted: &[u8]) -> usize {
    let Some((first, _)) = wanted.split_first() else { return 0 };
    let mut found = 0;
    let mut at = 0;
    while let Some(next) = within[at..].iter().position(|byte| byte == first) {
        at += next;
        found += usize::from(within[at..].starts_with(wanted));
        at += 1;
    }
    found
}

fn files(folder: &Path, all: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, all) } else { all.push(path) }
    }
}

/// What is packed inside a zip file.
fn unpacked(bytes: &[u8]) -> Vec<u8> {
    let mut all = Vec::new();
    let number =
        |at: usize| bytes.get(at..at + 2).map_or(0, |two| usize::from(u16::from_le_bytes([two[0], two[1]])));
    for at in 0..bytes.len().saturating_sub(30) {
        if bytes[at..].starts_with(b"PK\x03\x04") && number(at + 8) == 8 {
            let data = at + 30 + number(at + 26) + number(at + 28);
            // It ends where the packed part ends; what follows is not read.
            match miniz_oxide::inflate::decompress_to_vec(bytes.get(data..).unwrap_or_default()) {
                Ok(part) => all.extend(part),
                Err(cut) => all.extend(cut.output),
            }
        }
    }
    all
}

/// What a reader of the file sees beside its bytes.
fn inside(path: &Path, bytes: &[u8]) -> Vec<u8> {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("xlsx") => {
            let unpacked = unpacked(bytes);
            assert!(!unpacked.is_empty(), "{} was not unpacked", path.display());
            unpacked
        }
        Some("pdf") => {
            let read = Command::new("pdftotext").arg("-raw").arg(path).arg("-").output();
            read.map(|read| read.stdout).unwrap_or_default()
        }
        Some(_) | None => Vec::new(),
    }
}

/// Looks for all secrets in all files below `folders`.
pub fn scan(folders: &[&Path], secrets: &[Secret]) -> Looked {
    let mut looked = Looked::default();
    let mut all = Vec::new();
    for folder in folders {
        files(folder, &mut all);
    }
    let of = |secret: &Secret| {
        let mut forms = forms(&secret.text);
        // Digits are the same in most forms, and in others they are somebody else's digits.
        if secret.name.starts_with("number") {
            forms.retain(|(form, _)| ["plain", "in an address", "UTF-16LE", "as numbers"].contains(form));
        }
        // Two forms that are the same bytes are one.
        let mut seen = Vec::new();
        forms.retain(|(_, bytes)| {
            !seen.contains(bytes) && {
                seen.push(bytes.clone());
                true
            }
        });
        (secret.name, forms)
    };
    let forms: Vec<_> = secrets.iter().map(of).collect();
    looked.forms = forms.iter().map(|(_, forms)| forms.len()).sum();
    for file in all {
        let mut bytes = std::fs::read(&file).unwrap();
        let inside = inside(&file, &bytes);
        bytes.push(0);
        bytes.extend(inside);
        looked.files += 1;
        looked.bytes += bytes.len();
        for (secret, forms) in &forms {
            for (form, wanted) in forms {
                let times = count(&bytes, wanted);
                if times > 0 {
                    looked.found.push(Found { secret, form, file: file.clone(), times });
                }
            }
        }
    }
    looked
}
