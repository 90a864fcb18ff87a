//! Our own rule: size, agreement and conduct together.
//!
//! Each part is named and can be set apart in [`Tuning`]; how much each is worth on real problems is
//! measured by the engine, not here.

use super::alphacode::{descending, score};
use super::ballot::{Ballot, Member, Votes};
use super::{Pick, Reason, SelectionRule, best_first, in_rounds};
use crate::Class;
use crate::math::{real, share};

/// How much each part of [`Riddle`] counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tuning {
    /// The share of all candidates that must answer on an input for a failure on it to tell against
    /// a cluster; below it, the input is more likely invalid. Default: 0.5.
    pub crash_quorum: f64,
    /// What is left of the score of a cluster with such a failure. Default: 0.5.
    pub crash_factor: f64,
    /// The share of the fuel limit above which the least thirsty program of a cluster is near the
    /// limit: private tests are larger than ours. Default: 0.5.
    pub fuel_margin: f64,
    /// What is left of the score of a cluster near the fuel limit. Default: 0.8.
    pub fuel_factor: f64,
    /// What the likeliest program adds to its cluster's score, as a share of it. Default: 0.25.
    pub logprob_bonus: f64,
    /// What is taken off the score of a cluster that did on all inputs as one already taken, as a
    /// share of it; less in proportion to the inputs on which they differ. Default: 0.25.
    pub likeness_malus: f64,
    /// Clusters, best first, that are reordered for likeness. Default: 64.
    pub shortlist: usize,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            crash_quorum: 0.5,
            crash_factor: 0.5,
            fuel_margin: 0.5,
            fuel_factor: 0.8,
            logprob_bonus: 0.25,
            likeness_malus: 0.25,
            shortlist: 64,
        }
    }
}

/// Size and agreement of a cluster together, less for bad conduct, the different before the alike.
///
/// The score of a cluster is `√(share of the candidates) × (share of the answers given that are as
/// its own)`. With few inputs the two say the same and the larger cluster wins, as with
/// [`AlphaCode`](super::AlphaCode). With many inputs clusters splinter (one slip on one input makes
/// a cluster of one's own) and agreement, which counts every input for itself, decides, as with
/// [`Fmv`](super::Fmv); an input that few answer, an invalid one mostly, weighs little in it. The
/// product is that of [`CodeT`](super::CodeT)'s code with the programs' own answers for tests.
///
/// The score is then cut for failing where most others answer and for coming near the fuel limit,
/// and raised where the sampler gave its text a high log probability. The best cluster goes first;
/// each next is the best after a cut for its likeness to one already taken. Of a cluster, the
/// likeliest program goes first, then the one that used the least fuel at its worst input, then the
/// earliest. When all clusters had their turn, it goes round again.
///
/// Takes O(clusters × inputs) time, O(n × shortlist × inputs) for likeness, and what the members of
/// the clusters sent take to look through; O(rows) where fuel or log probabilities count.
#[derive(Clone, Debug, Default)]
pub struct Riddle {
    tuning: Tuning,
    fuel_limit: Option<u64>,
    /// For each row, the place of its log probability among all rows, from 0 to 1.
    likelihood: Vec<f64>,
}

impl Riddle {
    /// Returns the rule with other weights of its parts.
    #[must_use]
    pub fn with_tuning(self, tuning: Tuning) -> Self {
        Self { tuning, ..self }
    }

    /// Returns the rule with the fuel that an execution may use, in the sandbox's units. Without it
    /// the margin does not count. Default: none.
    #[must_use]
    pub fn with_fuel_limit(self, fuel_limit: Option<u64>) -> Self {
        Self { fuel_limit, ..self }
    }

    /// Returns the rule with the log probability that the sampler gave each row of the matrix; the
    /// base, and whether it is summed or a mean over tokens, only has to be the same for all.
    #[must_use]
    pub fn with_logprobs(self, logprobs: &[f64]) -> Self {
        let order = {
            let mut rows: Vec<usize> = (0..logprobs.len()).collect();
            rows.sort_by_key(|it| std::cmp::Reverse(descending(score(logprobs, *it))));
            rows
        };
        let last = real(logprobs.len().saturating_sub(1) as u64);
        let mut likelihood = vec![0.0; logprobs.len()];
        let mut tie = 0.0;
        for (place, &row) in order.iter().enumerate() {
            let place_of = real(place as u64);
            let same = place > 0
                && descending(score(logprobs, order[place - 1]))
                    == descending(score(logprobs, row));
            if !same {
                tie = place_of;
            }
            likelihood[row] = share(tie, last);
        }
        Self { likelihood, ..self }
    }

