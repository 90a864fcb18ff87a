//! The checkers that come with DMOJ's judge and look at the output alone.
//!
//! Bytes throughout; reading of numbers is in `python`.

use super::difference::Difference;
use super::python::{float_of_bytes, is_byte_space};
use super::scan::{Scanner, offset_in};

/// A checker of DMOJ, with its default arguments but for the precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dmoj {
    /// The same tokens, and line ends between the same ones.
    Standard,
    /// Bytes.
    Identical,
    /// Lines, blanks at their ends aside.
    Rstripped,
    /// Lines in any order.
    Sorted,
    /// Tokens in any order.
    Unordered,
    /// Characters in any order and case.
    Easy,
    /// Tokens, numbers within 10^-precision, absolute or relative.
    Floats(u8),
    /// Tokens, numbers within 10^-precision, absolute.
    Floatsabs(u8),
    /// Tokens, numbers within 10^-precision, relative.
    Floatsrel(u8),
}

/// The precision where none is given.
const PRECISION: u8 = 6;

/// The most that may be given.
pub(super) const MAX_PRECISION: u8 = 100;

impl Dmoj {
    /// Every one, with the default precision.
    pub const ALL: [Self; 9] = [
        Self::Easy,
        Self::Floats(PRECISION),
        Self::Floatsabs(PRECISION),
        Self::Floatsrel(PRECISION),
        Self::Identical,
        Self::Rstripped,
        Self::Sorted,
        Self::Standard,
        Self::Unordered,
    ];

    /// Returns its name there.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Identical => "identical",
            Self::Rstripped => "rstripped",
            Self::Sorted => "sorted",
            Self::Unordered => "unordered",
            Self::Easy => "easy",
            Self::Floats(_) => "floats",
            Self::Floatsabs(_) => "floatsabs",
            Self::Floatsrel(_) => "floatsrel",
        }
    }

    /// Returns the number of decimal places that count, where that is asked.
    pub fn precision(self) -> Option<u8> {
        match self {
            Self::Floats(it) | Self::Floatsabs(it) | Self::Floatsrel(it) => Some(it),
            _ => None,
        }
    }

    pub(super) fn with_precision(self, precision: u8) -> Option<Self> {
        match self {
            Self::Floats(_) => Some(Self::Floats(precision)),
            Self::Floatsabs(_) => Some(Self::Floatsabs(precision)),
            Self::Floatsrel(_) => Some(Self::Floatsrel(precision)),
            _ => None,
        }
    }

    /// Whether the precision is the one that it has where none is given.
    pub(super) fn is_plain(self) -> bool {
        self.precision().is_none_or(|it| it == PRECISION)
    }

    /// Returns its rule in one line.
    pub(super) fn rule(self) -> &'static str {
        match self {
            Self::Standard => "the same tokens, and line ends between the same ones",
            Self::Identical => "the same bytes",
            Self::Rstripped => "the same lines, blanks at their ends aside",
            Self::Sorted => "the same lines of tokens in any order, empty lines aside",
            Self::Unordered => "the same tokens in any order",
            Self::Easy => "the same bytes in any order and case, white space aside",
            Self::Floats(_) => "lines of tokens, numbers within 10^-6 absolute or relative",
            Self::Floatsabs(_) => "lines of tokens, numbers within 10^-6 absolute",
            Self::Floatsrel(_) => "lines of tokens, numbers within 10^-6 relative",
        }
    }

    pub(super) fn judge(self, answer: &[u8], output: &[u8]) -> Option<Difference> {
        let same = match self {
            Self::Standard => return standard(answer, output),
            Self::Floats(_) | Self::Floatsabs(_) | Self::Floatsrel(_) => {
                return self.floats(answer, output);
            }
            Self::Identical => answer == output,
            Self::Rstripped => {
                let lines = |text| lines(text).map(trim_end);
                lines(answer).eq(lines(output))
            }
            Self::Sorted => {
                let lines = |text| full_lines(text).map(|it| tokens(it).collect::<Vec<_>>());
                same_in_order(lines(answer), lines(output))
            }
            Self::Unordered => same_in_order(tokens(answer), tokens(output)),
            Self::Easy => counts(answer) == counts(output),
        };
        (!same).then(|| Difference::of_texts(answer, output, self.rule()))
    }

    /// Follows `check` of `dmoj/checkers/floats.py` in DMOJ/judge-server.
    fn floats(self, answer: &[u8], output: &[u8]) -> Option<Difference> {
        let refuse = |reason| Some(Difference::of_texts(answer, output, reason));
        if full_lines(answer).count() != full_lines(output).count() {
            return refuse("as many lines, empty ones aside");
        }
        let places = self.precision().unwrap_or(PRECISION);
        let epsilon: f64 = format!("1e-{places}").parse().unwrap_or_default();
        let mut n_tokens = 0;
        for (expected, found) in full_lines(answer).zip(full_lines(output)) {
            if tokens(expected).count() != tokens(found).count() {
                return refuse("as many tokens in each line, empty lines aside");
            }
            for (expected, found) in tokens(expected).zip(tokens(found)) {
                n_tokens += 1;
                let same = match float_of_bytes(expected) {
                    None => expected == found,
                    Some(expected) => {
                        float_of_bytes(found).is_some_and(|it| self.is_near(expected, it, epsilon))
                    }
                };
                if !same {
                    let start = offset_in(output, found);
                    let (expected, found) = (Some(expected), Some(found));
                    let at = Difference::at_token(n_tokens, output, start, expected, found);
                    return Some(at);
                }
            }
        }
        None
    }

    fn is_near(self, judge: f64, process: f64, epsilon: f64) -> bool {
        let is_near = (process - judge).abs() <= epsilon;
        match self {
            Self::Floatsabs(_) => is_near,
            Self::Floatsrel(_) => {
                let (a, b) = (judge * (1.0 - epsilon), judge * (1.0 + epsilon));
                // As Python's `min` and `max`: the first of two that do not compare.
                let least = if b < a { b } else { a };
                let most = if b > a { b } else { a };
                least <= process && process <= most
            }
            _ => is_near || judge.abs() >= epsilon && (1.0 - process / judge).abs() <= epsilon,
        }
    }
}

