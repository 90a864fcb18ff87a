//! What shows on the page of one input: lines, tokens, and the white space between them.
//!
//! Nothing here knows what a token means, beyond whether it is an integer written the usual way.

use std::ops::Range;

/// Longer integers are taken for words of digits.
const MAX_INTEGER_DIGITS: usize = 19;

/// One input, cut up.
pub(super) struct Page<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) tokens: Vec<Token>,
    /// The lines, without the blank ones at the end.
    pub(super) lines: Vec<PageLine>,
    /// Whether the first line ends in `\r\n`.
    pub(super) is_crlf: bool,
    /// How many line ends stand behind the last line that is not blank.
    pub(super) n_final_newlines: usize,
}

/// A token, and its value where it is an integer.
pub(super) struct Token {
    pub(super) place: Range<usize>,
    pub(super) integer: Option<i128>,
}

/// A line of a page.
pub(super) struct PageLine {
    pub(super) tokens: Range<usize>,
    /// The bytes of the line, without its end.
    pub(super) place: Range<usize>,
    /// Whether one space stands between tokens and none before the first.
    pub(super) is_plain: bool,
    /// Whether white space stands behind the last token.
    pub(super) has_trail: bool,
}

impl<'a> Page<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let mut page = Self {
            bytes,
            tokens: Vec::new(),
            lines: Vec::new(),
            is_crlf: false,
            n_final_newlines: 0,
        };
        let mut start = 0;
        for raw in bytes.split_inclusive(|&byte| byte == b'\n') {
            let whole = raw.strip_suffix(b"\n").unwrap_or(raw);
            let text = whole.strip_suffix(b"\r").unwrap_or(whole);
            if start == 0 {
                page.is_crlf = text.len() < whole.len();
            }
            page.push(start..start + text.len());
            if !page.bytes[start..start + text.len()]
                .trim_ascii()
                .is_empty()
            {
                page.n_final_newlines = 0;
            }
            page.n_final_newlines += usize::from(whole.len() < raw.len());
            start += raw.len();
        }
        while page.lines.last().is_some_and(|it| it.tokens.is_empty()) {
            page.lines.pop();
        }
        page
    }

    fn push(&mut self, place: Range<usize>) {
        let first = self.tokens.len();
        let mut at = place.start;
        let mut is_plain = true;
        for part in self.bytes[place.clone()].split_inclusive(u8::is_ascii_whitespace) {
            let length = part.trim_ascii().len();
            if length > 0 {
                let place = at..at + length;
                let integer = integer(&self.bytes[place.clone()]);
                self.tokens.push(Token { place, integer });
            } else {
                is_plain = false;
            }
            is_plain &= part.len() == length || part.ends_with(b" ");
            at += part.len();
        }
        let tokens = first..self.tokens.len();
        let end = self.tokens[tokens.clone()].last().map(|it| it.place.end);
        self.lines.push(PageLine {
            has_trail: end.is_some_and(|it| it < place.end),
            tokens,
            place,
            is_plain,
        });
    }

    /// Returns the tokens of a line; none for a line that would follow the last.
    pub(super) fn tokens_of(&self, line: usize) -> &[Token] {
        self.lines
            .get(line)
            .map_or(&[], |it| &self.tokens[it.tokens.clone()])
    }

    pub(super) fn text(&self, token: &Token) -> &'a [u8] {
        &self.bytes[token.place.clone()]
    }
}

/// Reads an integer that is written the one usual way.
pub(super) fn integer(token: &[u8]) -> Option<i128> {
    crate::inputs::integer::integer(token, MAX_INTEGER_DIGITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_kept_apart() {
        let page = Page::new(b"1 2 \r\n\r\n  x\ty\r\n\r\n");
        assert!(page.is_crlf);
        assert_eq!(page.n_final_newlines, 2);
        let lines: Vec<_> = page
            .lines
            .iter()
            .map(|it| (it.tokens.len(), it.is_plain, it.has_trail))
            .collect();
        assert_eq!(
            lines,
            [(2, true, true), (0, true, false), (2, false, false)]
        );
        assert_eq!(Page::new(b"1").n_final_newlines, 0);
        assert_eq!(Page::new(b"").lines.len(), 0);
    }
}
