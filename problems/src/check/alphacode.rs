//! AlphaCode: how the released code for CodeContests compares.
//!
//! Tokens below the case of ASCII letters, then numbers by an absolute tolerance.

use super::difference::Difference;
use super::number::scanned;
use super::scan::offset_in;

/// The tolerance, absolute and excluded.
const TOLERANCE: f64 = 1e-5;

/// Follows `OutputsMatch` and `ValuesMatch` of `execution/tester_sandboxer.cc` in
/// google-deepmind/code_contests.
///
/// The integers that it also reads never decide: every one is a float to it as well, so that large ones
/// are compared with the rounding of floats. A token `inf` or `nan` equals nothing, itself included,
/// once any other token is written differently: the fast way out is for all tokens or none.
pub(super) fn judge(answer: &[u8], output: &[u8]) -> Option<Difference> {
    if same_texts(answer, output) {
        return None;
    }
    let (mut answers, mut outputs) = (tokens(answer), tokens(output));
    for token in 1.. {
        let (expected, found) = (answers.next(), outputs.next());
        match (expected, found) {
            (None, None) => return None,
            (Some(expected), Some(found)) if same_value(expected, found) => {}
            _ => {
                let start = found.map_or(output.len(), |it| offset_in(output, it));
                return Some(Difference::at_token(token, output, start, expected, found));
            }
        }
    }
    unreachable!("texts are shorter than the largest number")
}

/// Cuts at `" \n\t\r\v"`: a form feed is part of a token.
fn tokens(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| b" \n\t\r\x0b".contains(byte))
        .filter(|it| !it.is_empty())
}

fn same_texts(answer: &[u8], output: &[u8]) -> bool {
    let mut outputs = tokens(output);
    let is_next = |expected: &[u8]| {
        let found = outputs.next();
        found.is_some_and(|it| it.eq_ignore_ascii_case(expected))
    };
    tokens(answer).all(is_next) && outputs.next().is_none()
}

fn same_value(expected: &[u8], found: &[u8]) -> bool {
    match (float(expected), float(found)) {
        (Some(a), Some(b)) => (b - a).abs() < TOLERANCE,
        _ => expected.eq_ignore_ascii_case(found),
    }
}

/// Reads what `absl::SimpleAtod` reads: white space around it, `inf`, `nan`, `nan(…)`, hexadecimal.
fn float(token: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(token).ok()?;
    let text = text.trim_matches(|it: char| it.is_ascii_whitespace() || it == '\x0b');
    let unsigned = match text.strip_prefix('+') {
        Some(rest) if rest.starts_with('-') => return None,
        Some(rest) => rest,
        None => text,
    };
    if unsigned.starts_with('+') {
        return None;
    }
    let word = unsigned.strip_prefix('-').unwrap_or(unsigned);
    if is_nan_with_payload(word) {
        return Some(f64::NAN);
    }
    if is_hexadecimal(word) {
        return scanned(unsigned.as_bytes());
    }
    unsigned.parse().ok()
}

/// Whether a text begins as a hexadecimal float, with digits in all of its parts.
fn is_hexadecimal(text: &str) -> bool {
    let Some(digits) = text.strip_prefix("0x").or(text.strip_prefix("0X")) else {
        return false;
    };
    let (mantissa, exponent) = digits.split_once(['p', 'P']).unwrap_or((digits, "0"));
    mantissa.contains(|it: char| it.is_ascii_hexdigit())
        && exponent.contains(|it: char| it.is_ascii_digit())
}

/// Whether a text is `nan(…)` with letters, digits and underscores.
fn is_nan_with_payload(text: &str) -> bool {
    let payload = text
        .get(..4)
        .filter(|it| it.eq_ignore_ascii_case("nan("))
        .and_then(|_| text[4..].strip_suffix(')'));
    payload.is_some_and(|it| {
        it.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}
