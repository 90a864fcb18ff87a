//! Logarithms out of `+ - × ÷` alone, so that they are the same bits on every machine.
//!
//! The standard library's `ln` is the platform's and may differ in the last bit. What the numbers
//! mean is not known here.

use std::f64::consts::{LN_2, TAU};

#[expect(
    clippy::cast_precision_loss,
    reason = "a count above 2^53 is off by less than the result's own last bit"
)]
pub(crate) fn real(count: u64) -> f64 {
    count as f64
}

/// `count` of `all` as a share, 0 where there is nothing to have a share of.
pub(crate) fn share(count: f64, all: f64) -> f64 {
    if all > 0.0 { count / all } else { 0.0 }
}

/// The sum of numbers, in their order. Nothing sums to 0, where the standard library has it that
/// nothing sums to -0.
pub(crate) fn total(numbers: impl IntoIterator<Item = f64>) -> f64 {
    numbers.into_iter().fold(0.0, |sum, it| sum + it)
}

/// Returns `base` multiplied with itself, by squaring: the standard library's `powi` may round
/// otherwise on another machine.
pub(crate) fn power(mut base: f64, mut exponent: u32) -> f64 {
    let mut product = 1.0;
    while exponent > 0 {
        if exponent % 2 == 1 {
            product *= base;
        }
        base *= base;
        exponent /= 2;
    }
    product
}

/// Returns `2 atanh(s) = ln((1 + s) / (1 - s))` for |s| below 0.18.
fn twice_atanh(s: f64) -> f64 {
    let square = s * s;
    let mut sum = 0.0;
    for term in (0..13_u32).rev() {
        sum = sum * square + 1.0 / f64::from(2 * term + 1);
    }
    2.0 * s * sum
}

/// Returns the natural logarithm of a positive, normal, finite number, within a few units of the
/// last place.
pub(crate) fn ln(x: f64) -> f64 {
    const FRACTION: u64 = (1 << 52) - 1;
    let bits = x.to_bits();
    let mut mantissa = f64::from_bits((bits & FRACTION) | 1.0_f64.to_bits());
    let mut exponent = f64::from(u32::try_from(bits >> 52).expect("twelve bits")) - 1023.0;
    if mantissa > std::f64::consts::SQRT_2 {
        mantissa /= 2.0;
        exponent += 1.0;
    }
    exponent * LN_2 + twice_atanh((mantissa - 1.0) / (mantissa + 1.0))
}

/// Returns `ln(1 + x)` for `x ≥ 0`, also where `1 + x` rounds to 1.
fn ln_1p(x: f64) -> f64 {
    if x < 0.4 {
        twice_atanh(x / (2.0 + x))
    } else {
        ln(1.0 + x)
    }
}

/// Returns `ln B(a, b)`, the logarithm of the beta function, for `a, b > 0`.
///
/// By Stirling's series beyond 16, where its first four terms are exact to the last bits, and by
/// `B(a, b) = B(a+1, b) (a+b) / a` up to there. Written so that nothing large is subtracted.
pub(crate) fn ln_beta(mut a: f64, mut b: f64) -> f64 {
    const FAR: f64 = 16.0;
    let mut steps = 0.0;
    while a < FAR {
        steps += ln((a + b) / a);
        a += 1.0;
    }
    while b < FAR {
        steps += ln((a + b) / b);
        b += 1.0;
    }
    let tail = |x: f64| {
        let square = 1.0 / (x * x);
        let series = 1.0 / 1260.0 - square / 1680.0;
        (1.0 / 12.0 - square * (1.0 / 360.0 - square * series)) / x
    };
    let sum = a + b;
    // ln(a / (a + b)) and ln(b / (a + b)).
    let main = -a * ln_1p(b / a) - b * ln_1p(a / b);
    let half = 0.5 * (ln(TAU) - ln(a) - ln(b) + ln(sum));
    main + half + (tail(a) + tail(b) - tail(sum)) + steps
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(got: f64, expected: f64) {
        let scale = expected.abs().max(1.0);
        assert!(
            (got - expected).abs() <= 1e-12 * scale,
            "{got} is not {expected}"
        );
    }

    #[test]
    fn beta_by_hand() {
        // B(1, 1) = 1, B(2, 3) = 1/12, B(1/2, 1/2) = π, B(n, 1) = 1/n.
        check(ln_beta(1.0, 1.0), 0.0);
        check(ln_beta(2.0, 3.0), -(12.0_f64.ln()));
        check(ln_beta(0.5, 0.5), std::f64::consts::PI.ln());
        check(ln_beta(1e6, 1.0), -(1e6_f64.ln()));
        check(ln_beta(1.0, 1e12), -(1e12_f64.ln()));
        // B(10, 20) = 9! 19! / 29!
        check(ln_beta(10.0, 20.0), -(200_300_100.0_f64.ln()));
    }

    #[test]
    fn powers_by_hand() {
        check(power(3.0, 0), 1.0);
        check(power(3.0, 5), 243.0);
        check(power(0.0, 0), 1.0);
        check(power(0.5, 32), 1.0 / f64::from(u32::MAX));
    }

    proptest! {
        #[test]
        fn ln_is_the_logarithm(x in 1e-300..1e300_f64, small in 1e-9..10.0_f64) {
            check(ln(x), x.ln());
            check(ln(small), small.ln());
            check(ln_1p(small), small.ln_1p());
        }

        #[test]
        fn beta_is_symmetric_and_steps_right(a in 0.01..1e9_f64, b in 0.01..1e5_f64) {
            check(ln_beta(a, b), ln_beta(b, a));
            // B(a, b + 1) = B(a, b) b / (a + b)
            check(ln_beta(a, b + 1.0), ln_beta(a, b) + (b / (a + b)).ln());
        }
    }
}
