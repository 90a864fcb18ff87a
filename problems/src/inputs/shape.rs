//! What shows on the page of an input: lines, tokens, what each looks like, and which may be counts.
//!
//! Guesses, made from one input alone; what the input means is not known here.

use std::ops::Range;

/// The shortest run of zeros and ones that is taken for a binary string and not for a number.
const MIN_BITS: usize = 8;
/// Integers of more digits are changed digit by digit.
const MAX_INTEGER_DIGITS: usize = 18;

/// What a token looks like, and so how it changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A number as a program would print it.
    Integer,
    /// Zeros and ones that are no number.
    Bits,
    /// Any other number: with a point, with leading zeros, or very long.
    Digits,
    /// Everything else.
    Word,
}

/// A token of a public input.
pub(super) struct Token {
    pub(super) place: Range<usize>,
    pub(super) line: usize,
    pub(super) kind: Kind,
    pub(super) is_count: bool,
}

/// A public input, cut up.
pub(super) struct Base<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) tokens: Vec<Token>,
    /// The tokens of each line that has any.
    pub(super) lines: Vec<Range<usize>>,
}

impl<'a> Base<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let (mut tokens, mut lines) = (Vec::new(), Vec::new());
        let mut start = 0;
        for line in bytes.split_inclusive(|&byte| byte == b'\n') {
            let first = tokens.len();
            let mut at = start;
            for part in line.split_inclusive(u8::is_ascii_whitespace) {
                let length = part.trim_ascii().len();
                if length > 0 {
                    let place = at..at + length;
                    let kind = kind_of(&bytes[place.clone()]);
                    tokens.push(Token {
                        place,
                        line: lines.len(),
                        kind,
                        is_count: false,
                    });
                }
                at += part.len();
            }
            if tokens.len() > first {
                mark_bits(bytes, &mut tokens[first..]);
                lines.push(first..tokens.len());
            }
            start += line.len();
        }
        let mut base = Self {
            bytes,
            tokens,
            lines,
        };
        let counts: Vec<bool> = (0..base.tokens.len()).map(|it| base.is_count(it)).collect();
        for (token, is_count) in base.tokens.iter_mut().zip(counts) {
            token.is_count = is_count;
        }
        base
    }

    pub(super) fn text(&self, index: usize) -> &'a [u8] {
        &self.bytes[self.tokens[index].place.clone()]
    }

    /// Guesses whether a number says how much follows it: tokens on the next line, lines, tokens in
    /// all, or characters of the next token.
    fn is_count(&self, index: usize) -> bool {
        let token = &self.tokens[index];
        let Some(value) = integer(self.text(index)).and_then(|it| usize::try_from(it).ok()) else {
            return false;
        };
        let next_line = self
            .lines
            .get(token.line + 1)
            .map_or(0, ExactSizeIterator::len);
        let lines_after = self.lines.len() - 1 - token.line;
        let tokens_after = self.tokens.len() - 1 - index;
        let next_length = match self.tokens.get(index + 1) {
            Some(next) if next.kind != Kind::Integer => next.place.len(),
            _ => 0,
        };
        value > 0 && [next_line, lines_after, tokens_after, next_length].contains(&value)
    }
}

pub(super) fn kind_of(token: &[u8]) -> Kind {
    let is_bit = |byte: &u8| matches!(byte, b'0' | b'1');
    let leading_zero = token.len() > 1 && token[0] == b'0';
    if token.iter().all(is_bit)
        && (leading_zero || token.len() >= MIN_BITS && token[1..].contains(&b'1'))
    {
        Kind::Bits
    } else if integer(token).is_some() {
        Kind::Integer
    } else if token.iter().any(u8::is_ascii_digit)
        && token
            .iter()
            .all(|it| it.is_ascii_digit() || b"+-.eE".contains(it))
    {
        Kind::Digits
    } else {
        Kind::Word
    }
}

/// A line of only zeros and ones, two or more, is a row of bits and not of numbers.
fn mark_bits(bytes: &[u8], line: &mut [Token]) {
    let is_bit = |it: &Token| matches!(&bytes[it.place.clone()], b"0" | b"1");
    if line.len() > 1 && line.iter().all(is_bit) {
        for token in line {
            token.kind = Kind::Bits;
        }
    }
}

/// Reads an integer that is written the one usual way.
pub(super) fn integer(token: &[u8]) -> Option<i64> {
    let value = super::integer::integer(token, MAX_INTEGER_DIGITS)?;
    i64::try_from(value).ok()
}
