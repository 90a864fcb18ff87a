//! How far off a figure may be: [`wilson`] for a share, [`bootstrap_mean`] for a mean over problems.
//!
//! What the figures measure is not known here.

use serde::Serialize;

use crate::dice::Dice;
use crate::math::{real, share, total};

/// Standard deviations to each side that hold 95 % of a normal distribution.
const Z_95: f64 = 1.959_963_984_540_054;

/// A figure and the interval that it likely lies in.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// The figure itself.
    pub value: f64,
    /// The lower end at 95 %.
    pub low: f64,
    /// The upper end at 95 %.
    pub high: f64,
}

/// Returns the share of successes in independent trials, with its 95 % interval by Wilson (1927),
/// which stays within 0 and 1 and does not shrink to nothing at either.
///
/// Without trials the share is 0 and the interval is from 0 to 1.
///
/// # Panics
///
/// Panics if there are more successes than trials.
///
/// # Examples
///
/// ```
/// use riddle_clustering::wilson;
///
/// let interval = wilson(0, 100);
/// assert_eq!(interval.value, 0.0);
/// assert!(interval.low == 0.0 && 0.03 < interval.high && interval.high < 0.04);
/// ```
pub fn wilson(n_successes: u64, n_trials: u64) -> Interval {
    assert!(
        n_successes <= n_trials,
        "{n_successes} successes in {n_trials} trials"
    );
    if n_trials == 0 {
        return Interval {
            value: 0.0,
            low: 0.0,
            high: 1.0,
        };
    }
    let n = real(n_trials);
    let value = share(real(n_successes), n);
    let z2 = Z_95 * Z_95;
    let centre = value + z2 / (2.0 * n);
    let half = Z_95 * ((value * (1.0 - value) + z2 / (4.0 * n)) / n).sqrt();
    let scale = 1.0 + z2 / n;
    let low = ((centre - half) / scale).max(0.0);
    let high = ((centre + half) / scale).min(1.0);
    Interval {
        value,
        // Exact at the ends, where rounding would leave a trace.
        low: if n_successes == 0 { 0.0 } else { low },
        high: if n_successes == n_trials { 1.0 } else { high },
    }
}

/// Returns the mean of one figure a problem, with its 95 % interval over the choice of problems:
/// problems are drawn with replacement, and the 2.5 and 97.5 percentiles of the means are taken.
///
/// `None` without figures. To compare two rules, give the differences problem by problem: problems
/// differ far more than rules do. Takes O(`n_resamples` × figures) time; 1,000 or more resamples are
/// usual.
pub fn bootstrap_mean(figures: &[f64], n_resamples: u32, seed: u64) -> Option<Interval> {
    if figures.is_empty() {
        return None;
    }
    let n = real(figures.len() as u64);
    let value = total(figures.iter().copied()) / n;
    let mut dice = Dice::new(b"riddle strap  v1", seed, 0);
    let mut means: Vec<f64> = (0..n_resamples)
        .map(|_| total((0..figures.len()).map(|_| figures[dice.index(figures.len())])) / n)
        .collect();
    means.sort_by(f64::total_cmp);
    // The nearest rank: 25 of 1,000 means are below the lower end and 25 above the upper.
    let tail = means.len() / 40;
    Some(Interval {
        value,
        low: means.get(tail).copied().unwrap_or(value),
        high: means.iter().rev().nth(tail).copied().unwrap_or(value),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check((successes, trials): (u64, u64), low: f64, high: f64) {
        let got = wilson(successes, trials);
        assert!((got.low - low).abs() < 5e-4, "{got:?}");
        assert!((got.high - high).abs() < 5e-4, "{got:?}");
    }

    #[test]
    fn wilson_as_in_the_textbooks() {
        check((10, 20), 0.2993, 0.7007);
        check((1, 10), 0.0179, 0.4042);
        check((0, 10), 0.0, 0.2775);
        check((10, 10), 0.7225, 1.0);
        check((0, 0), 0.0, 1.0);
    }

    #[test]
    fn a_mean_over_no_problems_is_none() {
        assert_eq!(bootstrap_mean(&[], 100, 0), None);
    }

    #[test]
    fn equal_figures_leave_no_doubt() {
        let got = bootstrap_mean(&[0.25; 8], 100, 0).expect("figures");
        assert!(
            [got.value, got.low, got.high]
                .iter()
                .all(|it| (it - 0.25).abs() < 1e-12)
        );
    }

    #[test]
    fn the_bootstrap_is_near_the_normal_interval() {
        // 200 problems, half of them solved: 0.5 ± 1.96 × √(0.25 / 200) = 0.5 ± 0.069.
        let figures: Vec<f64> = (0..200_u32).map(|it| f64::from(it % 2)).collect();
        let got = bootstrap_mean(&figures, 4_000, 1).expect("figures");
        assert!((got.low - 0.431).abs() < 0.01, "{got:?}");
        assert!((got.high - 0.569).abs() < 0.01, "{got:?}");
        assert_eq!(Some(got), bootstrap_mean(&figures, 4_000, 1));
    }

    proptest! {
        #[test]
        fn intervals_hold_their_figure(
            trials in 0..2_000_u64,
            part in 0.0..=1.0_f64,
            figures in prop::collection::vec(0.0..1.0_f64, 1..30),
        ) {
            let mut successes = 0;
            while real(successes) < part * real(trials) {
                successes += 1;
            }
            let got = wilson(successes, trials);
            prop_assert!(0.0 <= got.low && got.low <= got.value && got.value <= got.high && got.high <= 1.0);
            let got = bootstrap_mean(&figures, 400, 3).expect("figures");
            prop_assert!(got.low <= got.value + 1e-9 && got.value <= got.high + 1e-9);
        }
    }
}
