//! n@k of a rule that looks at clusters, by draws: [`drawn_n_at_k`].
//!
//! Each draw is a sample of the candidates, clustered anew. No program is run again, and why a
//! candidate is right is not known here.

use std::ops::Range;

use serde::Serialize;

use super::counts::pass_at_k;
use super::interval::{Interval, wilson};
use crate::dice::Dice;
use crate::{Ballot, Behaviours, SelectionRule};

/// All candidates of one problem: the survivors with what they did, and how many others there are.
#[derive(Clone, Copy, Debug)]
pub struct LabelledPool<'a> {
    /// The survivors. Their weights say how many candidates each stands for.
    pub behaviours: &'a Behaviours,
    /// Whether each row of the matrix is right.
    pub right: &'a [bool],
    /// The number of candidates that did not survive. They are drawn too, and never sent.
    pub n_failed: u64,
}

/// What is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draws {
    /// Sizes of samples.
    pub ks: Vec<u64>,
    /// Submissions allowed. Default: 10.
    pub n_submissions: usize,
    /// The numbers of the draws. Default: 0 to 1,000. What is drawn depends on the number and on
    /// `seed` alone, so that a long range can be cut into parts whose counts add up.
    pub numbers: Range<u32>,
    /// What the draws are made from. Default: 0.
    pub seed: u64,
}

impl Default for Draws {
    fn default() -> Self {
        Self {
            ks: Vec::new(),
            n_submissions: 10,
            numbers: 0..1_000,
            seed: 0,
        }
    }
}

/// n@k of one rule at each k.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DrawnCurve {
    /// The name of the rule.
    pub rule: String,
    /// One point for each k that was asked for, in that order.
    pub points: Vec<DrawnPoint>,
}

/// n@k of one rule at one k.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct DrawnPoint {
    /// Candidates in a sample.
    pub k: u64,
    /// Draws made.
    pub n_draws: u64,
    /// Draws in which a pick was right.
    pub n_solved: u64,
    /// The share of draws solved. Its interval is that of the draws; how much another pool of
    /// candidates would differ is not in it.
    pub solved: Interval,
    /// oracle@k: the chance that any candidate in the sample is right, exactly.
    pub oracle: f64,
    /// What the rule loses to a perfect choice: `oracle - solved`. May be below 0 by the error of
    /// the draws.
    pub gap: f64,
}

/// Returns n@k of each rule: the chance that a problem is solved by what the rule picks among the
/// survivors of `k` candidates drawn from the pool, without replacement.
///
/// This is the estimate that AlphaCode made with five samples for each k, since clustering took
/// executions (arXiv 2203.07814, appendix A.3). Here the survivors of a sample are clustered by
/// counting, which is what [`cluster()`](crate::cluster()) gives for the sample: rows that did the same on all inputs stay
/// together in every sample. All rules and all k see the same draws, and a smaller sample is part of
/// the larger one, so that differences between points have less error than the points.
///
/// `None` if a k is above the number of candidates, or there are `u32::MAX` candidates or more.
///
/// A draw takes O(survivors) time, O(clusters × log clusters) for each k, and what the rules take.
///
/// # Panics
///
/// Panics if `right` has no entry for a row that a rule picks.
pub fn drawn_n_at_k(
    pool: LabelledPool<'_>,
    rules: &[&dyn SelectionRule],
    draws: &Draws,
) -> Option<Vec<DrawnCurve>> {
    let behaviours = pool.behaviours;
    let rows = (0..behaviours.n_rows()).map(|it| behaviours.row(it));
    let n_survivors = rows
        .clone()
        .try_fold(0, |sum: u64, it| sum.checked_add(it.1))?;
    let n_candidates = n_survivors.checked_add(pool.n_failed)?;
    let n_candidates = u32::try_from(n_candidates)
        .ok()
        .filter(|it| *it < u32::MAX)?;
    if draws.ks.iter().any(|it| *it > u64::from(n_candidates)) {
        return None;
    }
    let right = rows.filter(|it| pool.right[it.0]);
    let n_right = right.fold(0, |sum, it| sum + it.1);

    let mut ks: Vec<u64> = draws.ks.clone();
    ks.sort_unstable();
    ks.dedup();
    let mut sampler = Sampler::new(behaviours, n_candidates, &ks);
    let n_draws = u64::from(draws.numbers.end.saturating_sub(draws.numbers.start));
    let mut n_solved = vec![vec![0; ks.len()]; rules.len()];
    for number in draws.numbers.clone() {
        sampler.draw(draws.seed, number);
        for (place, &k) in ks.iter().enumerate() {
            // The sample of all candidates is the same in every draw, and the dearest to look at.
            let is_all = k == u64::from(n_candidates);
            let is_first = number == draws.numbers.start;
            let is_seen = |rule: &dyn SelectionRule| is_all && !is_first && !rule.throws_dice();
            if rules.iter().all(|it| is_seen(*it)) {
                continue;
            }
            let ballot = sampler.grow(place, u64::from(number) + 1);
            for (rule, n_solved) in rules.iter().zip(&mut n_solved) {
                if is_seen(*rule) {
                    continue;
                }
                let picks = rule.choose(&ballot, draws.n_submissions);
                let solved = u64::from(picks.iter().any(|it| pool.right[it.row]));
                let stands_for_all = is_all && !rule.throws_dice();
                n_solved[place] += if stands_for_all {
                    solved * n_draws
                } else {
                    solved
                };
            }
        }
    }

    let point = |n_solved: &[u64], k: u64| {
        let place = ks.partition_point(|it| *it < k);
        let solved = wilson(n_solved[place], n_draws);
        let oracle = pass_at_k(u64::from(n_candidates), n_right, k).expect("k is in range");
        DrawnPoint {
            k,
            n_draws,
            n_solved: n_solved[place],
            solved,
            oracle,
            gap: oracle - solved.value,
        }
    };
    let curves = rules
        .iter()
        .zip(&n_solved)
        .map(|(rule, n_solved)| DrawnCurve {
            rule: rule.name().to_owned(),
            points: draws.ks.iter().map(|it| point(n_solved, *it)).collect(),
        });
    Some(curves.collect())
}

