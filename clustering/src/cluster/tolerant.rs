//! Clusters of programs that agree wherever both answered.
//!
//! Why a program failed where another answered, and which of them is right, is not known here.

use std::cmp::Reverse;

use super::{Behaviours, Class, Cluster, largest_first};
use crate::MatrixView;

/// When two behaviours are taken for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tolerance {
    /// Inputs on which both must have answered. Default: 1.
    pub min_common: usize,
    /// Inputs, of those on which both answered, on which the answers may differ. Default: 0.
    pub max_different: usize,
}

impl Default for Tolerance {
    fn default() -> Self {
        Self {
            min_common: 1,
            max_different: 0,
        }
    }
}

/// Groups programs that agree on the inputs where both ended well, largest cluster first.
///
/// Agreement of this kind is not transitive: a program that answered few inputs may agree with two
/// that contradict each other. So a procedure is fixed. The exact groups (as of
/// [`cluster()`](super::cluster())) are taken largest first, ties to the one with the earliest row. Each joins the first
/// cluster so far whose *representative*, the group that began it, agrees with it as `tolerance`
/// asks, and begins a cluster where there is none. A right program that failed on an invalid input
/// so joins the crowd that did not; a cluster's members need not agree among each other. Groups
/// without inputs in common (all failed, say) are never joined.
///
/// Every row is in exactly one cluster. Takes O(groups × clusters × inputs) time beyond what
/// [`cluster()`](super::cluster()) takes.
pub fn cluster_tolerantly<'a>(
    view: impl Into<MatrixView<'a>>,
    tolerance: Tolerance,
) -> Vec<Cluster> {
    let behaviours = Behaviours::of(view);
    let weight = |group: usize| {
        let members = behaviours.positions(group).iter();
        let weights = members.map(|it| behaviours.row(*it as usize).1);
        weights.fold(0, u64::saturating_add)
    };
    let mut order: Vec<usize> = (0..behaviours.n_groups()).collect();
    order.sort_by_key(|it| Reverse(weight(*it)));

    let mut representatives: Vec<usize> = Vec::new();
    let mut clusters: Vec<Cluster> = Vec::new();
    for group in order {
        let home = representatives
            .iter()
            .position(|it| agree(&behaviours, *it, group, tolerance));
        let home = home.unwrap_or_else(|| {
            representatives.push(group);
            clusters.push(Cluster::default());
            clusters.len() - 1
        });
        let members = behaviours.positions(group).iter();
        let rows = members.map(|it| behaviours.row(*it as usize).0);
        clusters[home].members.extend(rows);
        clusters[home].weight = clusters[home].weight.saturating_add(weight(group));
    }
    for cluster in &mut clusters {
        cluster.members.sort_unstable();
    }
    clusters.sort_by_key(|it| it.members[0]);
    largest_first(&mut clusters);
    clusters
}

fn agree(behaviours: &Behaviours, left: usize, right: usize, tolerance: Tolerance) -> bool {
    let (mut n_common, mut n_different) = (0, 0);
    for (left, right) in behaviours.classes(left).zip(behaviours.classes(right)) {
        if let (Class::Answer(left), Class::Answer(right)) = (left, right) {
            n_common += 1;
            n_different += usize::from(left != right);
        }
    }
    n_common >= tolerance.min_common.max(1) && n_different <= tolerance.max_different
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cluster;
    use crate::cluster::tests::matrices;
    use crate::matrix::tests::matrix;

    #[track_caller]
    fn check(tolerance: Tolerance, rows: &[(u64, &str)], expected: &[&[usize]]) {
        let clusters = cluster_tolerantly(&matrix(rows), tolerance);
        let members: Vec<Vec<usize>> = clusters.into_iter().map(|it| it.members).collect();
        assert_eq!(members, expected);
    }

    #[test]
    fn a_failure_is_forgiven() {
        let rows = [(1, "aT"), (3, "ab"), (1, "Xb"), (1, "?b"), (1, "ac")];
        check(Tolerance::default(), &rows, &[&[0, 1, 2, 3], &[4]]);
    }

    #[test]
    fn what_agrees_with_both_joins_the_larger() {
        let rows = [(2, "ab"), (3, "ac"), (1, "aT")];
        check(Tolerance::default(), &rows, &[&[1, 2], &[0]]);
    }

    #[test]
    fn members_need_not_agree_with_each_other() {
        // Both agree with the representative where both answered, but not with each other.
        let rows = [(1, "abF"), (5, "aFc"), (1, "aBc")];
        check(Tolerance::default(), &rows, &[&[0, 1, 2]]);
    }

    #[test]
    fn nothing_in_common_is_no_agreement() {
        check(Tolerance::default(), &[(1, "aT"), (1, "Tb")], &[&[0], &[1]]);
        check(Tolerance::default(), &[(1, "TT"), (1, "TT")], &[&[0, 1]]);
        check(Tolerance::default(), &[], &[]);
    }

    #[test]
    fn common_answers_may_be_asked_for_and_differences_allowed() {
        let two = Tolerance {
            min_common: 2,
            max_different: 0,
        };
        check(two, &[(2, "aaT"), (1, "aTT"), (1, "aab")], &[&[0, 2], &[1]]);
        let one_off = Tolerance {
            min_common: 3,
            max_different: 1,
        };
        check(
            one_off,
            &[(2, "aaa"), (1, "aab"), (1, "abb")],
            &[&[0, 1], &[2]],
        );
    }

    proptest! {
        #[test]
        fn merges_whole_exact_clusters(matrix in matrices()) {
            let tolerant = cluster_tolerantly(&matrix, Tolerance::default());
            let mut rows: Vec<usize> = tolerant.iter().flat_map(|it| it.members.clone()).collect();
            rows.sort_unstable();
            prop_assert!(rows.into_iter().eq(0..matrix.n_rows()));
            for exact in cluster(&matrix) {
                let holds = |it: &Cluster| exact.members.iter().all(|row| it.members.contains(row));
                prop_assert!(tolerant.iter().any(holds));
            }
        }

        #[test]
        fn without_failures_it_is_exact(rows in prop::collection::vec((0..5_u64, "[ab]{2}"), 0..20)) {
            let rows: Vec<(u64, &str)> = rows.iter().map(|it| (it.0, it.1.as_str())).collect();
            let matrix = matrix(&rows);
            prop_assert_eq!(cluster_tolerantly(&matrix, Tolerance::default()), cluster(&matrix));
        }
    }
}