/// Follows `check_standard` of `dmoj/checkers/_checker.c`.
fn standard(answer: &[u8], output: &[u8]) -> Option<Difference> {
    /// Nothing, blanks, or an end of a line among them.
    fn kind(gap: &[u8]) -> u8 {
        let ends_line = gap.iter().any(|it| b"\r\n".contains(it));
        u8::from(!gap.is_empty()) + u8::from(ends_line)
    }
    let (mut expected, mut found) = (Scanner::new(answer), Scanner::new(output));
    for token in 1.. {
        let start = found.offset();
        let gaps = (expected.gap(), found.gap());
        let differ = |start, a, b| Some(Difference::at_token(token, output, start, a, b));
        let token_start = found.offset();
        let pair = (expected.token(), found.token());
        match pair {
            (None, None) => return None,
            (Some(_), Some(_)) if token > 1 && kind(gaps.0) != kind(gaps.1) => {
                let difference = differ(start, Some(gaps.0), Some(gaps.1));
                return difference.map(|it| it.because("a line ends in one and not in the other"));
            }
            (Some(a), Some(b)) if a == b => {}
            (a, b) => return differ(token_start, a, b),
        }
    }
    unreachable!("texts are shorter than the largest number")
}

/// Cuts at line feeds and carriage returns, each by itself.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|it| b"\r\n".contains(it))
}

fn full_lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    lines(text).filter(|it| !it.is_empty())
}

fn tokens(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|&it| is_byte_space(it))
        .filter(|it| !it.is_empty())
}

fn trim_end(line: &[u8]) -> &[u8] {
    let end = line.iter().rposition(|&it| !is_byte_space(it));
    &line[..end.map_or(0, |it| it + 1)]
}

fn same_in_order<T: Ord>(
    expected: impl Iterator<Item = T>,
    found: impl Iterator<Item = T>,
) -> bool {
    let sorted = |items: Vec<T>| {
        let mut items = items;
        items.sort_unstable();
        items
    };
    sorted(expected.collect()) == sorted(found.collect())
}

/// How often each byte is there, in lower case and without white space.
fn counts(text: &[u8]) -> [usize; 256] {
    let mut counts = [0; 256];
    for byte in text.iter().filter(|it| !is_byte_space(**it)) {
        counts[usize::from(byte.to_ascii_lowercase())] += 1;
    }
    counts
}
