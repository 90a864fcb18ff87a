//! How good a search is, from counts alone: [`pass_at_k`], [`n_at_k`] and [`oracle`].
//!
//! Each is exact (no draws) and for one problem; a data set's figure is the mean over its problems.
//! Nothing here knows how the counts were come by. Only `+ - × ÷` are used, no logarithms, so that
//! the figures in a report are the same bits on every machine.

use crate::math::real;

/// Returns the chance that at least one of `k` candidates drawn from `n` is right, where `c` of the
/// `n` are: the unbiased estimate `1 - C(n-c, k) / C(n, k)` of pass@k.
///
/// `None` if there are not so many to draw from (`k > n`) or the counts contradict each other
/// (`c > n`). Takes O(min(c, k)) time.
///
/// # Examples
///
/// ```
/// use riddle_clustering::pass_at_k;
///
/// assert_eq!(pass_at_k(4, 1, 2), Some(0.5));
/// assert_eq!(pass_at_k(4, 1, 5), None);
/// ```
pub fn pass_at_k(n: u64, c: u64, k: u64) -> Option<f64> {
    if c > n || k > n {
        return None;
    }
    Some(any_right(n, c, k))
}

/// Returns the chance that a problem is solved with `k` samples and `n_submissions` submissions,
/// where samples are drawn from `total`, of which `passed_filter` pass the public tests, of which
/// `correct` are right, and submissions are drawn at random among the samples that pass.
///
/// This is the n@k of arXiv 2203.07814 (appendix A.3) in closed form instead of by draws. With
/// K, e, s, n for the four counts,
/// `P = Σ_e' C(e, e') C(K-e, k-e') / C(K, k) × [1 - C(e-s, n') / C(e, n')]` and `n' = min(e', n)`.
/// It holds for random picks only: a rule that looks at clusters has to be tried on subsets.
///
/// `None` if there are not so many to draw from (`k > total`) or the counts contradict each other
/// (`correct > passed_filter` or `passed_filter > total`). Takes O(min(k, `passed_filter`)) time
/// with few submissions, and far less where that is large, since the sum ends at terms that are
/// too small for an `f64`.
///
/// # Examples
///
/// ```
/// use riddle_clustering::n_at_k;
///
/// // Both samples pass the filter, one is right, one may be sent.
/// assert_eq!(n_at_k(2, 2, 1, 2, 1), Some(0.5));
/// ```
pub fn n_at_k(
    total: u64,
    passed_filter: u64,
    correct: u64,
    k: u64,
    n_submissions: u64,
) -> Option<f64> {
    if k > total || passed_filter > total || correct > passed_filter {
        return None;
    }
    let failed_filter = total - passed_filter;
    let least = k.saturating_sub(failed_filter);
    let most = passed_filter.min(k);
    if n_submissions >= most {
        // All survivors are sent: to be solved, one right candidate in the sample is enough.
        return pass_at_k(total, correct, k);
    }

    // The number of survivors in the sample is hypergeometric. Its weights are taken relative to
    // the likeliest number's and walked to both ends by the ratio of neighbours, so nothing
    // overflows and what underflows did not matter.
    let mode =
        (u128::from(passed_filter) + 1).saturating_mul(u128::from(k) + 1) / (u128::from(total) + 2);
    let mode = u64::try_from(mode).map_or(most, |it| it.clamp(least, most));
    // Weight of `survivors + 1` relative to that of `survivors`.
    let ratio = |survivors: u64| {
        real(passed_filter - survivors) / real(survivors + 1) * real(k - survivors)
            / real(failed_filter - (k - survivors - 1))
    };

    let chance_at_limit = any_right(passed_filter, correct, n_submissions);
    let chance = |survivors: u64| {
        if survivors < n_submissions {
            any_right(passed_filter, correct, survivors)
        } else {
            chance_at_limit
        }
    };

    let (mut weights, mut solved) = (1.0, chance(mode));
    let mut weight = 1.0;
    for survivors in mode..most {
        weight *= ratio(survivors);
        if weight == 0.0 {
            break;
        }
        weights += weight;
        solved += weight * chance(survivors + 1);
    }
    weight = 1.0;
    for survivors in (least..mode).rev() {
        weight /= ratio(survivors);
        if weight == 0.0 {
            break;
        }
        weights += weight;
        solved += weight * chance(survivors);
    }
    Some(solved / weights)
}

