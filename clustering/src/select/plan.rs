//! Picks with what they are worth: the chance that each is right, and that one of them is.
//!
//! The chances are a model's, not a measurement: of data it sees the ballot alone. Calibrate
//! [`Estimator`] on problems with known answers before such a number is believed.

use serde::Serialize;

use super::ballot::Ballot;
use super::{Pick, SelectionRule};
use crate::Class;
use crate::math::{real, share, total};

/// What to submit, and how likely it is that this solves the problem.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Plan {
    /// The name of the rule that made it.
    pub rule: String,
    /// The picks, best first.
    pub picks: Vec<Pick>,
    /// For each pick the estimated chance that it is right, from 0 to 1.
    pub probabilities: Vec<f64>,
    /// The estimated chance that at least one pick is right, from 0 to 1.
    pub solved_probability: f64,
}

impl Plan {
    /// Lets a rule choose, and reckons with the default [`Estimator`].
    pub fn new(rule: &dyn SelectionRule, ballot: &Ballot<'_>, n: usize) -> Self {
        Self::with(rule, ballot, n, Estimator::default())
    }

    /// Lets a rule choose, and reckons with an estimator of the caller's.
    pub fn with(
        rule: &dyn SelectionRule,
        ballot: &Ballot<'_>,
        n: usize,
        estimator: Estimator,
    ) -> Self {
        let picks = rule.choose(ballot, n);
        let within = estimator.within_cluster(ballot);
        let chance = |cluster| estimator.cluster_is_right(ballot, cluster);
        let probabilities: Vec<f64> = picks.iter().map(|it| chance(it.cluster) * within).collect();

        let mut clusters: Vec<usize> = picks.iter().map(|it| it.cluster).collect();
        clusters.sort_unstable();
        let solved = clusters.chunk_by(|left, right| left == right).map(|same| {
            let all_wrong = same.iter().fold(1.0, |product, _| product * (1.0 - within));
            chance(same[0]) * (1.0 - all_wrong)
        });
        Self {
            rule: rule.name().to_owned(),
            solved_probability: total(solved).min(1.0),
            picks,
            probabilities,
        }
    }
}

/// The model by which a [`Plan`] reckons.
///
/// At most one cluster is the right one. A cluster is that with chance
/// `weight / (weight of all + unseen)`: its share of the votes, smoothed by votes for "none of
/// these". A member of the right cluster is right with chance `(m + 1) / (m + 1 + slack)`,
/// independently of the other members, where m is the number of inputs that at least one cluster
/// answered: so many inputs failed to tell the member from the rest (with a slack of 1 this is
/// Laplace's rule).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimator {
    /// Votes for "none of these". Default: 1.
    pub unseen: f64,
    /// How many inputs' worth of doubt there is that a member of the right cluster is right.
    /// Default: 10, as in [`Tuning::slack`](super::Tuning::slack).
    pub slack: f64,
}

impl Default for Estimator {
    fn default() -> Self {
        Self {
            unseen: 1.0,
            slack: 10.0,
        }
    }
}

impl Estimator {
    fn cluster_is_right(self, ballot: &Ballot<'_>, cluster: usize) -> f64 {
        share(real(ballot.weight(cluster)), ballot.total() + self.unseen)
    }

    /// The chance that a member of the right cluster is right.
    pub(super) fn within_cluster(self, ballot: &Ballot<'_>) -> f64 {
        let mut answered = vec![false; ballot.n_inputs()];
        for cluster in 0..ballot.n_clusters() {
            for (answered, class) in answered.iter_mut().zip(ballot.classes(cluster)) {
                *answered |= matches!(class, Class::Answer(_));
            }
        }
        let m = real(answered.into_iter().filter(|it| *it).count() as u64);
        (m + 1.0) / (m + 1.0 + self.slack)
    }
}