/// Draws samples, each a part of the next larger, and counts what is in them.
struct Sampler<'a> {
    behaviours: &'a Behaviours,
    ks: &'a [u64],
    /// For each candidate that survives, its row's position.
    owners: Vec<u32>,
    /// The places that candidates can have in the order of drawing.
    places: Vec<u32>,
    /// For each k, the survivors that are in its sample and not in a smaller one's.
    arrivals: Vec<Vec<u32>>,
    /// By position: candidates in the sample.
    counts: Vec<u64>,
    /// By group: candidates in the sample, and the first position.
    groups: Vec<(u64, u32)>,
    /// Groups in the sample.
    present: Vec<u32>,
    /// Scratch for the ballot.
    standings: Vec<(u64, u32, usize)>,
}

impl<'a> Sampler<'a> {
    fn new(behaviours: &'a Behaviours, n_candidates: u32, ks: &'a [u64]) -> Self {
        let mut owners = Vec::new();
        for position in 0..behaviours.n_rows() {
            let (_, weight) = behaviours.row(position);
            let position = u32::try_from(position).expect("at most `u32::MAX` rows");
            owners.extend((0..weight).map(|_| position));
        }
        Self {
            behaviours,
            ks,
            owners,
            places: (0..n_candidates).collect(),
            arrivals: vec![Vec::new(); ks.len()],
            counts: vec![0; behaviours.n_rows()],
            groups: vec![(0, u32::MAX); behaviours.n_groups()],
            present: Vec::new(),
            standings: Vec::new(),
        }
    }

    /// Gives every survivor a place in a random order of all candidates, and forgets the last draw.
    fn draw(&mut self, seed: u64, number: u32) {
        let mut dice = Dice::new(b"riddle draws  v1", seed, u64::from(number));
        for arrivals in &mut self.arrivals {
            arrivals.clear();
        }
        self.counts.fill(0);
        for group in self.present.drain(..) {
            self.groups[group as usize] = (0, u32::MAX);
        }
        // From the same order, so that a draw does not depend on those before.
        for (place, value) in (0_u32..).zip(&mut self.places) {
            *value = place;
        }
        let Some(&largest) = self.ks.last() else {
            return;
        };
        for (candidate, &owner) in self.owners.iter().enumerate() {
            let other = candidate + dice.index(self.places.len() - candidate);
            self.places.swap(candidate, other);
            let place = u64::from(self.places[candidate]);
            if place < largest {
                let sample = self.ks.partition_point(|it| *it <= place);
                self.arrivals[sample].push(owner);
            }
        }
    }

