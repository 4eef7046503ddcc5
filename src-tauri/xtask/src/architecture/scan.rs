//! Owns telling code from comments, strings and tests in a Rust source file, with line numbers kept. It is a scanner and
//! not a parser: enough for questions such as "is this name used in code" and "does this text stand in a string".

/// A Rust file taken apart. Both texts have the length and the line breaks of the original.
#[derive(Debug, Clone)]
pub struct Scanned {
    /// Code only: comments, the insides of strings and characters, and test items are blank.
    pub code: String,
    /// The insides of string literals outside tests, with the number of the line they start on.
    pub strings: Vec<(usize, String)>,
}

impl Scanned {
    /// Takes `source` apart.
    pub fn new(source: &str) -> Self {
        let (code, strings) = without_words(source);
        let tests = test_ranges(&code);
        let is_test = |at: usize| tests.iter().any(|range| range.contains(&at));
        let strings = strings
            .into_iter()
            .filter(|(at, _)| !is_test(*at))
            .map(|(at, text)| (line_of(source, at), text))
            .collect();
        let mut bytes = code.into_bytes();
        for range in &tests {
            for byte in bytes.iter_mut().take(range.end).skip(range.start) {
                if *byte != b'\n' {
                    *byte = b' ';
                }
            }
        }
        Self { code: String::from_utf8_lossy(&bytes).into_owned(), strings }
    }

    /// Line numbers on which `word` stands in code as a whole path or name.
    pub fn uses(&self, word: &str) -> Vec<usize> {
        occurrences(&self.code, word).map(|at| line_of(&self.code, at)).collect()
    }
}

/// Places where `word` stands in `code` and is not part of a longer name.
pub fn occurrences<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    code.match_indices(word).map(|(at, _)| at).filter(move |&at| {
        let before = code[..at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        let glued = |a: char, b: Option<char>| is_name(a) && b.is_some_and(is_name);
        let first = word.chars().next().unwrap_or(' ');
        let last = word.chars().next_back().unwrap_or(' ');
        !glued(first, before) && !glued(last, after)
    })
}

/// Number of the line that byte `at` is on, from 1.
pub fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes().iter().take(at).filter(|&&byte| byte == b'\n').count() + 1
}

/// Whether a character may stand inside a name.
pub fn is_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The end of the bracketed text that opens at `open`, one past its closing bracket; the end of `code` when it never
/// closes.
pub fn closing(code: &str, open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    code.len()
}

fn without_words(source: &str) -> (String, Vec<(usize, String)>) {
    let bytes = source.as_bytes();
    let mut code = bytes.to_vec();
    let mut strings = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let end = if rest.starts_with(b"//") {
            let end = at + rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len());
            blank(&mut code, at, end);
            end
        } else if rest.starts_with(b"/*") {
            let end = at + block_comment(rest);
            blank(&mut code, at, end);
            end
        } else if let Some((open, hashes)) = raw_string(bytes, at) {
            let close = [b"\"".as_slice(), &vec![b'#'; hashes]].concat();
            let inside = at + open;
            let length = find(&bytes[inside..], &close).unwrap_or(bytes.len() - inside);
            strings.push((inside, source.get(inside..inside + length).unwrap_or_default().to_owned()));
            blank(&mut code, inside, inside + length);
            (inside + length + close.len()).min(bytes.len())
        } else if rest[0] == b'"' {
            let length = quoted(&rest[1..]);
            strings.push((at + 1, source.get(at + 1..at + 1 + length).unwrap_or_default().to_owned()));
            blank(&mut code, at + 1, at + 1 + length);
            (at + length + 2).min(bytes.len())
        } else if let Some(length) = character(rest) {
            blank(&mut code, at + 1, at + length - 1);
            at + length
        } else if is_name(char::from(rest[0])) {
            // A whole name, so that the r of `for"` or the b of `ab"` opens nothing.
            at + rest.iter().take_while(|&&b| b.is_ascii_alphanumeric() || b == b'_').count().max(1)
        } else {
            at + 1
        };
        at = end;
    }
    (String::from_utf8_lossy(&code).into_owned(), strings)
}

