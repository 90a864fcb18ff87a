//! The rules of AlphaCode: clusters by size, one program each.
//!
//! Whether clusters resemble each other does not count here.

use super::ballot::Ballot;
use super::{Pick, Reason, SelectionRule, in_rounds};

/// One program from each cluster, largest to smallest, then round again for the next of each
/// (arXiv 2203.07814, section 4.6).
///
/// Of a cluster it takes the earliest program not yet sent. The paper does not say which to take,
/// and the inputs cannot tell them apart; the earliest needs no seed, and stays the same when more
/// candidates arrive in the cluster later. Takes O(n) time.
#[derive(Clone, Copy, Debug, Default)]
pub struct AlphaCode;

impl SelectionRule for AlphaCode {
    fn name(&self) -> &'static str {
        "alphacode"
    }

    fn choose(&self, ballot: &Ballot<'_>, n: usize) -> Vec<Pick> {
        let largest: Vec<usize> = (0..ballot.n_clusters().min(n)).collect();
        let reason = |cluster, round| Reason::Turn {
            round,
            weight: ballot.weight(cluster),
        };
        in_rounds(&largest, n, |it, limit| ballot.earliest(it, limit), reason)
    }
}

/// The best-scored program of each of the largest clusters, then the next best of each
/// (AlphaCode 2 technical report, 2023, section "Scoring").
///
/// The report keeps 10 clusters and a model gives each program a score from 0 to 1. Here the score
/// is any number of the caller's, a log probability for one; where there is none, or it is no
/// number, the program comes last in its cluster, and equal scores go to the earliest. Takes O(n)
/// time and what the members of the clusters kept take to look through.
#[derive(Clone, Debug)]
pub struct AlphaCode2 {
    /// Clusters kept. Default: 10.
    pub n_clusters: usize,
    /// A score for each row of the matrix, higher is better. Default: none.
    pub scores: Vec<f64>,
}

impl Default for AlphaCode2 {
    fn default() -> Self {
        Self {
            n_clusters: 10,
            scores: Vec::new(),
        }
    }
}

impl SelectionRule for AlphaCode2 {
    fn name(&self) -> &'static str {
        "alphacode2"
    }

    fn choose(&self, ballot: &Ballot<'_>, n: usize) -> Vec<Pick> {
        let kept: Vec<usize> = (0..ballot.n_clusters().min(self.n_clusters)).collect();
        let members = |cluster, limit| {
            ballot.cheapest(cluster, limit, |it| descending(score(&self.scores, it.row)))
        };
        let reason = |cluster, round| Reason::Turn {
            round,
            weight: ballot.weight(cluster),
        };
        let mut picks = in_rounds(&kept, n, members, reason);
        for pick in &mut picks {
            if let (Some(&score), Reason::Turn { round, weight }) =
                (self.scores.get(pick.row), pick.reason)
            {
                pick.reason = Reason::Scored {
                    round,
                    weight,
                    score,
                };
            }
        }
        picks
    }
}

/// The score of a row, the lowest where there is none.
pub(super) fn score(scores: &[f64], row: usize) -> f64 {
    let score = scores.get(row).copied().unwrap_or(f64::NEG_INFINITY);
    if score.is_nan() {
        f64::NEG_INFINITY
    } else {
        score
    }
}

/// A key by which the highest score comes first.
pub(super) fn descending(score: f64) -> i64 {
    // The order of `f64::total_cmp`, turned round. No overflow: a flipped bit pattern is never the
    // least `i64` unless the score is a NaN with all its bits set.
    let bits = score.to_bits().cast_signed();
    let ascending = bits ^ ((bits >> 63).cast_unsigned() >> 1).cast_signed();
    !ascending
}
