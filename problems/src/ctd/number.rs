//! The values of scripts: whole numbers of any size, decimal numbers, and texts.
//!
//! Whole numbers have at most [`MAX_BITS`] bits. Decimal numbers keep [`MAX_DIGITS`] digits; what is beyond them is
//! cut, as the original cuts its own at fewer.

use std::cmp::Ordering;
use std::sync::Arc;

use num_bigint::{BigInt, Sign};

use super::syntax::Operator;

/// Bits of a whole number.
const MAX_BITS: u64 = 1 << 16;
/// Digits of a whole number that has [`MAX_BITS`] bits. One that has more is greater than all others.
pub(super) const MAX_INT_DIGITS: usize = 19_729;
/// Digits of a decimal number.
const MAX_DIGITS: usize = 600;
/// How far below a number one begins that is too small to change it.
const MAX_DISTANCE: i64 = 1200;
/// Further digits than those of the numerator that a quotient has.
const QUOTIENT_DIGITS: u32 = 200;
/// The greatest exponent; a greater one means as much.
const MAX_EXPONENT: i64 = 1 << 40;

/// A value. Ordered by kind first, which only matters where tuples are told apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Value {
    Int(BigInt),
    Float(Decimal),
    Text(Arc<[u8]>),
}

impl Value {
    /// Reads a whole number with or without a minus sign; `None` if it has too many digits.
    pub(super) fn of_digits(digits: &str) -> Option<Self> {
        if digits.len() > MAX_INT_DIGITS {
            return None;
        }
        BigInt::parse_bytes(digits.as_bytes(), 10).map(Self::Int)
    }

    /// Returns what it weighs, in machine words.
    pub(super) fn n_words(&self) -> u64 {
        match self {
            Self::Int(number) => 1 + number.bits() / 64,
            Self::Float(number) => 1 + number.mantissa.bits() / 64,
            Self::Text(text) => 1 + text.len() as u64 / 8,
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Int(_) => "a whole number",
            Self::Float(_) => "a decimal number",
            Self::Text(_) => "a text",
        }
    }

    /// Compares two values of one kind, or two numbers; `Err` says why that cannot be.
    pub(super) fn compare(&self, other: &Self) -> Result<Ordering, String> {
        Ok(match (self, other) {
            (Self::Int(a), Self::Int(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            _ => {
                let (Some(a), Some(b)) = (self.decimal(), other.decimal()) else {
                    let (a, b) = (self.kind(), other.kind());
                    return Err(format!("{a} cannot be compared with {b}"));
                };
                a.cmp(&b)
            }
        })
    }

    fn decimal(&self) -> Option<Decimal> {
        match self {
            Self::Int(number) => Some(Decimal::new(number, 0)),
            Self::Float(number) => Some(number.clone()),
            Self::Text(_) => None,
        }
    }
}

/// Works out an operation; `Err` says why that cannot be.
pub(super) fn binary(operator: Operator, left: &Value, right: &Value) -> Result<Value, String> {
    if operator == Operator::Power {
        return power(left, right);
    }
    if let (Value::Int(a), Value::Int(b)) = (left, right) {
        let divides = matches!(operator, Operator::Over | Operator::Modulo);
        if divides && b.sign() == Sign::NoSign {
            return Err("division by 0".to_owned());
        }
        return bounded(match operator {
            Operator::Plus => a + b,
            Operator::Minus => a - b,
            Operator::Times => a * b,
            Operator::Over => a / b,
            Operator::Modulo | Operator::Power => a % b,
        });
    }
    let (Some(a), Some(b)) = (left.decimal(), right.decimal()) else {
        return Err("texts have no operators".to_owned());
    };
    Ok(Value::Float(match operator {
        Operator::Plus => a.plus(&b),
        Operator::Minus => a.plus(&b.negated()),
        Operator::Times => a.times(&b),
        Operator::Over => a.over(&b).ok_or("division by 0")?,
        Operator::Modulo | Operator::Power => {
            return Err("`%` is for whole numbers alone".to_owned());
        }
    }))
}

pub(super) fn negated(value: &Value) -> Result<Value, String> {
    match value {
        Value::Int(number) => Ok(Value::Int(-number)),
        Value::Float(number) => Ok(Value::Float(number.negated())),
        Value::Text(_) => Err("texts have no operators".to_owned()),
    }
}

fn power(base: &Value, exponent: &Value) -> Result<Value, String> {
    let Value::Int(exponent) = exponent else {
        return Err("exponents are whole numbers".to_owned());
    };
    let Ok(exponent) = u64::try_from(exponent) else {
        return Err("exponents are from 0 to 2^64 - 1".to_owned());
    };
    match base {
        Value::Int(base) if base.bits() <= 1 => {
            let is_negative = base.sign() == Sign::Minus && exponent % 2 == 1;
            let size = i32::from(exponent == 0 || base.bits() == 1);
            Ok(Value::Int(if is_negative { -size } else { size }.into()))
        }
        Value::Int(base) => {
            // The first bit of the base doubles at least.
            let least = (base.bits() - 1).saturating_mul(exponent);
            match u32::try_from(exponent) {
                Ok(exponent) if least <= MAX_BITS => bounded(base.pow(exponent)),
                _ => bounded_error(),
            }
        }
        Value::Float(base) => Ok(Value::Float(base.power(exponent))),
        Value::Text(_) => Err("texts have no operators".to_owned()),
    }
}

fn bounded(number: BigInt) -> Result<Value, String> {
    if number.bits() > MAX_BITS {
        return bounded_error();
    }
    Ok(Value::Int(number))
}

fn bounded_error() -> Result<Value, String> {
    Err(format!("number has more than {MAX_BITS} bits"))
}

/// A decimal number: mantissa times ten to the power of the exponent. One number has one form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    mantissa: BigInt,
    exponent: i64,
    /// Digits of the mantissa.
    n_digits: i64,
}

impl Decimal {
    /// Makes a number with as many digits as are kept, and without zeros at its end.
    fn new(mantissa: &BigInt, exponent: i64) -> Self {
        let digits = mantissa.magnitude().to_string();
        Self::of_parts(mantissa.sign() == Sign::Minus, &digits, exponent)
    }

