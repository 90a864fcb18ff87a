//! The key, and what may be said of texts that a server wrote: never the key, never much, one line.
//!
//! Does not know where texts come from or go to.

use std::{fmt, sync::Arc};

use reqwest::header::HeaderValue;

use crate::SamplerError;

/// Bytes in a row that a text may share with the key by chance. A longer run is taken for a piece of it.
const MIN_RUN_BYTES: usize = 8;
/// A shorter key is a word such as `none` that a program may hold too; it stays in programs.
const MIN_SECRET_BYTES: usize = 16;
/// Bytes of a server's text that a detail holds.
const MAX_DETAIL_BYTES: usize = 300;
/// What stands in the place of the key.
const MASK: &str = "***";

/// A key, or none. Shown as `***`.
#[derive(Clone, Default)]
pub(super) struct Key(Option<Arc<str>>);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl Key {
    /// Reads the key from an environment variable. Unset or empty: no key.
    pub(super) fn from_env(name: &str) -> Result<Self, SamplerError> {
        match std::env::var(name) {
            Ok(key) => Self::new(&key, name),
            Err(std::env::VarError::NotPresent) => Ok(Self(None)),
            Err(std::env::VarError::NotUnicode(_)) => Err(unfit(name)),
        }
    }

    /// Takes a key that the variable `name` held, without the white space around it.
    pub(super) fn new(key: &str, name: &str) -> Result<Self, SamplerError> {
        let key = key.trim();
        if key.is_empty() {
            return Ok(Self(None));
        }
        if !key.bytes().all(|it| it.is_ascii_graphic()) {
            return Err(unfit(name));
        }
        Ok(Self(Some(key.into())))
    }

    /// Returns the header that carries the key.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        let bearer = format!("Bearer {}", self.0.as_ref()?);
        let mut header = HeaderValue::from_str(&bearer).ok()?;
        header.set_sensitive(true);
        Some(header)
    }

    /// Returns a text without the key and without pieces of it.
    pub(super) fn redact(&self, text: &str) -> String {
        let Some(key) = &self.0 else {
            return text.to_owned();
        };
        let least = key.len().min(MIN_RUN_BYTES);
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let run = longest_run(rest.as_bytes(), key.as_bytes());
            if run >= least {
                out += MASK;
                // A key is ASCII, so that the run ends between characters.
                rest = &rest[run..];
            } else {
                out.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
        out
    }

    /// Returns what a model wrote without the key, should the server have put it there. A key too
    /// short to be a secret is left, since programs may hold the same word.
    pub(super) fn redact_program(&self, text: String) -> String {
        match &self.0 {
            Some(key) if key.len() >= MIN_SECRET_BYTES && text.contains(&**key) => {
                text.replace(&**key, MASK)
            }
            _ => text,
        }
    }

    /// Returns a server's text as one short line without the key and without what a terminal acts on.
    pub(super) fn detail(&self, text: &str) -> String {
        // Characters go first: a key broken by them must not come together afterwards.
        let text = self.redact(&one_line(text));
        if text.len() <= MAX_DETAIL_BYTES {
            return text;
        }
        format!("{}…", &text[..text.floor_char_boundary(MAX_DETAIL_BYTES)])
    }
}

/// Returns how many bytes from the start of `text` are found in a row somewhere in `key`.
fn longest_run(text: &[u8], key: &[u8]) -> usize {
    let common = |key: &[u8]| text.iter().zip(key).take_while(|(a, b)| a == b).count();
    (0..key.len())
        .map(|at| common(&key[at..]))
        .max()
        .unwrap_or(0)
}

/// Drops control characters and those that turn the direction of writing; white space becomes one blank.
fn one_line(text: &str) -> String {
    let mut out = String::new();
    for it in text.chars() {
        match it {
            _ if it.is_whitespace() => {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => {}
            '\u{feff}' => {}
            _ if it.is_control() => {}
            _ => out.push(it),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

fn unfit(name: &str) -> SamplerError {
    SamplerError::new(format!(
        "the key in `{name}` has characters that no header may hold"
    ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEY: &str = "sk-0123456789abcdefXYZ";

    fn key(text: &str) -> Key {
        Key::new(text, "K").unwrap()
    }

    #[test]
    fn a_key_is_not_shown() {
        assert_eq!(format!("{:?}", key(KEY)), "***");
        assert_eq!(format!("{:?}", key(KEY).header().unwrap()), "Sensitive");
        for bad in ["sk-\u{1}secret", "sk-ключ", "sk\nsecret"] {
            let error = Key::new(bad, "K").unwrap_err().in_full();
            assert_eq!(
                error,
                "the key in `K` has characters that no header may hold"
            );
        }
    }

    #[test]
    fn white_space_around_a_key_goes_and_an_empty_one_is_none() {
        assert_eq!(key(" a\r\n").header().unwrap(), "Bearer a");
        assert!(key(" \n").header().is_none());
        assert!(
            Key::from_env("RIDDLE_NO_SUCH_VARIABLE")
                .unwrap()
                .header()
                .is_none()
        );
        assert!(Key::from_env("A=B").unwrap().header().is_none());
        // Cargo and nextest set this one.
        let header = Key::from_env("CARGO_PKG_NAME").unwrap().header().unwrap();
        assert_eq!(header, "Bearer riddle-engine");
    }

    #[track_caller]
    fn check_detail(text: &str, expected: &str) {
        assert_eq!(key(KEY).detail(text), expected);
    }

    #[test]
    fn a_detail_holds_no_key_and_no_piece_of_it() {
        check_detail(&format!("got Bearer {KEY}!"), "got Bearer ***!");
        check_detail(&format!("{KEY}{KEY}"), "******");
        check_detail("got sk-0123456…", "got ***…");
        check_detail("sk-012\u{0}3456789abcdefXYZ", "***");
        check_detail("sk-0 is short", "sk-0 is short");
        let detail = key(KEY).detail(&format!("{}{KEY}", "x".repeat(MAX_DETAIL_BYTES - 4)));
        assert!(!detail.contains("sk-"), "{detail}");
    }

    #[test]
    fn a_detail_is_one_short_line() {
        check_detail(" a\r\n\tb\u{1b}[31m \u{202e}c\n", "a b[31m c");
        let long = key(KEY).detail(&"й".repeat(MAX_DETAIL_BYTES));
        assert_eq!(long.chars().count(), MAX_DETAIL_BYTES / 2 + 1);
    }

    #[test]
    fn programs_lose_a_secret_and_keep_a_word() {
        let program = |text: &str, source: &str| key(text).redact_program(source.to_owned());
        assert_eq!(program(KEY, &format!("k = '{KEY}'")), "k = '***'");
        assert_eq!(program("none", "x = none"), "x = none");
    }

    proptest! {
        #[test]
        fn no_text_tells_the_key(before in ".{0,20}", after in ".{0,20}", key_text in "[!-)+-~]{1,40}") {
            let key = key(&key_text);
            let detail = key.detail(&format!("{before}{key_text}{after}"));
            prop_assert!(!detail.contains(&key_text), "{detail}");
        }
    }
}
