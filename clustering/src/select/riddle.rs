//! Our own rule: agreement, size and conduct together, and submissions where they add most.
//!
//! Each part is named and can be set apart in [`Tuning`]; how much each is worth on real problems is
//! measured by the engine, not here.

use std::collections::BTreeMap;

use super::alphacode::{descending, score};
use super::ballot::{Ballot, Member, Votes};
use super::plan::Estimator;
use super::{Pick, Reason, SelectionRule, best_first};
use crate::Class;
use crate::math::{power, real, share};

/// How much each part of [`Riddle`] counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tuning {
    /// How many times the square root is taken of a cluster's share of the candidates: the more,
    /// the less size counts. Default: 2.
    pub size_roots: u32,
    /// How many times a cluster's agreement is multiplied with itself: the more, the more it counts.
    /// Default: 32.
    pub agreement_power: u32,
    /// How many inputs' worth of doubt there is that a member of the right cluster is right; see
    /// [`Estimator::slack`]. Default: 10.
    pub slack: f64,
    /// The share of all candidates that must answer on an input for a failure on it to tell against
    /// a cluster; below it, the input is more likely invalid. Default: 0.5.
    pub crash_quorum: f64,
    /// What is left of the score of a cluster with such a failure. Default: 0.9.
    pub crash_factor: f64,
    /// The share of the fuel limit above which the least thirsty program of a cluster is near the
    /// limit: private tests are larger than ours. Default: 0.5.
    pub fuel_margin: f64,
    /// What is left of the score of a cluster near the fuel limit. Default: 0.8.
    pub fuel_factor: f64,
    /// What the likeliest program adds to its cluster's score, as a share of it. Default: 0.25.
    pub logprob_bonus: f64,
    /// What is taken off the chance of a cluster that did on all inputs as another one already sent,
    /// as a share of it; less in proportion to the inputs on which they differ. Default: 0.25.
    pub likeness_malus: f64,
    /// Clusters, highest score first, among which the choice is made. Default: 64, or the number of
    /// submissions where that is more.
    pub shortlist: usize,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            size_roots: 2,
            agreement_power: 32,
            slack: 10.0,
            crash_quorum: 0.5,
            crash_factor: 0.9,
            fuel_margin: 0.5,
            fuel_factor: 0.8,
            logprob_bonus: 0.25,
            likeness_malus: 0.25,
            shortlist: 64,
        }
    }
}

