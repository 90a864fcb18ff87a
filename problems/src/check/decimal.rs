//! Python's `decimal.Decimal` of a text, as far as equality goes.

use std::borrow::Cow;

use super::python::{digit, strip};

/// The largest adjusted exponent that Python's decimals have (64 bit).
const MAX_EXPONENT: i128 = 999_999_999_999_999_999;
/// The least exponent of a last digit.
const MIN_EXPONENT: i128 = -1_999_999_999_999_999_997;
/// Exponents are read up to here; more digits change nothing.
const SATURATED: i128 = 10_000_000_000_000_000_000;

/// A decimal in its one shortest form, so that equal values are equal here. No zero has a sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decimal {
    /// Digits, neither first nor last of them a zero, times ten to a power. Zero has no digits.
    Finite {
        negative: bool,
        digits: String,
        exponent: i128,
    },
    /// Infinity.
    Infinite { negative: bool },
    /// No number, which equals nothing.
    Nan,
}

impl Decimal {
    /// Reads what `Decimal(text)` reads, exactly or not at all.
    ///
    /// Underscores are left out wherever they are, digits may be of any script.
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = as_ascii(strip(text))?;
        let (negative, text) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, &*text),
        };
        let lower = text.get(..9).unwrap_or(text).to_ascii_lowercase();
        if matches!(&*lower, "inf" | "infinity") && text.len() == lower.len() {
            return Some(Self::Infinite { negative });
        }
        if let Some(payload) = strip_nan(text) {
            let is_number = payload.bytes().all(|it| it.is_ascii_digit());
            return is_number.then_some(Self::Nan);
        }
        Self::finite(negative, text)
    }

    fn finite(negative: bool, text: &str) -> Option<Self> {
        let (mantissa, power) = match text.find(['e', 'E']) {
            Some(at) => (&text[..at], exponent(&text[at + 1..])?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let is_number = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
        if !is_number(whole) || !is_number(fraction) || whole.len() + fraction.len() == 0 {
            return None;
        }
        let last = power - i128::try_from(fraction.len()).ok()?;
        let digits = [whole, fraction].concat();
        let digits = digits.trim_start_matches('0');
        let first = last + i128::try_from(digits.len()).ok()? - i128::from(!digits.is_empty());
        if first > MAX_EXPONENT || last < MIN_EXPONENT {
            return None;
        }
        let shortest = digits.trim_end_matches('0');
        let n_cut = i128::try_from(digits.len() - shortest.len()).ok()?;
        Some(Self::Finite {
            negative: negative && !shortest.is_empty(),
            exponent: if shortest.is_empty() { 0 } else { last + n_cut },
            digits: shortest.to_owned(),
        })
    }

    /// Python's `==`.
    pub(super) fn equals(&self, other: &Self) -> bool {
        self == other && *self != Self::Nan
    }
}

fn as_ascii(text: &str) -> Option<Cow<'_, str>> {
    if text.is_ascii() && !text.contains(['_', '\0']) {
        return Some(text.into());
    }
    let kept = text.chars().filter(|it| *it != '_');
    let as_ascii = |it: char| match it {
        '\0' => None,
        _ if it.is_ascii() => Some(it),
        _ => digit(it).map(|it| char::from(b'0' + it)),
    };
    kept.map(as_ascii)
        .collect::<Option<String>>()
        .map(Cow::from)
}

fn strip_nan(text: &str) -> Option<&str> {
    let rest = text.strip_prefix(['s', 'S']).unwrap_or(text);
    let word = rest.get(..3)?;
    word.eq_ignore_ascii_case("nan").then(|| &rest[3..])
}

fn exponent(text: &str) -> Option<i128> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let add = |sum: i128, it: u8| (sum * 10 + i128::from(it - b'0')).min(SATURATED);
    let size = digits.bytes().fold(0, add);
    Some(if negative { -size } else { size })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(a: &str, b: &str, expected: bool) {
        let equal = match (Decimal::read(a), Decimal::read(b)) {
            (Some(a), Some(b)) => a.equals(&b),
            _ => false,
        };
        assert_eq!(equal, expected, "{a:?} and {b:?}");
    }

    #[test]
    fn values_are_equal_however_they_are_written() {
        check("1e3", "1000.000", true);
        check("-0.0", "0e5", true);
        check("007", "7", true);
        check("1_0__0_", "100", true);
        check("٣", "3", true);
        check("Infinity", "+inf", true);
        check("9007199254740993", "9007199254740992", false);
        check("0.1", "0.10000000000000000000000000000000001", false);
        check("1e999999999999999999", "10e999999999999999998", true);
        check("inf", "-inf", false);
    }

    #[test]
    fn what_is_no_decimal_equals_nothing() {
        for bad in [
            "",
            "_",
            ".",
            "1e",
            "1e+",
            "e5",
            "0x1",
            "1.2.3",
            "1e1.0",
            "nan",
            "sNaN12",
            "nanx",
            "infinit",
            "1e1000000000000000000",
            "0e1000000000000000000",
            "1e-1999999999999999998",
            "1\0",
            "²",
            "+-1",
        ] {
            check(bad, bad, false);
        }
    }
}