    /// Makes a number of digits without a point.
    fn of_parts(is_negative: bool, digits: &str, exponent: i64) -> Self {
        let digits = digits.trim_start_matches('0');
        let kept = &digits[..digits.len().min(MAX_DIGITS)];
        let short = kept.trim_end_matches('0');
        if short.is_empty() {
            return Self {
                mantissa: BigInt::ZERO,
                exponent: 0,
                n_digits: 0,
            };
        }
        let n_cut = i64::try_from(digits.len() - short.len()).unwrap_or(MAX_EXPONENT);
        let mantissa = BigInt::parse_bytes(short.as_bytes(), 10).unwrap_or_default();
        Self {
            mantissa: if is_negative { -mantissa } else { mantissa },
            exponent: exponent
                .saturating_add(n_cut)
                .clamp(-MAX_EXPONENT, MAX_EXPONENT),
            n_digits: i64::try_from(short.len()).unwrap_or(0),
        }
    }

    /// Reads digits with a minus sign, a point and an exponent, each there or not, in an order that was checked.
    pub(super) fn of_text(text: &str) -> Self {
        let (is_negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let is_small = exponent.starts_with('-');
        // More digits than fit mean as much as the greatest exponent.
        let exponent = exponent.trim_start_matches(['+', '-']).parse();
        let exponent: i64 = exponent.unwrap_or(MAX_EXPONENT).min(MAX_EXPONENT);
        let exponent = if is_small { -exponent } else { exponent };
        let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let n_decimals = i64::try_from(part.len()).unwrap_or(MAX_EXPONENT);
        Self::of_parts(
            is_negative,
            &format!("{whole}{part}"),
            exponent - n_decimals,
        )
    }

    fn negated(&self) -> Self {
        Self {
            mantissa: -&self.mantissa,
            ..*self
        }
    }

    /// Returns where the first digit stands.
    fn magnitude(&self) -> i64 {
        self.n_digits + self.exponent
    }

    fn plus(&self, other: &Self) -> Self {
        let (high, low) = if self.exponent > other.exponent {
            (self, other)
        } else {
            (other, self)
        };
        for (great, small) in [(self, other), (other, self)] {
            let is_lost = great.magnitude() - small.magnitude() > MAX_DISTANCE;
            if small.n_digits == 0 || (great.n_digits > 0 && is_lost) {
                return great.clone();
            }
        }
        let sum = high.scaled_to(low.exponent) + &low.mantissa;
        Self::new(&sum, low.exponent)
    }

    fn times(&self, other: &Self) -> Self {
        let product = &self.mantissa * &other.mantissa;
        Self::new(&product, self.exponent + other.exponent)
    }

    fn over(&self, other: &Self) -> Option<Self> {
        if other.n_digits == 0 {
            return None;
        }
        let digits = QUOTIENT_DIGITS + u32::try_from(other.n_digits).ok()?;
        let quotient = &self.mantissa * BigInt::from(10).pow(digits) / &other.mantissa;
        let exponent = self.exponent - other.exponent - i64::from(digits);
        Some(Self::new(&quotient, exponent))
    }

    fn power(&self, mut exponent: u64) -> Self {
        let mut result = Self::new(&1.into(), 0);
        let mut square = self.clone();
        while exponent > 0 {
            if exponent % 2 == 1 {
                result = result.times(&square);
            }
            exponent /= 2;
            square = square.times(&square);
        }
        result
    }

    /// Returns the mantissa that it has with a smaller exponent.
    fn scaled_to(&self, exponent: i64) -> BigInt {
        let by = u32::try_from(self.exponent - exponent).unwrap_or(0);
        &self.mantissa * BigInt::from(10).pow(by)
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |it: &Self| match it.mantissa.sign() {
            Sign::Minus => -1,
            Sign::NoSign => 0,
            Sign::Plus => 1,
        };
        let by_sign = sign(self).cmp(&sign(other));
        if by_sign != Ordering::Equal || sign(self) == 0 {
            return by_sign;
        }
        let by_size = self.magnitude().cmp(&other.magnitude()).then_with(|| {
            // They begin at one place, so that as many zeros are added as one has digits more.
            let low = self.exponent.min(other.exponent);
            let (a, b) = (self.scaled_to(low), other.scaled_to(low));
            a.magnitude().cmp(b.magnitude())
        });
        if sign(self) > 0 {
            by_size
        } else {
            by_size.reverse()
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::of_text(text)
    }

    #[test]
    fn decimal_numbers_have_one_form_and_an_order() {
        assert_eq!(decimal("1.50"), decimal("15e-1"));
        assert_eq!(decimal("-0.0"), decimal("0"));
        assert_eq!(decimal("100"), decimal("1E+2"));
        for (less, more) in [
            ("0.1", "0.11"),
            ("-0.11", "-0.1"),
            ("-1", "0"),
            ("9e5", "1e6"),
            ("1e-999999999999999999999", "1e-5"),
            ("1e999999", "1e999999999999999999999"),
        ] {
            assert!(decimal(less) < decimal(more), "{less} {more}");
        }
    }

    #[test]
    fn arithmetic_on_decimals() {
        let float = |text| Value::Float(decimal(text));
        let work_out = |operator, a, b| binary(operator, &float(a), &float(b)).unwrap();
        assert_eq!(work_out(Operator::Plus, "0.1", "0.2"), float("0.3"));
        assert_eq!(work_out(Operator::Minus, "1", "1e-3"), float("0.999"));
        assert_eq!(work_out(Operator::Times, "-2.5", "4"), float("-10"));
        assert_eq!(work_out(Operator::Over, "1", "8"), float("0.125"));
        assert_eq!(
            work_out(Operator::Plus, "1e999999999", "1"),
            float("1e999999999")
        );
        assert!(binary(Operator::Over, &float("1"), &float("0")).is_err());
        let two = Value::of_digits("2").unwrap();
        assert_eq!(power(&float("1.5"), &two).unwrap(), float("2.25"));
        assert_eq!(two.compare(&float("2.0")), Ok(Ordering::Equal));
    }

    #[test]
    fn whole_numbers_are_bounded() {
        let int = |text| Value::of_digits(text).unwrap();
        let (two, huge) = (int("2"), int("18446744073709551615"));
        assert!(power(&two, &huge).is_err());
        assert!(power(&two, &int("-1")).is_err());
        assert_eq!(power(&int("-1"), &huge).unwrap(), int("-1"));
        assert_eq!(power(&int("0"), &int("0")).unwrap(), int("1"));
        assert_eq!(power(&int("0"), &huge).unwrap(), int("0"));
        assert_eq!(power(&two, &int("10")).unwrap(), int("1024"));
        assert!(binary(Operator::Modulo, &two, &int("0")).is_err());
        assert_eq!(Value::of_digits(&"9".repeat(MAX_INT_DIGITS + 1)), None);
    }
}