/// Returns whether a perfect choice among the survivors would have solved the problem: whether any
/// survivor is right.
///
/// The gap between this and what a rule chose is what the rule costs. Over `k` samples drawn from a
/// pool, the oracle's figure is [`pass_at_k`].
pub fn oracle(survivor_is_right: impl IntoIterator<Item = bool>) -> bool {
    survivor_is_right.into_iter().any(|it| it)
}

/// [`pass_at_k`] for counts that agree: `c` and `k` are at most `n`.
fn any_right(n: u64, c: u64, k: u64) -> f64 {
    // C(n-c, k) / C(n, k) stays the same when c and k change places; the fewer factors the better.
    let (few, many) = (c.min(k), c.max(k));
    let mut all_wrong = 1.0;
    for drawn in 0..few {
        all_wrong *= real(n - many - drawn) / real(n - drawn);
        // Reached in time where the wrong ones are fewer than `k`.
        if all_wrong == 0.0 {
            break;
        }
    }
    1.0 - all_wrong
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Equal up to the rounding of a few thousand multiplications.
    #[track_caller]
    fn check(got: Option<f64>, expected: f64) {
        let got = got.expect("the counts agree");
        assert!((got - expected).abs() <= 1e-12, "{got} is not {expected}");
    }

    #[test]
    fn pass_at_k_by_hand() {
        check(pass_at_k(10, 3, 1), 0.3);
        check(pass_at_k(4, 1, 2), 0.5);
        // 1 - C(97, 10) / C(100, 10)
        check(pass_at_k(100, 3, 10), 0.273_469_387_755_102_05);
    }

    #[test]
    fn pass_at_k_at_its_edges() {
        assert_eq!(pass_at_k(5, 0, 5), Some(0.0));
        assert_eq!(pass_at_k(5, 5, 0), Some(0.0));
        assert_eq!(
            pass_at_k(5, 2, 4),
            Some(1.0),
            "the wrong ones are fewer than k"
        );
        assert_eq!(pass_at_k(0, 0, 0), Some(0.0));
        assert_eq!(pass_at_k(5, 6, 1), None);
        assert_eq!(pass_at_k(5, 1, 6), None);
        assert_eq!(pass_at_k(u64::MAX, u64::MAX, u64::MAX), Some(1.0));
        check(pass_at_k(u64::MAX, 1, u64::MAX - 1), 1.0);
    }

    #[test]
    fn a_million_samples_do_not_overflow() {
        // 1 - (1 - k/n) for the one right candidate, whatever the size.
        check(pass_at_k(1_000_000, 1, 250_000), 0.25);
        check(n_at_k(1_000_000, 7_600, 1, 250_000, 1_000_000), 0.25);
        // All pass and one is sent: the share of right ones.
        check(n_at_k(1_000_000, 1_000_000, 5_000, 100_000, 1), 0.005);
        // With so many samples there is always a survivor, and one of 100 is right.
        check(n_at_k(1_000_000, 10_000, 100, 100_000, 1), 0.01);
    }

    #[test]
    fn n_at_k_at_its_edges() {
        assert_eq!(n_at_k(0, 0, 0, 0, 0), Some(0.0));
        assert_eq!(
            n_at_k(9, 0, 0, 9, 10),
            Some(0.0),
            "nothing passes the filter"
        );
        assert_eq!(n_at_k(9, 5, 0, 9, 10), Some(0.0), "nothing is right");
        assert_eq!(n_at_k(9, 5, 2, 0, 10), Some(0.0), "nothing is drawn");
        assert_eq!(n_at_k(9, 5, 2, 9, 0), Some(0.0), "nothing is sent");
        assert_eq!(n_at_k(9, 5, 5, 9, 1), Some(1.0), "all that pass are right");
        assert_eq!(n_at_k(9, 5, 2, 10, 1), None);
        assert_eq!(n_at_k(9, 10, 2, 3, 1), None);
        assert_eq!(n_at_k(9, 5, 6, 3, 1), None);
        assert_eq!(n_at_k(u64::MAX, u64::MAX, u64::MAX, u64::MAX, 1), Some(1.0));
    }

    #[test]
    fn the_oracle_asks_for_one_right_survivor() {
        assert!(oracle([false, true]));
        assert!(!oracle([false, false]));
        assert!(!oracle([]));
    }

    /// (ways in which a right one is among the sent, ways in all), weighed so that each sample of
    /// `k` counts the same: every sample is drawn, and from it every set that may be sent.
    fn enumerate(total: u32, passed: u32, correct: u32, k: u32, n: u32) -> (u64, u64) {
        const LCM_OF_COUNTS: u64 = 2_520;
        let (passed, correct) = ((1_u32 << passed) - 1, (1_u32 << correct) - 1);
        let (mut solved, mut all) = (0, 0);
        for sample in (0..1_u32 << total).filter(|it| it.count_ones() == k) {
            let survivors = sample & passed;
            let n_sent = survivors.count_ones().min(n);
            let sendings: Vec<u32> = (0..1_u32 << total)
                .filter(|it| it & !survivors == 0 && it.count_ones() == n_sent)
                .collect();
            let hits = sendings.iter().filter(|it| **it & correct != 0).count();
            let share = LCM_OF_COUNTS / sendings.len() as u64;
            assert_eq!(share * sendings.len() as u64, LCM_OF_COUNTS);
            solved += hits as u64 * share;
            all += LCM_OF_COUNTS;
        }
        (solved, all)
    }

    #[test]
    fn n_at_k_is_the_share_over_all_draws() {
        let total = 6;
        for passed in 0..=total {
            for correct in 0..=passed {
                for k in 0..=total {
                    for n in 0..=4 {
                        let (solved, all) = enumerate(total, passed, correct, k, n);
                        let [total, passed, correct, k, n] =
                            [total, passed, correct, k, n].map(u64::from);
                        check(
                            n_at_k(total, passed, correct, k, n),
                            real(solved) / real(all),
                        );
                    }
                }
            }
        }
    }

    /// A draw below `bound` from Knuth's MMIX generator.
    fn draw(state: &mut u64, bound: usize) -> usize {
        *state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(*state >> 33).unwrap() % bound
    }

    /// Draws `count` of `items` without putting any back.
    fn sample(state: &mut u64, mut items: Vec<usize>, count: usize) -> Vec<usize> {
        for place in 0..count {
            let other = place + draw(state, items.len() - place);
            items.swap(place, other);
        }
        items.truncate(count);
        items
    }

    #[test]
    fn n_at_k_is_what_drawing_tends_to() {
        const DRAWS: u32 = 4_000;
        let mut state = 1;
        for (total, passed, correct, k, n) in
            [(60, 12, 4, 20, 2), (100, 30, 2, 50, 10), (40, 35, 3, 9, 5)]
        {
            let mut solved = 0;
            for _ in 0..DRAWS {
                let mut survivors = sample(&mut state, (0..total).collect(), k);
                survivors.retain(|it| *it < passed);
                let n_sent = survivors.len().min(n);
                let sent = sample(&mut state, survivors, n_sent);
                solved += u32::from(sent.iter().any(|it| *it < correct));
            }
            let [total, passed, correct, k, n] = [total, passed, correct, k, n].map(|it| it as u64);
            let exact = n_at_k(total, passed, correct, k, n).unwrap();
            let drawn = f64::from(solved) / f64::from(DRAWS);
            // Four standard errors of 4,000 draws, at most.
            assert!((drawn - exact).abs() < 0.032, "{drawn} is not {exact}");
        }
    }

    proptest! {
        #[test]
        fn total_on_any_counts_and_always_a_chance(counts in prop::array::uniform5(0..300_u64)) {
            let [total, passed, correct, k, n] = counts;
            let fits = k <= total && passed <= total && correct <= passed;
            let chance = n_at_k(total, passed, correct, k, n);
            prop_assert_eq!(chance.is_some(), fits);
            prop_assert!(chance.is_none_or(|it| (0.0..=1.0).contains(&it)));
            prop_assert_eq!(pass_at_k(total, passed, k).is_some(), k <= total && passed <= total);
        }

        #[test]
        fn choosing_is_never_better_than_the_oracle(
            [total, passed, correct, k] in prop::array::uniform4(1..200_u64),
            n in 0..11_u64,
        ) {
            let (passed, k) = (passed.min(total), k.min(total));
            let correct = correct.min(passed);
            let chosen = n_at_k(total, passed, correct, k, n).unwrap();
            let more = n_at_k(total, passed, correct, k, n + 1).unwrap();
            let best = pass_at_k(total, correct, k).unwrap();
            prop_assert!(chosen <= more + 1e-12 && more <= best + 1e-12);
        }

        #[test]
        fn a_filter_that_drops_nothing_leaves_pass_at_n(
            [total, correct, k] in prop::array::uniform3(1..200_u64),
            n in 0..11_u64,
        ) {
            let (correct, k) = (correct.min(total), k.min(total));
            let chosen = n_at_k(total, total, correct, k, n).unwrap();
            let plain = pass_at_k(total, correct, n.min(k)).unwrap();
            prop_assert!((chosen - plain).abs() < 1e-12);
        }
    }
}
