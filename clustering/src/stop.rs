//! When more samples will hardly change what is submitted: [`should_stop`].
//!
//! What a sample costs, and whether the leading cluster is right, is not known here.

use serde::Serialize;

use crate::math::{ln, real};

/// The clusters as they stand when a fixed number of candidates have been looked at.
///
/// Barriers are counts of candidates (1,000, 2,000, ...) and never times, so that a search stops at
/// the same candidate on every machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Barrier {
    /// Candidates looked at, survivors and others.
    pub n_candidates: u64,
    /// Candidates in each cluster, clusters in the order of their first rows, so that a cluster
    /// keeps its place from barrier to barrier
    /// ([`IncrementalClusters::weights`](crate::IncrementalClusters::weights)).
    pub weights: Vec<u64>,
}

/// When sampling stops.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StopRule {
    /// Survivors without which no judgement is made. Default: 20.
    pub min_survivors: u64,
    /// Barriers in a row, the last among them, at which the same cluster must lead. Default: 3.
    pub n_stable: usize,
    /// The chance that the order of the first two is wrong, and the chance that the next survivors
    /// bring a behaviour not seen yet that belongs first, above which it goes on. Default: 0.05.
    pub max_chance: f64,
}

impl Default for StopRule {
    fn default() -> Self {
        Self {
            min_survivors: 20,
            n_stable: 3,
            max_chance: 0.05,
        }
    }
}

/// What the counts say about going on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Outlook {
    /// Whether to stop.
    pub stop: bool,
    /// The cluster that leads, by its place, if there is one.
    pub leader: Option<usize>,
    /// Barriers in a row, up to the last, at which it led.
    pub n_stable: usize,
    /// Chance that the next survivor behaves as none before: Good-Turing's estimate, the share of
    /// survivors that are alone in their cluster. 1 without survivors.
    pub unseen: f64,
    /// The natural logarithm of a bound on the chance that the runner-up is the more frequent
    /// behaviour: 0 in a tie, `-lead² / (2 × sum)` else.
    pub ln_runner_up: f64,
}

/// Says whether to stop sampling, from the counts at all barriers so far, in order.
///
/// It stops when all of these hold:
///
/// - there are enough survivors;
/// - one cluster has led at the last barriers. Ties are led by the earlier;
/// - the runner-up hardly is the more frequent: were it, then among the `a + b` candidates of both
///   the leader's share would be 1/2 or less, and by Hoeffding's inequality a lead of `a - b` or
///   more has a chance of at most `exp(-(a-b)² / (2(a+b)))`;
/// - a behaviour not seen yet hardly belongs first. The mass of all such is estimated by Good and
///   Turing as the share of singletons (I. J. Good, 1953), and its standard error is
///   at most `√(2 × singletons + 1) / survivors`. The mass with two standard errors must be below
///   the leader's share, and none of it can overtake, or below `max_chance`.
///
/// Takes O(barriers × clusters) time.
pub fn should_stop(barriers: &[Barrier], rule: StopRule) -> Outlook {
    let leaders = barriers.iter().map(|it| leader(&it.weights));
    let leaders: Vec<Option<usize>> = leaders.collect();
    let last_leader = leaders.last().copied().flatten();
    let n_stable = leaders
        .iter()
        .rev()
        .take_while(|it| it.is_some() && **it == last_leader)
        .count();
    let (Some(last), Some(leader)) = (barriers.last(), last_leader) else {
        return Outlook {
            stop: false,
            leader: None,
            n_stable: 0,
            unseen: 1.0,
            ln_runner_up: 0.0,
        };
    };

    let n_survivors = last
        .weights
        .iter()
        .fold(0, |sum: u64, it| sum.saturating_add(*it));
    let survivors = real(n_survivors);
    let singletons = real(last.weights.iter().filter(|it| **it == 1).count() as u64);
    let unseen = singletons / survivors;
    let unseen_at_most = unseen + 2.0 * (2.0 * singletons + 1.0).sqrt() / survivors;

    let first = real(last.weights[leader]);
    let others = last.weights.iter().enumerate();
    let others = others.filter(|it| it.0 != leader).map(|it| *it.1);
    let second = real(others.max().unwrap_or(0));
    let lead = first - second;
    let ln_runner_up = -(lead * lead) / (2.0 * (first + second));

    let ln_limit = if rule.max_chance > 0.0 {
        ln(rule.max_chance.min(1.0))
    } else {
        f64::NEG_INFINITY
    };
    let stop = n_survivors >= rule.min_survivors
        && n_stable >= rule.n_stable
        && ln_runner_up <= ln_limit
        && (unseen_at_most < first / survivors || unseen_at_most < rule.max_chance);
    Outlook {
        stop,
        leader: Some(leader),
        n_stable,
        unseen,
        ln_runner_up,
    }
}

/// The place of the largest cluster that has candidates, ties to the earliest.
fn leader(weights: &[u64]) -> Option<usize> {
    let mut best = None;
    for (place, &weight) in weights.iter().enumerate() {
        if weight > best.map_or(0, |it: (usize, u64)| it.1) {
            best = Some((place, weight));
        }
    }
    best.map(|it| it.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn outlook(history: &[&[u64]]) -> Outlook {
        let barrier = |(index, weights): (usize, &&[u64])| Barrier {
            n_candidates: 1_000 * (index as u64 + 1),
            weights: weights.to_vec(),
        };
        let barriers: Vec<Barrier> = history.iter().enumerate().map(barrier).collect();
        should_stop(&barriers, StopRule::default())
    }

    #[track_caller]
    fn check(history: &[&[u64]], stop: bool) {
        let outlook = outlook(history);
        assert_eq!(outlook.stop, stop, "{outlook:?}");
    }

    #[test]
    fn a_long_clear_lead_stops() {
        check(&[&[10, 2], &[25, 3, 1], &[40, 5, 1, 1]], true);
    }

    #[test]
    fn nothing_yet_goes_on() {
        check(&[], false);
        check(&[&[]], false);
        check(&[&[], &[0], &[0, 0]], false);
        check(&[&[5], &[10], &[15]], false);
    }

    #[test]
    fn a_new_leader_goes_on() {
        check(&[&[3, 10], &[25, 20], &[60, 20]], false);
        check(&[&[25, 20], &[60, 20], &[60, 20]], true);
    }

    #[test]
    fn a_close_race_goes_on() {
        check(&[&[10, 9], &[30, 26], &[60, 50]], false);
    }

    #[test]
    fn many_alone_go_on() {
        let mut weights = vec![1; 100];
        weights[0] = 20;
        check(&[&weights, &weights, &weights], false);
        weights[0] = 300;
        check(&[&weights, &weights, &weights], true);
    }

    #[test]
    fn figures_by_hand() {
        let outlook = outlook(&[&[40, 10, 1, 1]]);
        assert_eq!((outlook.leader, outlook.n_stable), (Some(0), 1));
        assert!((outlook.unseen - 2.0 / 52.0).abs() < 1e-12);
        assert!((outlook.ln_runner_up + 9.0).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn more_of_the_same_never_undoes_a_stop(
            weights in prop::collection::vec(0..200_u64, 0..8),
        ) {
            let twice: Vec<u64> = weights.iter().map(|it| 2 * it).collect();
            let once = outlook(&[&weights, &weights, &weights]);
            let more = outlook(&[&weights, &weights, &twice]);
            prop_assert!(!once.stop || more.stop, "{once:?} {more:?}");
        }
    }
}