    /// Adds what the sample of this k has beyond the one before, and shows it.
    fn grow(&mut self, place: usize, salt: u64) -> Ballot<'_> {
        for &position in &self.arrivals[place] {
            self.counts[position as usize] += 1;
            let group = self.behaviours.group(position as usize);
            let (count, first) = &mut self.groups[group];
            if *count == 0 {
                self.present
                    .push(u32::try_from(group).expect("no more groups than rows"));
            }
            *count += 1;
            *first = position.min(*first);
        }
        self.standings.clear();
        let groups = &self.groups;
        self.standings.extend(self.present.iter().map(|it| {
            let (count, first) = groups[*it as usize];
            (count, first, *it as usize)
        }));
        Ballot::sampled(self.behaviours, &self.counts, &mut self.standings, salt)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cluster::tests::matrices;
    use crate::matrix::tests::matrix;
    use crate::rules::{Extras, by_name};
    use crate::{AlphaCode, ExecutionMatrix, MatrixView, RandomSurvivor, cluster, n_at_k};

    fn drawn(
        matrix: &ExecutionMatrix,
        right: &[bool],
        n_failed: u64,
        rule: &dyn SelectionRule,
        draws: &Draws,
    ) -> Option<Vec<DrawnPoint>> {
        let pool = LabelledPool {
            behaviours: &Behaviours::of(matrix),
            right,
            n_failed,
        };
        let mut curves = drawn_n_at_k(pool, &[rule], draws)?;
        Some(curves.remove(0).points)
    }

    #[test]
    fn all_candidates_are_one_sample() {
        let matrix = matrix(&[(3, "a"), (2, "b"), (1, "c")]);
        let draws = |n_submissions| Draws {
            ks: vec![8, 0],
            n_submissions,
            numbers: 0..50,
            ..Draws::default()
        };
        let solved = |n_submissions| {
            let right = [false, true, false];
            let points = drawn(&matrix, &right, 2, &AlphaCode, &draws(n_submissions));
            let points = points.expect("enough candidates");
            assert_eq!([points[0].k, points[1].k], [8, 0]);
            assert_eq!(
                (points[0].oracle.to_bits(), points[1].n_solved),
                (1.0_f64.to_bits(), 0)
            );
            points[0].n_solved
        };
        assert_eq!([solved(0), solved(1), solved(2)], [0, 0, 50]);
    }

    #[test]
    fn too_large_a_sample_is_none() {
        let matrix = matrix(&[(3, "a")]);
        let draws = Draws {
            ks: vec![5],
            ..Draws::default()
        };
        assert_eq!(drawn(&matrix, &[true], 1, &AlphaCode, &draws), None);
        assert_eq!(drawn(&matrix, &[true], u64::MAX, &AlphaCode, &draws), None);
        assert!(drawn(&matrix, &[true], 2, &AlphaCode, &draws).is_some());
    }

    #[test]
    fn no_survivors_solve_nothing() {
        let draws = Draws {
            ks: vec![3],
            ..Draws::default()
        };
        let points = drawn(&matrix(&[]), &[], 5, &AlphaCode, &draws).expect("enough candidates");
        assert_eq!((points[0].n_solved, points[0].n_draws), (0, 1_000));
    }

    #[test]
    fn parts_of_a_range_add_up() {
        let matrix = matrix(&[(3, "a"), (2, "b"), (1, "c"), (4, "b")]);
        let right = [true, false, false, false];
        let solved = |numbers| {
            let draws = Draws {
                ks: vec![2, 5],
                n_submissions: 1,
                numbers,
                seed: 9,
            };
            let points = drawn(&matrix, &right, 3, &AlphaCode, &draws).expect("enough candidates");
            [points[0].n_solved, points[1].n_solved]
        };
        let (first, second, both) = (solved(0..70), solved(70..200), solved(0..200));
        assert_eq!([first[0] + second[0], first[1] + second[1]], both);
    }

    /// AlphaCode over all samples of `k` of these candidates, written as (letter, right).
    fn enumerate(candidates: &[(&str, bool)], k: u32, n: usize) -> f64 {
        let (mut solved, mut all) = (0_u32, 0_u32);
        for sample in (0..1_u32 << candidates.len()).filter(|it| it.count_ones() == k) {
            let kept: Vec<usize> = (0..candidates.len())
                .filter(|it| sample >> it & 1 == 1)
                .collect();
            let rows: Vec<(u64, &str)> = kept.iter().map(|it| (1, candidates[*it].0)).collect();
            let matrix = matrix(&rows);
            let picks = AlphaCode.pick(&matrix, &cluster(&matrix), n);
            solved += u32::from(picks.iter().any(|it| candidates[kept[it.row]].1));
            all += 1;
        }
        f64::from(solved) / f64::from(all)
    }

