//! The rules that count how many others answered the same.
//!
//! There are no tests here: an output is as good as the number of programs that print it.

use super::ballot::Ballot;
use super::passes::Tests;
use super::{Pick, Reason, SelectionRule, best_first, in_rounds};
use crate::Class;
use crate::math::{real, share, total};

/// Ranks clusters by score; the reason's agreement is the score as a share of `most`.
fn by_score(ballot: &Ballot<'_>, n: usize, scores: &[f64], most: f64) -> Vec<Pick> {
    let reason = |cluster: usize, round| Reason::Agreed {
        round,
        weight: ballot.weight(cluster),
        agreement: share(scores[cluster].max(0.0), most),
    };
    let members = |it, limit| ballot.earliest(it, limit);
    in_rounds(&best_first(scores), n, members, reason)
}

/// The program of least expected loss, where the loss of two programs is 0 if they print the same on
/// all inputs and else 1 (MBR-Exec, arXiv 2204.11454).
///
/// That is a program of the largest cluster that never fails: errors match nothing, so a program
/// that failed on any input has the greatest loss there is. The paper sends one program; for more,
/// the next cluster follows, and when all had their turn, the next program of each. Takes O(clusters
/// × inputs) time.
#[derive(Clone, Copy, Debug, Default)]
pub struct MbrExec;

impl SelectionRule for MbrExec {
    fn name(&self) -> &'static str {
        "mbr-exec"
    }

    fn choose(&self, ballot: &Ballot<'_>, n: usize) -> Vec<Pick> {
        let score = |cluster| {
            let answered = ballot
                .classes(cluster)
                .all(|it| matches!(it, Class::Answer(_)));
            if answered {
                real(ballot.weight(cluster))
            } else {
                0.0
            }
        };
        let scores: Vec<f64> = (0..ballot.n_clusters()).map(score).collect();
        by_score(ballot, n, &scores, ballot.total())
    }
}

/// The program with the most (other candidate, input) pairs of equal output: functional majority
/// voting, a soft vote (FMV, arXiv 2604.15618).
///
/// A failure equals nothing. The paper sends one program; for more, one of each cluster goes first.
/// Takes O(clusters × inputs) time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fmv;

impl SelectionRule for Fmv {
    fn name(&self) -> &'static str {
        "fmv"
    }

    fn choose(&self, ballot: &Ballot<'_>, n: usize) -> Vec<Pick> {
        let votes = ballot.candidate_votes();
        let score = |cluster| {
            let answers = ballot.classes(cluster);
            let answers = answers.filter(|it| matches!(it, Class::Answer(_))).count();
            ballot.won(&votes, cluster) - real(answers as u64)
        };
        let scores: Vec<f64> = (0..ballot.n_clusters()).map(score).collect();
        let others = (ballot.total() - 1.0).max(0.0);
        by_score(ballot, n, &scores, others * real(ballot.n_inputs() as u64))
    }
}

/// The cluster that overlaps most with what is worth most: the matrix of overlaps between clusters
/// times the vector of their worths (`SRank`, arXiv 2311.03366: `R = I · V`).
///
/// The overlap of two clusters is the share of inputs on which they print the same. A cluster's
/// worth is the number of its candidates, times the share of tests that they pass where tests are
/// given (the paper's best vector). Without tests this orders clusters as [`Fmv`] does, up to the
/// votes of a program for itself, since `Σ_j overlap(i, j) × size(j)` is the number of equal pairs
/// summed by input; that is also how it is computed, in O(clusters × inputs) time and not in
/// O(clusters² × inputs).
#[derive(Clone, Debug, Default)]
pub struct SRank {
    /// The tests that give a cluster its pass rate. Default: none.
    pub tests: Tests,
}

impl SelectionRule for SRank {
    fn name(&self) -> &'static str {
        "srank"
    }

    fn choose(&self, ballot: &Ballot<'_>, n: usize) -> Vec<Pick> {
        let worth = |cluster| match &self.tests {
            Tests::Proposed => real(ballot.weight(cluster)),
            Tests::Given(passes) => {
                let mut sum = 0.0;
                for member in ballot.members(cluster) {
                    sum += real(member.weight) * share(passes.passed(member.row), passes.total());
                }
                sum
            }
        };
        let worths: Vec<f64> = (0..ballot.n_clusters()).map(worth).collect();
        let votes = ballot.votes(|it| worths[it]);
        let n_inputs = real(ballot.n_inputs() as u64);
        let score = |cluster| share(ballot.won(&votes, cluster), n_inputs);
        let scores: Vec<f64> = (0..ballot.n_clusters()).map(score).collect();
        by_score(ballot, n, &scores, total(worths.iter().copied()))
    }
}