fn blank(code: &mut [u8], from: usize, to: usize) {
    for byte in code.iter_mut().take(to).skip(from) {
        if *byte != b'\n' {
            *byte = b' ';
        }
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn block_comment(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        if rest[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

/// Length of the opening of a raw string that starts here, and its number of hashes.
fn raw_string(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let rest = &bytes[at..];
    let prefix = [b"r".as_slice(), b"br", b"cr"].into_iter().find(|prefix| rest.starts_with(prefix))?.len();
    let hashes = rest[prefix..].iter().take_while(|&&b| b == b'#').count();
    (rest.get(prefix + hashes) == Some(&b'"')).then_some((prefix + hashes + 1, hashes))
}

fn quoted(inside: &[u8]) -> usize {
    let mut at = 0;
    while at < inside.len() && inside[at] != b'"' {
        at += if inside[at] == b'\\' { 2 } else { 1 };
    }
    at.min(inside.len())
}

/// Length of the character literal that starts here, quotes included; `None` for a lifetime.
fn character(rest: &[u8]) -> Option<usize> {
    if rest[0] != b'\'' {
        return None;
    }
    if rest.get(1) == Some(&b'\\') {
        return rest.iter().skip(3).position(|&b| b == b'\'').map(|length| length + 4);
    }
    let text = std::str::from_utf8(rest.get(1..rest.len().min(6))?)
        .or_else(|error| std::str::from_utf8(&rest[1..=error.valid_up_to()]))
        .ok()?;
    let length = text.chars().next()?.len_utf8();
    (rest.get(1 + length) == Some(&b'\'')).then_some(length + 2)
}

/// Items under `#[cfg(test)]` and functions under `#[test]`; the whole file under `#![cfg(test)]`.
fn test_ranges(code: &str) -> Vec<std::ops::Range<usize>> {
    if code.contains("#![cfg(test)]") {
        return std::iter::once(0..code.len()).collect();
    }
    let starts = ["#[cfg(test)]", "#[cfg(all(test", "#[test]"]
        .into_iter()
        .flat_map(|attribute| code.match_indices(attribute));
    starts.map(|(start, _)| start..item_end(code, start)).collect()
}

/// The end of the item whose attributes begin at `start`.
fn item_end(code: &str, start: usize) -> usize {
    let bytes = code.as_bytes();
    let mut at = start;
    while at < bytes.len() {
        match bytes[at] {
            b';' => return at + 1,
            b'{' => return closing(code, at),
            b'(' | b'[' => at = closing(code, at),
            _ => at += 1,
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_strings_are_not_code() {
        let scanned = Scanned::new(
            "// SystemTime::now\n/* a /* nested */ SystemTime::now */ let x = \"SystemTime::now \\\" \"; y();\n",
        );
        assert!(scanned.uses("SystemTime::now").is_empty(), "{}", scanned.code);
        assert_eq!(scanned.uses("y"), [2]);
        assert_eq!(scanned.strings, [(2, "SystemTime::now \\\" ".to_owned())]);
    }

    #[test]
    fn raw_byte_and_character_literals_end_where_they_end() {
        let scanned = Scanned::new(
            "let a = r#\"x \" y\"#; let b = br\"z\"; let c = '\"'; let d = '\\''; let e = b'{'; f();",
        );
        assert_eq!(scanned.uses("f"), [1]);
        assert_eq!(
            scanned.strings.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>(),
            ["x \" y", "z"]
        );
    }

    #[test]
    fn a_lifetime_opens_no_literal() {
        let scanned = Scanned::new(
            "fn a<'a>(x: &'a str, y: &'static str) -> &'a str { now() } // 'é'\nlet e = 'é'; g();",
        );
        assert_eq!(scanned.uses("now"), [1]);
        assert_eq!(scanned.uses("g"), [2]);
    }

    #[test]
    fn test_items_are_not_code_and_what_follows_them_is() {
        let scanned = Scanned::new(
            "fn a() { now() }\n#[cfg(test)]\nmod tests {\n fn b() { now(); \"SELECT\"; }\n}\n#[test]\nfn c() { now() }\nfn d() { now() }\n",
        );
        assert_eq!(scanned.uses("now"), [1, 8]);
        assert!(scanned.strings.is_empty());
        assert!(Scanned::new("#![cfg(test)]\nfn a() { now() }").uses("now").is_empty());
    }

    #[test]
    fn a_name_inside_a_longer_name_is_not_that_name() {
        let scanned = Scanned::new("let brand = my_rand::x; rand::y();");
        assert_eq!(scanned.uses("rand").len(), 1);
    }
}
