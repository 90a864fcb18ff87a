//! Grouping of programs by what they did.
//!
//! Two programs are in one [`Cluster`] when they did the same on every input. Which behaviour is
//! right is not known here. [`Behaviours`] is the same grouping with what each group did, for rules
//! that count votes; [`cluster_tolerantly`] forgives where one of two programs failed;
//! [`IncrementalClusters`] follows programs as they come.

mod behaviours;
mod incremental;
mod tolerant;

use std::cmp::Reverse;

use serde::Serialize;

pub use self::behaviours::{Behaviours, Class};
pub(crate) use self::behaviours::{Packed, packed_answer, packed_failure};
pub use self::incremental::IncrementalClusters;
pub use self::tolerant::{Tolerance, cluster_tolerantly};
use crate::{MatrixView, OutputId};

/// Programs that did the same on every input.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Cluster {
    /// Rows of the matrix, ascending; never empty.
    pub members: Vec<usize>,
    /// The number of candidates that the members stand for together.
    pub weight: u64,
}

/// Groups the programs of a matrix by behaviour, largest cluster first.
///
/// Size is [`Cluster::weight`]; clusters of one size are ordered by their earliest member, so the
/// result depends on the matrix alone. Every row is in exactly one cluster. A row with an execution
/// that must not be compared ([`EndingClass::Unknown`](crate::EndingClass::Unknown)) is alone in
/// its cluster, and a matrix without inputs is one cluster, since nothing tells its rows apart.
///
/// Of a [`MatrixView`] only the rows and inputs in view count, with the weights that they have there.
///
/// Takes O(cells × log rows) time at worst and O(cells) where most of a group answers alike, and
/// memory in proportion to the cells.
pub fn cluster<'a>(view: impl Into<MatrixView<'a>>) -> Vec<Cluster> {
    Behaviours::of(view).clusters()
}

/// Groups like [`cluster()`], with outputs taken for equal that a checker takes for equal.
///
/// `class` gives the number of the class that an output is of, on an input. A problem with many
/// right answers has, for an input whose answers a checker can judge, one class of all outputs that
/// are accepted; or a class is what is left of an output when case and blanks are normalised. It is
/// asked at most once for each input and output. A failure is never in a class with an output.
pub fn cluster_by_class<'a>(
    view: impl Into<MatrixView<'a>>,
    class: impl FnMut(usize, OutputId) -> u64,
) -> Vec<Cluster> {
    Behaviours::by_class(view, class).clusters()
}