/// Agreement first, then size, less for bad conduct; and each submission where it adds the most
/// chance.
///
/// The score of a cluster is `share of the candidates ^ (1 / 2^size_roots) × agreement ^
/// agreement_power`, where agreement is the share of all answers given, on all inputs, that are as
/// its own (the soft vote of [`Fmv`](super::Fmv), as a share). With few inputs agreement is nearly
/// size and the large clusters win, as with [`AlphaCode`](super::AlphaCode). With many inputs
/// clusters splinter (one slip on one input makes a cluster of its own), and agreement, which counts
/// every input for itself, decides; size then keeps the splinters of the first cluster from the
/// next places. An input that few answer, an invalid one mostly, weighs little.
///
/// The score is cut for failing where most others answer and for coming near the fuel limit, and
/// raised where the sampler gave a member a high log probability.
///
/// Scores are then taken for chances, up to a factor, that a cluster is the right one; and a member
/// of the right cluster is wrong with the chance d that [`Estimator`] has for it, which is large
/// with few inputs. Each submission goes where it adds the most: to the cluster with the greatest
/// `score × d ^ members sent × (1 - likeness_malus × likeness to another sent)`, ties to the one
/// sent from less, then to the higher score. So a cluster far ahead is sent from twice before one
/// far behind is sent from once, which rules that go round never do: they lose where inputs are few
/// and clusters hold wrong programs too.
///
/// Of a cluster, programs that do not come near the fuel limit go first, then the likeliest, then the
/// earliest. That the one of the least fuel goes first sounds prudent and is not: what does less than
/// it should uses the least. On 124 problems of people it cost 8 points of 100
/// (`benches/runs/2026-11-25-rules`).
///
/// Takes O(clusters × inputs) time, O(n × shortlist × inputs) for the choice, and what the members
/// of the clusters sent take to look through; O(rows) where the fuel limit or log probabilities
/// count.
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

    fn standing(&self, ballot: &Ballot<'_>, votes: &Votes, cast: f64, cluster: usize) -> Standing {
        let weight = real(ballot.weight(cluster));
        let quorum = self.tuning.crash_quorum * ballot.total();
        let n_crashed = ballot.n_failed(votes, cluster, quorum);
        let agreement = if ballot.n_inputs() == 0 {
            1.0
        } else {
            share(ballot.won(votes, cluster), cast)
        };
        let mut score = share(weight, ballot.total());
        for _ in 0..self.tuning.size_roots {
            score = score.sqrt();
        }
        score *= power(agreement, self.tuning.agreement_power);
        if n_crashed > 0 {
            score *= self.tuning.crash_factor;
        }
        if self.fuel_limit.is_some() {
            let least = ballot.members(cluster).map(|it| ballot.peak_fuel(it)).min();
            if self.is_near_limit(least.unwrap_or(0)) {
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

    fn is_near_limit(&self, peak_fuel: u64) -> bool {
        let limit = self.fuel_limit.map(real);
        limit.is_some_and(|it| real(peak_fuel) > self.tuning.fuel_margin * it)
    }

    fn likelihood(&self, row: usize) -> f64 {
        self.likelihood.get(row).copied().unwrap_or(0.0)
    }

    /// Clusters to send from, in order, among those of a shortlist: each time the one whose next
    /// member adds the most chance.
    fn sequence(&self, ballot: &Ballot<'_>, shortlist: &[Short], n: usize) -> Vec<usize> {
        let estimator = Estimator {
            slack: self.tuning.slack,
            ..Estimator::default()
        };
        let doubt = 1.0 - estimator.within_cluster(ballot);
        let classes: Vec<Vec<Class>> = shortlist
            .iter()
            .map(|it| ballot.classes(it.cluster).collect())
            .collect();
        // (members sent, chance that those sent are wrong, greatest likeness to another sent).
        let mut states = vec![(0, 1.0, 0.0_f64); shortlist.len()];
        let mut sequence = Vec::new();
        while sequence.len() < n {
            let mut best: Option<(f64, usize, usize)> = None;
            for (place, (short, state)) in shortlist.iter().zip(&states).enumerate() {
                let (n_sent, wrong, likeness) = *state;
                if n_sent == short.n_members {
                    continue;
                }
                let gain = short.score * wrong * (1.0 - self.tuning.likeness_malus * likeness);
                let better = best.is_none_or(|(most, least_sent, _)| {
                    gain > most || (gain.total_cmp(&most).is_eq() && n_sent < least_sent)
                });
                if better {
                    best = Some((gain, n_sent, place));
                }
            }
            let Some((_, n_sent, place)) = best else {
                break;
            };
            states[place].0 += 1;
            states[place].1 *= doubt;
            if n_sent == 0 {
                for (other, state) in states.iter_mut().enumerate() {
                    if other != place {
                        state.2 = state.2.max(alike(&classes[other], &classes[place]));
                    }
                }
            }
            sequence.push(shortlist[place].cluster);
        }
        sequence
    }
}

/// A cluster that may be sent from.
struct Short {
    cluster: usize,
    score: f64,
    /// Members, or as many as can be sent if there are more.
    n_members: usize,
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
        let cast = votes.cast();
        let clusters = 0..ballot.n_clusters();
        let standings: Vec<Standing> = clusters
            .map(|it| self.standing(ballot, &votes, cast, it))
            .collect();
        let scores: Vec<f64> = standings.iter().map(|it| it.score).collect();
        let best = scores.iter().fold(0.0_f64, |best, it| best.max(*it));
        let length = self.tuning.shortlist.max(n);
        let shortlist: Vec<Short> = best_first(&scores)
            .into_iter()
            .take(length)
            .map(|cluster| Short {
                cluster,
                score: scores[cluster],
                n_members: ballot.members(cluster).take(n).count(),
            })
            .collect();
        let sequence = self.sequence(ballot, &shortlist, n);

        let cost = |it: Member| {
            let is_near = self.is_near_limit(ballot.peak_fuel(it));
            (is_near, descending(self.likelihood(it.row)))
        };
        let mut n_sent: BTreeMap<usize, usize> = BTreeMap::new();
        for cluster in &sequence {
            *n_sent.entry(*cluster).or_default() += 1;
        }
        let mut members: BTreeMap<usize, _> = n_sent
            .into_iter()
            .map(|(cluster, limit)| {
                let members = ballot.cheapest(cluster, limit, cost);
                (cluster, members.into_iter().enumerate())
            })
            .collect();
        let pick = |cluster: usize| {
            let (sent, (row, _)) = members.get_mut(&cluster)?.next()?;
            let standing = &standings[cluster];
            let reason = Reason::Stood {
                round: sent + 1,
                weight: ballot.weight(cluster),
                agreement: standing.agreement,
                n_crashed: standing.n_crashed,
                score: share(standing.score, best),
            };
            Some(Pick {
                row,
                cluster,
                reason,
            })
        };
        sequence.into_iter().filter_map(pick).collect()
    }
}
