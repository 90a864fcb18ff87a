//! Cutting an output into tokens and the white space between them.
//!
//! Knows nothing of what a token means.

/// A position in an output. Never allocates; one pass over the bytes in all.
pub(super) struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0 }
    }

    /// Takes the white space at the position; may be empty.
    pub(super) fn gap(&mut self) -> &'a [u8] {
        self.take_while(is_space)
    }

    /// Takes the token at the position, or `None` at the end. Call [`Scanner::gap`] first.
    pub(super) fn token(&mut self) -> Option<&'a [u8]> {
        let token = self.take_while(|byte| !is_space(byte));
        (!token.is_empty()).then_some(token)
    }

    /// How many bytes were taken.
    pub(super) fn offset(&self) -> usize {
        self.at
    }

    fn take_while(&mut self, wanted: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = &self.text[self.at..];
        let length = rest
            .iter()
            .position(|&byte| !wanted(byte))
            .unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }
}

/// Returns where a part of a text starts in it.
pub(super) fn offset_in(text: &[u8], part: &[u8]) -> usize {
    part.as_ptr().addr() - text.as_ptr().addr()
}

/// C's `isspace`, which has the vertical tab where Rust's `is_ascii_whitespace` has not.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | 0x0b | 0x0c | b'\r')
}
