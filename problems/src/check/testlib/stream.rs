//! An output or an answer as testlib's `InStream` reads it in a checker.
//!
//! Knows tokens, lines and numbers; no checker. Follows `testlib.h` in MikeMirzayanov/testlib: functions
//! of `InStream` and `stringToLongLong`, `stringToDouble`.

use std::borrow::Cow;

use crate::check::number::scanned;

/// Longer files are refused, in bytes: `InStream::maxFileSize`.
const MAX_FILE_BYTES: usize = 128 << 20;

/// Longer tokens are refused, in bytes: `InStream::maxTokenLength`.
const MAX_TOKEN_BYTES: usize = 32 << 20;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Why a stream could not be read as asked.
pub(super) type Reason = &'static str;

/// A position in a text, and the last token taken.
#[derive(Clone, Copy)]
pub(super) struct Stream<'a> {
    text: &'a [u8],
    at: usize,
    /// How many tokens were taken.
    pub(super) n_tokens: usize,
    /// Where the last token, or line, started.
    pub(super) start: usize,
    /// The last token; empty where there was none any more.
    pub(super) last: &'a [u8],
}

impl<'a> Stream<'a> {
    pub(super) fn answer(text: &'a [u8]) -> Self {
        Self {
            text,
            at: 0,
            n_tokens: 0,
            start: 0,
            last: &[],
        }
    }

    /// The same, but a byte order mark is skipped, as in the participant's output alone.
    pub(super) fn output(text: &'a [u8]) -> Self {
        let at = if text.starts_with(BOM) { BOM.len() } else { 0 };
        Self {
            at,
            ..Self::answer(text)
        }
    }

    /// Whether the text is short enough to be opened.
    pub(super) fn opens(&self) -> bool {
        self.text.len() <= MAX_FILE_BYTES
    }

    pub(super) fn text(&self) -> &'a [u8] {
        self.text
    }

    /// `eof()`.
    pub(super) fn at_end(&self) -> bool {
        self.at == self.text.len()
    }

    /// `seekEof()`: skips white space first.
    pub(super) fn seek_end(&mut self) -> bool {
        self.take_while(is_blank);
        self.at_end()
    }

    /// `readWord()`.
    pub(super) fn word(&mut self) -> Result<&'a [u8], Reason> {
        self.take_while(is_blank);
        self.start = self.at;
        self.n_tokens += 1;
        let word = self.take_while(|byte| !is_blank(byte));
        self.last = word;
        match word.len() {
            0 => Err("the rule wants a token"),
            length if length > MAX_TOKEN_BYTES => Err("the rule takes tokens up to 32 MiB"),
            _ => Ok(word),
        }
    }

    /// `readLong()`.
    pub(super) fn int64(&mut self) -> Result<i64, Reason> {
        int64(self.word()?)
    }

    /// `readInt()`.
    pub(super) fn int32(&mut self) -> Result<i32, Reason> {
        let value = self.int64().ok();
        let value = value.and_then(|it| i32::try_from(it).ok());
        value.ok_or("the rule wants an integer of 32 bits, written plainly")
    }

    /// `readDouble()`: what C's `scanf` reads, without hexadecimal, `inf` and `nan`. Too large is infinite.
    pub(super) fn double(&mut self) -> Result<f64, Reason> {
        let word = self.word().ok();
        let is_plain = |byte: &u8| byte.is_ascii_digit() || b".eE-+".contains(byte);
        let word = word.filter(|it| it.iter().all(is_plain));
        word.and_then(scanned).ok_or("the rule wants a number")
    }

    /// `readString()`: up to the end of a line. A carriage return that no line feed follows is dropped and
    /// what follows it is kept, be it the end, which reads as the byte 255.
    pub(super) fn line(&mut self) -> Cow<'a, [u8]> {
        self.start = self.at;
        let rest = &self.text[self.at..];
        let length = rest.iter().position(|&it| it == b'\n');
        let (line, taken) = match length {
            Some(length) => (&rest[..length], length + 1),
            None => (rest, rest.len()),
        };
        self.at += taken;
        if !line.contains(&b'\r') {
            return line.into();
        }
        let mut kept = Vec::with_capacity(line.len());
        let mut bytes = line.iter();
        while let Some(&byte) = bytes.next() {
            match byte {
                b'\r' => match bytes.next() {
                    Some(&next) => kept.push(next),
                    None if length.is_none() => kept.push(u8::MAX),
                    None => {}
                },
                _ => kept.push(byte),
            }
        }
        kept.into()
    }

    fn take_while(&mut self, wanted: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = &self.text[self.at..];
        let length = rest.iter().position(|&byte| !wanted(byte));
        let taken = &rest[..length.unwrap_or(rest.len())];
        self.at += taken.len();
        taken
    }
}

/// LF, CR, space and tab, and not the vertical tab or the form feed.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r' | b' ' | b'\t')
}

/// `stringToLongLong`: no sign but `-`, no leading zero, no `-0`.
pub(super) fn int64(word: &[u8]) -> Result<i64, Reason> {
    let digits = word.strip_prefix(b"-").unwrap_or(word);
    let plain = match digits {
        [b'0'] => word == digits,
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    let text = std::str::from_utf8(word).ok().filter(|_| plain);
    text.and_then(|it| it.parse().ok())
        .ok_or("the rule wants an integer of 64 bits, written plainly")
}
