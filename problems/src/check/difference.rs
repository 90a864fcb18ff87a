//! The first place where an output is not what was expected, and its wording.
//!
//! Knows nothing of any rule; each rule says where it stopped.

use std::fmt;

use serde::Serialize;

/// How much of a token or a line a [`Difference`] shows, in bytes.
pub const QUOTED_BYTES: usize = 64;

/// How much of what two long texts have in common is shown before they part, in bytes.
const COMMON_BYTES: usize = 16;

/// The first place where an output is not what was expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Which token of the output, or of the answer where that is at fault, from 1. White space belongs to the token after it. `None` where the rule compares
    /// lines or whole texts.
    pub token: Option<usize>,
    /// Which line of the same, from 1.
    pub line: usize,
    /// What the answer has there, at most [`QUOTED_BYTES`] of it; `None` for its end.
    pub expected: Option<String>,
    /// What the output has there, cut likewise; `None` for its end.
    pub found: Option<String>,
    /// Why the rule refuses it, where the two texts alone do not say.
    pub reason: Option<&'static str>,
    /// Whether the rule refuses the answer itself, whatever the output: the problem is at fault, and the
    /// output was not judged.
    pub answer_at_fault: bool,
}

impl Difference {
    /// Makes the difference of a token that starts at a byte of the output.
    pub(super) fn at_token(
        token: usize,
        output: &[u8],
        start: usize,
        expected: Option<&[u8]>,
        found: Option<&[u8]>,
    ) -> Self {
        let line = line_at(output, start);
        let token = Some(token);
        Self {
            token,
            ..Self::at_line(line, expected, found)
        }
    }

    /// Makes the difference of a whole line, by its number in the output from 1.
    pub(super) fn at_line(line: usize, expected: Option<&[u8]>, found: Option<&[u8]>) -> Self {
        let common = match (expected, found) {
            (Some(expected), Some(found)) => {
                let pairs = expected.iter().zip(found);
                pairs.take_while(|(a, b)| a == b).count()
            }
            _ => 0,
        };
        Self {
            token: None,
            line,
            expected: expected.map(|it| quote(it, common)),
            found: found.map(|it| quote(it, common)),
            reason: None,
            answer_at_fault: false,
        }
    }

    /// Makes the difference of two texts of which no part alone is wrong: their first unequal line.
    pub(super) fn of_texts(answer: &[u8], output: &[u8], reason: &'static str) -> Self {
        let mut lines = output.split(|&byte| byte == b'\n');
        let mut answers = answer.split(|&byte| byte == b'\n');
        let mut number = 0;
        loop {
            number += 1;
            let (expected, found) = (answers.next(), lines.next());
            if expected != found || expected.is_none() {
                return Self::at_line(number, expected, found).because(reason);
            }
        }
    }

    /// Adds the reason.
    pub(super) fn because(self, reason: &'static str) -> Self {
        Self {
            reason: Some(reason),
            ..self
        }
    }

    /// Says that the rule refuses the answer itself.
    pub(super) fn of_the_answer(self, reason: &'static str) -> Self {
        Self {
            answer_at_fault: true,
            ..self.because(reason)
        }
    }
}

/// Returns the line, from 1, of a byte of a text.
fn line_at(text: &[u8], offset: usize) -> usize {
    text[..offset].split(|&byte| byte == b'\n').count()
}

/// Shows a text; where the first `common` bytes are also the other's, from shortly before they part.
fn quote(bytes: &[u8], common: usize) -> String {
    let mut start = 0;
    if common + COMMON_BYTES > QUOTED_BYTES {
        start = common - COMMON_BYTES;
        // Never from within a character of UTF-8.
        while start < common && bytes[start] & 0xc0 == 0x80 {
            start += 1;
        }
    }
    let rest = &bytes[start..];
    let shown = &rest[..rest.len().min(QUOTED_BYTES)];
    let before = if start > 0 { "…" } else { "" };
    let after = if shown.len() < rest.len() { "…" } else { "" };
    let text = String::from_utf8_lossy(shown);
    format!("{before}{}{after}", text.escape_debug())
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.answer_at_fault {
            f.write_str("of the answer, ")?;
        }
        if let Some(token) = self.token {
            write!(f, "token {token}, ")?;
        }
        write!(f, "line {}: ", self.line)?;
        match (&self.expected, &self.found) {
            (Some(text), _) if self.answer_at_fault => write!(f, "`{text}`")?,
            (None, _) if self.answer_at_fault => f.write_str("the end")?,
            (Some(expected), Some(found)) => write!(f, "expected `{expected}`, found `{found}`")?,
            (Some(expected), None) => write!(f, "expected `{expected}`, found the end")?,
            (None, Some(found)) => write!(f, "expected the end, found `{found}`")?,
            (None, None) => f.write_str("nothing differs")?,
        }
        match self.reason {
            Some(reason) => write!(f, " ({reason})"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_shown_where_they_part() {
        let (a, b) = ("é".repeat(100) + "x", "é".repeat(100) + "y");
        let difference = Difference::at_line(1, Some(a.as_bytes()), Some(b.as_bytes()));
        let text = difference.to_string();
        assert_eq!(text, "line 1: expected `…ééééééééx`, found `…ééééééééy`");
    }

    #[test]
    fn equal_texts_that_a_rule_refuses_have_a_reason() {
        let difference = Difference::of_texts(b"a\nb", b"a\nb", "out of spite");
        assert_eq!(
            difference.to_string(),
            "line 3: nothing differs (out of spite)"
        );
        let difference = Difference::of_texts(b"a\nb", b"a", "out of spite");
        let text = "line 2: expected `b`, found the end (out of spite)";
        assert_eq!(difference.to_string(), text);
    }
}