    fn standing(&self, ballot: &Ballot<'_>, votes: &Votes, cluster: usize) -> Standing {
        let weight = real(ballot.weight(cluster));
        let crashed = |(input, class)| {
            matches!(class, Class::Failure(_))
                && votes.answers(input) > 0.0
                && votes.answers(input) >= self.tuning.crash_quorum * ballot.total()
        };
        let n_crashed = ballot.classes(cluster).enumerate();
        let n_crashed = n_crashed.filter(|it| crashed(*it)).count();
        let agreement = if ballot.n_inputs() == 0 {
            1.0
        } else {
            share(votes.won(ballot.classes(cluster)), votes.cast())
        };
        let mut score = share(weight, ballot.total()).sqrt() * agreement;
        if n_crashed > 0 {
            score *= self.tuning.crash_factor;
        }
        if let Some(limit) = self.fuel_limit {
            let least = ballot.members(cluster).map(|it| ballot.peak_fuel(it)).min();
            if real(least.unwrap_or(0)) > self.tuning.fuel_margin * real(limit) {
                score *= self.tuning.fuel_factor;
            }
        }
        if !self.likelihood.is_empty() {
            let members = ballot.members(cluster);
            let best = members.fold(0.0_f64, |best, it| best.max(self.likelihood(it.row)));
            score *= (1.0 + self.tuning.logprob_bonus * best) / (1.0 + self.tuning.logprob_bonus);
        }
        Standing {
            agreement,
            n_crashed,
            score,
        }
    }

    fn likelihood(&self, row: usize) -> f64 {
        self.likelihood.get(row).copied().unwrap_or(0.0)
    }

    /// Puts the first of `order` so that each is the best after the cut for likeness to those before.
    fn spread(&self, ballot: &Ballot<'_>, scores: &[f64], order: &mut [usize], n: usize) {
        let n_short = order.len().min(self.tuning.shortlist.max(1));
        let short = &mut order[..n_short];
        let classes: Vec<Vec<Class>> = short
            .iter()
            .map(|it| ballot.classes(*it).collect())
            .collect();
        let mut left: Vec<(usize, f64)> = (0..n_short).map(|it| (it, 0.0)).collect();
        let mut taken: Vec<usize> = Vec::with_capacity(n_short);
        while taken.len() < n_short.min(n) {
            let cut = |(place, likeness): (usize, f64)| {
                scores[short[place]] * (1.0 - self.tuning.likeness_malus * likeness)
            };
            let mut best = 0;
            for index in 1..left.len() {
                if cut(left[index]) > cut(left[best]) {
                    best = index;
                }
            }
            let (place, _) = left.remove(best);
            taken.push(place);
            for (other, likeness) in &mut left {
                *likeness = likeness.max(alike(&classes[*other], &classes[place]));
            }
        }
        taken.extend(left.into_iter().map(|it| it.0));
        let spread: Vec<usize> = taken.into_iter().map(|it| short[it]).collect();
        short.copy_from_slice(&spread);
    }
}

struct Standing {
    agreement: f64,
    n_crashed: usize,
    score: f64,
}

/// The share of inputs on which two clusters did the same.
fn alike(left: &[Class], right: &[Class]) -> f64 {
    let same = left.iter().zip(right);
    let same = same.filter(|(left, right)| left == right && **left != Class::Unknown);
    share(real(same.count() as u64), real(left.len() as u64))
}

impl SelectionRule for Riddle {
    fn name(&self) -> &'static str {
        "riddle"
    }

    fn choose(&self, ballot: &Ballot<'_>, n: usize) -> Vec<Pick> {
        let votes = ballot.candidate_votes();
        let clusters = 0..ballot.n_clusters();
        let standings: Vec<Standing> = clusters
            .map(|it| self.standing(ballot, &votes, it))
            .collect();
        let scores: Vec<f64> = standings.iter().map(|it| it.score).collect();
        let mut order = best_first(&scores);
        self.spread(ballot, &scores, &mut order, n);

        let cost = |it: Member| (descending(self.likelihood(it.row)), ballot.peak_fuel(it));
        let members = |cluster, limit| ballot.cheapest(cluster, limit, cost);
        let reason = |cluster: usize, round| {
            let standing = &standings[cluster];
            Reason::Stood {
                round,
                weight: ballot.weight(cluster),
                agreement: standing.agreement,
                n_crashed: standing.n_crashed,
                score: standing.score,
            }
        };
        in_rounds(&order, n, members, reason)
    }
}
