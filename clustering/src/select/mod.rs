//! Which programs to submit, and in which order: the [`SelectionRule`] and the rules.
//!
//! A rule sees behaviours and sizes. It never sees a private test, and does not know whether
//! anything it picks is right.

mod alphacode;
mod arrival;
mod b4;
mod ballot;
mod codet;
mod filter;
mod passes;
mod plan;
mod reason;
mod riddle;
pub mod rules;
mod vote;

use serde::Serialize;

pub use self::alphacode::{AlphaCode, AlphaCode2};
pub use self::arrival::{FirstCome, RandomSurvivor};
pub use self::b4::B4;
pub use self::ballot::{Ballot, Member, Votes};
pub use self::codet::{CodeT, Form};
pub use self::filter::keep_rows;
pub use self::passes::{PassMatrix, Tests};
pub use self::plan::{Estimator, Plan};
pub use self::reason::Reason;
pub use self::riddle::{Riddle, Tuning};
pub use self::vote::{Fmv, MbrExec, SRank};
use crate::{Behaviours, Cluster, ExecutionMatrix};

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

/// A way to choose submissions.
///
/// A rule is a pure function of what it holds and what it is given. What a rule needs beyond
/// behaviours (a score for each row, a table of tests passed, a seed) it owns, indexed by row of the
/// matrix.
///
/// An implementation returns at most `n` picks, best first, no row twice, and each row out of the
/// cluster that it names. The clusters may be of some of the matrix's rows only, so that a rule can
/// be tried on subsets of what was run; it must not pick a row that is in none of them.
///
/// # Examples
///
/// ```
/// use riddle_clustering::{Ballot, Behaviours, ExecutionMatrix, Pick, Reason, SelectionRule};
///
/// /// One program of each cluster, smallest first.
/// struct Underdog;
///
/// impl SelectionRule for Underdog {
///     fn name(&self) -> &str {
///         "underdog"
///     }
///
///     fn choose(&self, ballot: &Ballot<'_>, n: usize) -> Vec<Pick> {
///         let smallest_first = (0..ballot.n_clusters()).rev();
///         let first = |cluster| {
///             let member = ballot.members(cluster).next()?;
///             Some(Pick { row: member.row, cluster, reason: Reason::Arrived })
///         };
///         smallest_first.filter_map(first).take(n).collect()
///     }
/// }
///
/// let matrix = ExecutionMatrix::new(0);
/// assert!(Underdog.pick(&matrix, &[], 10).is_empty());
/// ```
pub trait SelectionRule {
    /// Returns the rule's name, as in a config or a report.
    fn name(&self) -> &str;

    /// Returns whether the rule looks at [`Ballot::salt`], so that it may choose otherwise when it is
    /// shown the same again. Default: false.
    fn throws_dice(&self) -> bool {
        false
    }

    /// Chooses at most `n` rows to submit, in order.
    fn choose(&self, ballot: &Ballot<'_>, n: usize) -> Vec<Pick>;

    /// Chooses at most `n` rows to submit, in order. `clusters` are as
    /// [`cluster()`](crate::cluster()) and its kin give them, largest first.
    ///
    /// Groups the matrix anew; where several rules look at one matrix, make a [`Ballot`] once and
    /// use [`SelectionRule::choose`].
    ///
    /// # Panics
    ///
    /// Panics if a cluster is empty or names a row that the matrix has not.
    fn pick(&self, matrix: &ExecutionMatrix, clusters: &[Cluster], n: usize) -> Vec<Pick> {
        let behaviours = Behaviours::of(matrix);
        self.choose(&Ballot::of_clusters(&behaviours, clusters), n)
    }
}

/// Goes round groups in `order`, one pick of each a round, until there are `n` or nothing is left.
///
/// `members` gives at most so many (row, cluster) of a group, best first; `reason` is given the
/// group and the round, from 1.
fn in_rounds(
    order: &[usize],
    n: usize,
    members: impl Fn(usize, usize) -> Vec<(usize, usize)>,
    reason: impl Fn(usize, usize) -> Reason,
) -> Vec<Pick> {
    // All are best members of their groups where one round is enough, as it mostly is.
    let limit = if n <= order.len() { 1 } else { n };
    let order = &order[..n.min(order.len())];
    let members: Vec<Vec<(usize, usize)>> = order.iter().map(|it| members(*it, limit)).collect();
    let longest = members.iter().map(Vec::len).max().unwrap_or(0);
    let rounds = (0..longest).flat_map(|lap| {
        let pick = |(&group, members): (&usize, &Vec<(usize, usize)>)| {
            let &(row, cluster) = members.get(lap)?;
            Some(Pick {
                row,
                cluster,
                reason: reason(group, lap + 1),
            })
        };
        order
            .iter()
            .zip(&members)
            .filter_map(pick)
            .collect::<Vec<_>>()
    });
    rounds.take(n).collect()
}

/// Indexes of scores, highest first. Equal scores stay in their order, which for clusters is
/// largest first, then earliest.
fn best_first(scores: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|left, right| scores[*right].total_cmp(&scores[*left]));
    order
}

#[cfg(test)]
mod tests;
