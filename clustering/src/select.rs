//! Which programs to submit, and in which order: the [`SelectionRule`], with [`AlphaCode`]
//! as the first.
//!
//! A rule sees behaviours and sizes. It never sees a private test, and does not know whether
//! anything it picks is right.

use std::fmt;

use serde::Serialize;

use crate::{Cluster, ExecutionMatrix};

/// One program to submit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Pick {
    /// Row of the matrix.
    pub row: usize,
    /// Index of the row's cluster among those that the rule was given.
    pub cluster: usize,
    /// What spoke for it.
    pub reason: Reason,
}

/// What spoke for a [`Pick`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// It was its cluster's turn.
    Turn {
        /// How many times the rule had come round to this cluster, from 1.
        round: usize,
        /// The number of candidates in the cluster.
        weight: u64,
    },
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Turn { round, weight: 1 } => write!(f, "round {round}, cluster of 1 candidate"),
            Self::Turn { round, weight } => {
                write!(f, "round {round}, cluster of {weight} candidates")
            }
        }
    }
}

/// A way to choose submissions.
///
/// A rule is a pure function of what it holds and what it is given. What a rule needs beyond
/// behaviours (a score for each row, a table of tests passed, a seed) it owns, indexed by row.
///
/// An implementation returns at most `n` picks, best first, no row twice, and each row out of the
/// cluster that it names. The clusters may be of some of the matrix's rows only, so that a rule can
/// be tried on subsets of what was run; it must not pick a row that is in none of them.
pub trait SelectionRule {
    /// Returns the rule's name, as in a config or a report.
    fn name(&self) -> &str;

    /// Chooses at most `n` rows to submit, in order. `clusters` are as [`cluster()`](crate::cluster())
    /// gives them, largest first.
    fn pick(&self, matrix: &ExecutionMatrix, clusters: &[Cluster], n: usize) -> Vec<Pick>;
}

/// One program from each cluster, largest to smallest, then round again for the next of each
/// (arXiv 2203.07814, section 4.6).
///
/// Of a cluster it takes the earliest program not yet sent. The paper does not say which to take,
/// and the inputs cannot tell them apart; the earliest needs no seed, and stays the same when more
/// candidates arrive in the cluster later.
#[derive(Clone, Copy, Debug, Default)]
pub struct AlphaCode;

impl SelectionRule for AlphaCode {
    fn name(&self) -> &'static str {
        "alphacode"
    }

    fn pick(&self, _: &ExecutionMatrix, clusters: &[Cluster], n: usize) -> Vec<Pick> {
        let longest = clusters.iter().map(|it| it.members.len()).max();
        let in_turn = (0..longest.unwrap_or(0)).flat_map(|lap| {
            let still_there = move |(index, cluster): (usize, &Cluster)| {
                let row = *cluster.members.get(lap)?;
                let reason = Reason::Turn {
                    round: lap + 1,
                    weight: cluster.weight,
                };
                Some(Pick {
                    row,
                    cluster: index,
                    reason,
                })
            };
            clusters.iter().enumerate().filter_map(still_there)
        });
        in_turn.take(n).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::cluster;
    use crate::matrix::tests::matrix;

    /// Picks from programs that ran on one input, written as (weight, answer).
    #[track_caller]
    fn check(rows: &[(u64, &str)], n: usize, expected: &[usize]) {
        let matrix = matrix(rows);
        let rule: &dyn SelectionRule = &AlphaCode;
        let picks = rule.pick(&matrix, &cluster(&matrix), n);
        let rows: Vec<usize> = picks.iter().map(|it| it.row).collect();
        assert_eq!(rows, expected);
    }

    /// Worked by hand: `b` has weight 5 (rows 1, 4), `a` 3 (rows 0, 2, 5), `c` 1 (row 3).
    const WORKED: [(u64, &str); 6] = [(1, "a"), (4, "b"), (1, "a"), (1, "c"), (1, "b"), (1, "a")];

    #[test]
    fn largest_to_smallest_then_round_again() {
        check(&WORKED, 10, &[1, 0, 3, 4, 2, 5]);
    }

    #[test]
    fn stops_at_the_limit() {
        check(&WORKED, 4, &[1, 0, 3, 4]);
        check(&WORKED, 1, &[1]);
        check(&WORKED, 0, &[]);
    }

    #[test]
    fn nothing_to_pick_from() {
        check(&[], 10, &[]);
    }

    #[test]
    fn a_pick_says_why() {
        let matrix = matrix(&WORKED);
        let picks = AlphaCode.pick(&matrix, &cluster(&matrix), 10);
        let told: Vec<String> = picks
            .iter()
            .map(|it| format!("{}: {}", it.cluster, it.reason))
            .collect();
        assert_eq!(
            told,
            [
                "0: round 1, cluster of 5 candidates",
                "1: round 1, cluster of 3 candidates",
                "2: round 1, cluster of 1 candidate",
                "0: round 2, cluster of 5 candidates",
                "1: round 2, cluster of 3 candidates",
                "1: round 3, cluster of 3 candidates",
            ]
        );
    }

    /// The rule as the paper words it: go round, skip what was sent, end when a lap sends nothing.
    fn naive(clusters: &[Cluster], n: usize) -> Vec<usize> {
        let mut sent = Vec::new();
        loop {
            let before = sent.len();
            for cluster in clusters {
                let next = cluster.members.iter().find(|it| !sent.contains(*it));
                match next {
                    Some(&row) if sent.len() < n => sent.push(row),
                    _ => {}
                }
            }
            if sent.len() == before {
                return sent;
            }
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_rule_as_worded(
            rows in prop::collection::vec((0..5_u64, "[a-f]"), 0..30),
            n in 0..12_usize,
        ) {
            let rows: Vec<(u64, &str)> = rows.iter().map(|it| (it.0, it.1.as_str())).collect();
            let matrix = matrix(&rows);
            let clusters = cluster(&matrix);
            let picks = AlphaCode.pick(&matrix, &clusters, n);
            let picked: Vec<usize> = picks.iter().map(|it| it.row).collect();
            prop_assert_eq!(&picked, &naive(&clusters, n));
            prop_assert_eq!(picked.len(), n.min(rows.len()));
            prop_assert_eq!(picked.iter().collect::<BTreeSet<_>>().len(), picked.len());
            prop_assert!(picks.iter().all(|it| clusters[it.cluster].members.contains(&it.row)));
        }
    }
}
