//! The checkers: an answer and an output in, a judgement out.
//!
//! Every profile is held to the judge it is named after, oddities included. Time is linear in the
//! two lengths and nothing is allocated until the first difference, so that a hostile output costs
//! no more than an honest one. What a test or a program is, is not known here.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::flags::KattisFlags;
use super::number::number;
use super::scan::Scanner;

/// How much of a token a [`Difference`] shows, in bytes.
pub const QUOTED_BYTES: usize = 64;

/// Decides whether an output is right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Checker {
    /// The same tokens, byte for byte, whatever the white space between them: `1.0` is not `1` and
    /// `yes` is not `YES`. The default where a problem names no checker.
    #[default]
    Tokens,
    /// The default validator of Kattis packages.
    Kattis(KattisFlags),
}

/// What a checker says about one output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// Whether the output is right.
    pub accepted: bool,
    /// Where it first goes wrong; `None` exactly when it is accepted.
    pub difference: Option<Difference>,
}

/// The first place where an output is not what was expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Which token, from 1. White space belongs to the token after it.
    pub token: usize,
    /// Which line of the output, from 1.
    pub line: usize,
    /// What the answer has there, at most [`QUOTED_BYTES`] of it; `None` for its end.
    pub expected: Option<String>,
    /// What the output has there, cut likewise; `None` for its end.
    pub found: Option<String>,
}

impl Checker {
    /// Judges an output against the expected answer.
    pub fn judge(&self, answer: &[u8], output: &[u8]) -> Judgement {
        // A right output mostly is the answer itself, and every profile accepts that.
        let difference = if answer == output {
            None
        } else {
            match self {
                Self::Tokens => first_difference(answer, output, false, |a, b| a == b),
                Self::Kattis(flags) => {
                    let same = |a: &[u8], b: &[u8]| same_token(flags, a, b);
                    first_difference(answer, output, flags.space_change_sensitive, same)
                }
            }
        };
        Judgement {
            accepted: difference.is_none(),
            difference,
        }
    }
}

fn first_difference(
    answer: &[u8],
    output: &[u8],
    spaces_matter: bool,
    same: impl Fn(&[u8], &[u8]) -> bool,
) -> Option<Difference> {
    let mut answer = Scanner::new(answer);
    let mut scanner = Scanner::new(output);
    // Each round takes a token, so there are at most as many as the shorter text has bytes.
    for token in 1.. {
        let (answer_gap, gap_start) = (answer.gap(), scanner.offset());
        let output_gap = scanner.gap();
        let differ = |start: usize, expected: Option<&[u8]>, found: Option<&[u8]>| {
            let (expected, found) = (expected.map(quote), found.map(quote));
            Some(Difference {
                token,
                line: line_at(output, start),
                expected,
                found,
            })
        };
        if spaces_matter && answer_gap != output_gap {
            return differ(gap_start, Some(answer_gap), Some(output_gap));
        }
        let token_start = scanner.offset();
        match (answer.token(), scanner.token()) {
            (None, None) => return None,
            (Some(expected), Some(found)) if same(expected, found) => {}
            (expected, found) => return differ(token_start, expected, found),
        }
    }
    unreachable!("texts are shorter than the largest number")
}

/// The comparison of the default validator: C strings, so that a token ends at a zero byte.
fn same_token(flags: &KattisFlags, expected: &[u8], found: &[u8]) -> bool {
    let (expected, found) = (until_zero(expected), until_zero(found));
    let (absolute, relative) = (
        flags.float_absolute_tolerance,
        flags.float_relative_tolerance,
    );
    if (absolute.is_some() || relative.is_some())
        && let Some(judge) = number(expected)
    {
        return number(found).is_some_and(|team| {
            let error = (judge - team).abs();
            absolute.is_some_and(|it| error <= it)
                || relative.is_some_and(|it| error <= it * judge.abs())
        });
    }
    if flags.case_sensitive {
        expected == found
    } else {
        expected.eq_ignore_ascii_case(found)
    }
}

fn until_zero(token: &[u8]) -> &[u8] {
    token
        .split(|&byte| byte == 0)
        .next()
        .expect("a split has a first part")
}

fn line_at(text: &[u8], offset: usize) -> usize {
    text[..offset].split(|&byte| byte == b'\n').count()
}

fn quote(bytes: &[u8]) -> String {
    let shown = &bytes[..bytes.len().min(QUOTED_BYTES)];
    let cut = if shown.len() < bytes.len() { "…" } else { "" };
    format!("{}{cut}", String::from_utf8_lossy(shown).escape_debug())
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            token,
            line,
            expected,
            found,
        } = self;
        write!(f, "token {token}, line {line}: ")?;
        match (expected, found) {
            (Some(expected), Some(found)) => write!(f, "expected `{expected}`, found `{found}`"),
            (Some(expected), None) => write!(f, "expected `{expected}`, found the end"),
            (None, Some(found)) => write!(f, "expected the end, found `{found}`"),
            (None, None) => f.write_str("no difference"),
        }
    }
}

impl fmt::Display for Checker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tokens => f.write_str("tokens"),
            Self::Kattis(flags) if *flags == KattisFlags::default() => f.write_str("kattis"),
            Self::Kattis(flags) => write!(f, "kattis {flags}"),
        }
    }
}

#[cfg(test)]
#[path = "checker_tests.rs"]
mod tests;
