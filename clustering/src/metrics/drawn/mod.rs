//! n@k of a rule that looks at clusters, by draws: [`drawn_n_at_k`].
//!
//! Each draw is a sample of the candidates, clustered anew. No program is run again, and why a
//! candidate is right is not known here.

use std::ops::Range;

use serde::Serialize;

use crate::dice::Dice;
use crate::metrics::counts::pass_at_k;
use crate::metrics::interval::{Interval, wilson};
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
mod tests;