/// Sorts clusters largest first. They come in the order of their earliest members, which decides
/// ties.
fn largest_first(clusters: &mut [Cluster]) {
    clusters.sort_by_key(|it| Reverse(it.weight));
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ExecutionMatrix;
    use crate::matrix::tests::{matrix, observation};

    /// Clusters programs of weight 1, written as one character an input.
    #[track_caller]
    fn check(rows: &[&str], expected: &[&[usize]]) {
        let rows: Vec<(u64, &str)> = rows.iter().map(|it| (1, *it)).collect();
        let members: Vec<Vec<usize>> = cluster(&matrix(&rows))
            .into_iter()
            .map(|it| it.members)
            .collect();
        assert_eq!(members, expected);
    }

    #[test]
    fn no_programs_no_clusters() {
        check(&[], &[]);
    }

    #[test]
    fn without_inputs_all_are_one() {
        check(&["", "", ""], &[&[0, 1, 2]]);
    }

    #[test]
    fn largest_first() {
        check(&["a", "b", "b"], &[&[1, 2], &[0]]);
    }

    #[test]
    fn ties_go_to_the_earliest() {
        check(&["b", "a", "a", "b"], &[&[0, 3], &[1, 2]]);
    }

    #[test]
    fn every_input_counts() {
        check(
            &["aaa", "aab", "aaa", "baa", "aab"],
            &[&[0, 2], &[1, 4], &[3]],
        );
    }

    #[test]
    fn failures_are_behaviours_too() {
        check(
            &["aT", "aT", "aF", "aX", "aF", "aT"],
            &[&[0, 1, 5], &[2, 4], &[3]],
        );
    }

    #[test]
    fn one_unknown_cell_sets_a_program_apart() {
        check(
            &["?a", "aa", "?a", "aa", "a?"],
            &[&[1, 3], &[0], &[2], &[4]],
        );
    }

    #[test]
    fn duplicates_vote() {
        let clusters = cluster(&matrix(&[(1, "a"), (5, "b"), (1, "a"), (1, "a")]));
        let expected = [(vec![1], 5), (vec![0, 2, 3], 3)];
        assert_eq!(
            clusters,
            expected.map(|(members, weight)| Cluster { members, weight })
        );
    }

    #[test]
    fn weights_beyond_u64_stay_at_its_maximum() {
        let clusters = cluster(&matrix(&[(1, "b"), (u64::MAX, "a"), (9, "a")]));
        assert_eq!(clusters[0].weight, u64::MAX);
    }

    /// Whether two rows did the same, by definition.
    fn alike(matrix: &ExecutionMatrix, left: usize, right: usize) -> bool {
        (0..matrix.n_inputs()).all(|input| {
            let [left, right] = [left, right].map(|row| matrix.cell(row, input).outcome());
            left.is_some() && left == right
        })
    }

    /// The same clustering by comparing all pairs.
    fn naive(matrix: &ExecutionMatrix) -> Vec<Cluster> {
        let mut clusters: Vec<Cluster> = Vec::new();
        for row in 0..matrix.n_rows() {
            let home = clusters
                .iter_mut()
                .find(|it| it.members.iter().all(|&other| alike(matrix, other, row)));
            match home {
                Some(cluster) => {
                    cluster.members.push(row);
                    cluster.weight += matrix.weight(row);
                }
                None => clusters.push(Cluster {
                    members: vec![row],
                    weight: matrix.weight(row),
                }),
            }
        }
        clusters.sort_by(|a, b| (b.weight, a.members[0]).cmp(&(a.weight, b.members[0])));
        clusters
    }

    /// Few outcomes on few inputs, so that programs often agree.
    pub(crate) fn matrices() -> impl Strategy<Value = ExecutionMatrix> {
        let letters = prop::sample::select(vec!['a', 'a', 'a', 'b', 'c', 'T', 'F', '?']);
        (0..4_usize).prop_flat_map(move |n_inputs| {
            let row = (0..4_u64, prop::collection::vec(letters.clone(), n_inputs));
            prop::collection::vec(row, 0..40).prop_map(move |rows| {
                let mut matrix = ExecutionMatrix::new(n_inputs);
                for (weight, cells) in rows {
                    let row: Vec<_> = cells.into_iter().map(observation).collect();
                    matrix.push_row(weight, &row);
                }
                matrix
            })
        })
    }

    #[test]
    fn a_checker_merges_outputs_but_not_failures() {
        let matrix = matrix(&[(1, "aT"), (1, "bT"), (1, "cT"), (1, "aF"), (1, "FT")]);
        let a = matrix.cell(0, 0).output;
        let b = matrix.cell(1, 0).output;
        let members = |clusters: Vec<Cluster>| -> Vec<Vec<usize>> {
            clusters.into_iter().map(|it| it.members).collect()
        };
        let accepted = |_, output| u64::from(output == a || output == b);
        assert_eq!(
            members(cluster_by_class(&matrix, accepted)),
            [vec![0, 1], vec![2], vec![3], vec![4]]
        );
        let only_second = |input, output: OutputId| {
            if input == 1 { 0 } else { output.index() as u64 }
        };
        assert_eq!(
            members(cluster_by_class(&matrix, only_second)),
            members(cluster(&matrix))
        );
    }

    #[test]
    fn a_checker_is_asked_once_an_output() {
        let matrix = matrix(&[(1, "ab"), (1, "aa"), (1, "ba"), (1, "aT")]);
        let mut asked = Vec::new();
        cluster_by_class(&matrix, |input, output| {
            asked.push((input, output.index()));
            0
        });
        assert_eq!(asked, [(0, 0), (0, 1), (1, 1), (1, 0)]);
    }

    proptest! {
        #[test]
        fn clusters_are_a_partition(matrix in matrices()) {
            let clusters = cluster(&matrix);
            let mut rows: Vec<usize> = clusters.iter().flat_map(|it| it.members.clone()).collect();
            rows.sort_unstable();
            prop_assert!(rows.into_iter().eq(0..matrix.n_rows()));
            prop_assert!(clusters.iter().all(|it| it.members.is_sorted() && !it.members.is_empty()));
        }

        #[test]
        fn classes_of_single_outputs_change_nothing(matrix in matrices()) {
            let exact = cluster_by_class(&matrix, |_, output| output.index() as u64);
            prop_assert_eq!(exact, cluster(&matrix));
        }

        #[test]
        fn agrees_with_comparing_all_pairs(matrix in matrices()) {
            prop_assert_eq!(cluster(&matrix), naive(&matrix));
        }
    }
}