    #[test]
    fn draws_tend_to_the_mean_over_all_samples() {
        let candidates = [
            ("a", false),
            ("b", true),
            ("b", true),
            ("a", false),
            ("c", true),
            ("a", true),
            ("b", false),
            ("d", false),
        ];
        let rows: Vec<(u64, &str)> = candidates.iter().map(|it| (1, it.0)).collect();
        let right: Vec<bool> = candidates.iter().map(|it| it.1).collect();
        let draws = Draws {
            ks: vec![1, 3, 5, 7],
            n_submissions: 2,
            numbers: 0..4_000,
            seed: 5,
        };
        let points = drawn(&matrix(&rows), &right, 0, &AlphaCode, &draws);
        for point in points.expect("enough candidates") {
            let exact = enumerate(&candidates, u32::try_from(point.k).unwrap(), 2);
            // Four standard errors of 4,000 draws, at most.
            assert!(
                (point.solved.value - exact).abs() < 0.032,
                "{point:?} is not {exact}"
            );
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn random_picks_by_draws_agree_with_the_closed_form(
            passed in 1..24_u64,
            failed in 0..30_u64,
            correct in 0..24_u64,
            k in 1..54_u64,
            n_submissions in 0..6_usize,
        ) {
            let (correct, total) = (correct.min(passed), passed + failed);
            let k = k.min(total);
            // One input, and all alike: clusters do not help a random rule, nor hinder it.
            let rows: Vec<(u64, &str)> = (0..passed).map(|_| (1, "a")).collect();
            let right: Vec<bool> = (0..passed).map(|it| it < correct).collect();
            let draws = Draws { ks: vec![k], n_submissions, numbers: 0..2_000, seed: k };
            let points = drawn(&matrix(&rows), &right, failed, &RandomSurvivor::default(), &draws);
            let point = points.expect("enough candidates")[0];
            let exact = n_at_k(total, passed, correct, k, n_submissions as u64).expect("counts agree");
            // Five standard errors of 2,000 draws, and a little where there is next to none.
            let error = 5.0 * (exact * (1.0 - exact) / 2_000.0).sqrt() + 0.002;
            prop_assert!((point.solved.value - exact).abs() <= error, "{point:?} is not {exact}");
        }
    }

    proptest! {
        #[test]
        fn counting_is_clustering_the_sample_anew(
            matrix in matrices(),
            n_failed in 0..6_u64,
            seed in 0..9_u64,
            n_submissions in 1..4_usize,
        ) {
            let right: Vec<bool> = (0..matrix.n_rows()).map(|it| it % 3 == 0).collect();
            let n_survivors: u64 = (0..matrix.n_rows()).map(|it| matrix.weight(it)).sum();
            let n_candidates = u32::try_from(n_survivors + n_failed).unwrap();
            let ks = [u64::from(n_candidates) / 3, u64::from(n_candidates) / 2, u64::from(n_candidates)];
            let draws = Draws { ks: ks.to_vec(), n_submissions, numbers: 4..7, seed };
            let behaviours = Behaviours::of(&matrix);
            for name in ["riddle", "alphacode", "fmv", "codet-sqrt", "b4", "mbr-exec", "srank", "first"] {
                let rule = by_name(name, &Extras::default()).expect("a known name");
                let points = drawn(&matrix, &right, n_failed, &*rule, &draws).expect("enough candidates");
                for (k, point) in ks.into_iter().zip(points) {
                    let mut n_solved = 0;
                    for number in 4..7 {
                        let one = [k];
                        let mut sampler = Sampler::new(&behaviours, n_candidates, &one);
                        sampler.draw(seed, number);
                        let mut rows: Vec<(usize, u64)> = Vec::new();
                        sampler.arrivals[0].sort_unstable();
                        for owners in sampler.arrivals[0].chunk_by(|left, right| left == right) {
                            rows.push((owners[0] as usize, owners.len() as u64));
                        }
                        let clusters = cluster(MatrixView::new(&matrix).rows(&rows));
                        let picks = rule.pick(&matrix, &clusters, n_submissions);
                        n_solved += u64::from(picks.iter().any(|it| right[it.row]));
                    }
                    prop_assert_eq!(point.n_solved, n_solved, "{}", name);
                }
            }
        }
    }
}
