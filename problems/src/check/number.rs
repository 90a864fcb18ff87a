//! Reading a token as C's `scanf("%lf")` of glibc does, as the default validator of Kattis asks.
//!
//! Rust's own parser takes other texts (`inf`, but not `0x1p3` or `1e`), so the grammar is here and
//! only decimal rounding is left to it.

/// Returns the value of a token that is one finite number from its first byte to its last.
///
/// As in glibc, an exponent may lack its digits (`1e`, `1e+`), and hexadecimal is read (the last bit
/// of a hexadecimal number below 2^-1022 may differ, as it is rounded twice).
pub(super) fn number(token: &[u8]) -> Option<f64> {
    scanned(token).filter(|it| it.is_finite())
}

/// Returns the value of a token that is one number from its first byte to its last, infinite where it
/// is too large. The words `inf` and `nan` are left out.
pub(super) fn scanned(token: &[u8]) -> Option<f64> {
    let (negative, digits) = match token {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, token),
    };
    let magnitude = match digits {
        [b'0', b'x' | b'X', rest @ ..] => hexadecimal(rest)?,
        _ => decimal(digits)?,
    };
    Some(if negative { -magnitude } else { magnitude })
}

fn decimal(text: &[u8]) -> Option<f64> {
    let Parts {
        whole,
        fraction,
        end_of_mantissa,
        exponent,
    } = split(text, b'e', u8::is_ascii_digit)?;
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    // An exponent without digits is scanned and then left out of the value.
    let used = if exponent.is_some_and(has_digits) {
        text
    } else {
        &text[..end_of_mantissa]
    };
    std::str::from_utf8(used).ok()?.parse().ok()
}

fn hexadecimal(text: &[u8]) -> Option<f64> {
    let Parts {
        whole,
        fraction,
        exponent,
        ..
    } = split(text, b'p', u8::is_ascii_hexdigit)?;
    if whole.is_empty() && fraction.is_empty() {
        // `0x.` scans, and then reads as the `0` before the `x`.
        return (!text.is_empty()).then_some(0.0);
    }
    let mut mantissa: u64 = 0;
    let mut power: i64 = 0;
    for (position, &digit) in whole.iter().chain(fraction).enumerate() {
        let value = u64::from(hex_value(digit));
        let is_fraction = position >= whole.len();
        if mantissa >> 60 == 0 {
            mantissa = mantissa << 4 | value;
            power -= if is_fraction { 4 } else { 0 };
        } else {
            // Full: what follows matters for rounding only, and for the size of a whole part.
            mantissa |= u64::from(value != 0);
            power += if is_fraction { 0 } else { 4 };
        }
    }
    let exponent = exponent
        .filter(|it| has_digits(it))
        .map_or(0, saturating_exponent);
    Some(scale(mantissa, power.saturating_add(exponent)))
}

/// Returns `mantissa × 2^power`.
#[expect(
    clippy::cast_precision_loss,
    reason = "rounding to 53 bits is what is wanted"
)]
fn scale(mantissa: u64, power: i64) -> f64 {
    let mut value = mantissa as f64;
    // Four steps of at most 1,000 leave every finite value and pass into 0 or infinity.
    let mut left = power.clamp(-4000, 4000);
    while left != 0 && value != 0.0 {
        let step = left.clamp(-1000, 1000);
        value *= 2f64.powi(i32::try_from(step).expect("at most 1,000"));
        left -= step;
    }
    value
}

struct Parts<'a> {
    whole: &'a [u8],
    fraction: &'a [u8],
    end_of_mantissa: usize,
    /// What follows the exponent's letter: a sign and digits, each of which may be missing.
    exponent: Option<&'a [u8]>,
}

/// Cuts `12.5e-3` into its parts, or returns `None` where anything else is in it.
fn split(text: &[u8], letter: u8, is_digit: fn(&u8) -> bool) -> Option<Parts<'_>> {
    let run = |from: usize| text[from..].iter().take_while(|it| is_digit(it)).count();
    let whole = &text[..run(0)];
    let mut at = whole.len();
    let mut fraction = &text[at..at];
    if text.get(at) == Some(&b'.') {
        at += 1;
        fraction = &text[at..at + run(at)];
        at += fraction.len();
    }
    let end_of_mantissa = at;
    let exponent = match &text[at..] {
        [] => None,
        [first, rest @ ..] if first.to_ascii_lowercase() == letter => {
            let digits = rest
                .strip_prefix(b"-")
                .or(rest.strip_prefix(b"+"))
                .unwrap_or(rest);
            if !digits.iter().all(u8::is_ascii_digit) || whole.is_empty() && fraction.is_empty() {
                return None;
            }
            Some(rest)
        }
        _ => return None,
    };
    Some(Parts {
        whole,
        fraction,
        end_of_mantissa,
        exponent,
    })
}

fn has_digits(exponent: &[u8]) -> bool {
    exponent.iter().any(u8::is_ascii_digit)
}

fn saturating_exponent(text: &[u8]) -> i64 {
    let digits = text.iter().filter(|it| it.is_ascii_digit());
    let size = digits.fold(0i64, |sum, &it| {
        sum.saturating_mul(10).saturating_add(i64::from(it - b'0'))
    });
    if text.first() == Some(&b'-') {
        -size
    } else {
        size
    }
}

fn hex_value(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        _ => digit - b'A' + 10,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(token: &str, expected: Option<f64>) {
        assert_eq!(number(token.as_bytes()), expected, "{token}");
    }

    #[test]
    fn numbers_as_c_reads_them() {
        check("1", Some(1.0));
        check("+1.50", Some(1.5));
        check("-.5", Some(-0.5));
        check("5.", Some(5.0));
        check("1E3", Some(1000.0));
        check("1e-400", Some(0.0));
        check("007", Some(7.0));
        check("0x1A", Some(26.0));
        check("-0X1.8p1", Some(-3.0));
        check("0x1p-1074", Some(f64::from_bits(1)));
        check("0x123456789abcdef012345", Some(1.375_488_932_539_311_4e24));
    }

    #[test]
    fn oddities_of_glibc() {
        check("1e", Some(1.0));
        check("1e+", Some(1.0));
        check("0x.", Some(0.0));
        check("0x8p", Some(8.0));
    }

    #[test]
    fn everything_else_is_a_word() {
        for token in [
            "", "+", "-", ".", "e5", "1x", "1.2.3", "--1", "1e5.0", "0x", "0xg", "1_0",
        ] {
            check(token, None);
        }
        for token in [
            "inf",
            "-infinity",
            "nan",
            "NaN",
            "1e999",
            "0x1p9999",
            "1,5",
            "1 ",
        ] {
            check(token, None);
        }
    }

    proptest! {
        #[test]
        fn every_finite_float_reads_back(value in proptest::num::f64::NORMAL) {
            prop_assert_eq!(number(value.to_string().as_bytes()), Some(value));
            prop_assert_eq!(number(format!("{value:e}").as_bytes()), Some(value));
        }

        #[test]
        fn no_token_panics(token in "[-+]?(0x)?[0-9a-fA-FpPeE.+-]{0,40}") {
            let _ = number(token.as_bytes());
        }
    }
}
