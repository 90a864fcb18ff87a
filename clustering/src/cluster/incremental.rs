//! Clusters that are kept up while programs come in.
//!
//! When the programs come, and how many will, is not known here.

use std::collections::BTreeMap;

use super::{Cluster, largest_first};
use crate::{ExecutionMatrix, Outcome};

/// The clusters of a matrix that grows, without clustering it again for every row.
///
/// After any number of rows, [`IncrementalClusters::clusters`] is what
/// [`cluster()`](crate::cluster()) gives for the matrix. The inputs must stay as they are: an input
/// more splits clusters, and an unknown that is resolved joins them, so both need a new grouping.
#[derive(Clone, Debug, Default)]
pub struct IncrementalClusters {
    by_behaviour: BTreeMap<Vec<Outcome>, usize>,
    /// In the order of their first rows.
    clusters: Vec<Cluster>,
    cluster_of: Vec<usize>,
}

impl IncrementalClusters {
    /// Takes in the rows that were pushed since the last call, and returns the number of clusters.
    ///
    /// Takes O(inputs × log clusters) time a row.
    pub fn catch_up(&mut self, matrix: &ExecutionMatrix) -> usize {
        for row in self.cluster_of.len()..matrix.n_rows() {
            let outcomes = (0..matrix.n_inputs()).map(|it| matrix.outcome(row, it));
            let next = self.clusters.len();
            let index = match outcomes.collect::<Option<Vec<Outcome>>>() {
                Some(behaviour) => *self.by_behaviour.entry(behaviour).or_insert(next),
                None => next,
            };
            if index == next {
                self.clusters.push(Cluster::default());
            }
            self.cluster_of.push(index);
            let cluster = &mut self.clusters[index];
            cluster.members.push(row);
            cluster.weight = cluster.weight.saturating_add(matrix.weight(row));
        }
        self.clusters.len()
    }

    /// Counts more candidates for a row that was taken in before; see
    /// [`ExecutionMatrix::add_weight`].
    ///
    /// # Panics
    ///
    /// Panics if the row was not taken in.
    pub fn add_weight(&mut self, row: usize, more: u64) {
        let cluster = &mut self.clusters[self.cluster_of[row]];
        cluster.weight = cluster.weight.saturating_add(more);
    }

    /// Returns the number of the cluster that a row is in, from 0 in the order of first rows.
    ///
    /// # Panics
    ///
    /// Panics if the row was not taken in.
    pub fn cluster_of(&self, row: usize) -> usize {
        self.cluster_of[row]
    }

    /// Returns the clusters, largest first, ties to the earliest.
    pub fn clusters(&self) -> Vec<Cluster> {
        let mut clusters = self.clusters.clone();
        largest_first(&mut clusters);
        clusters
    }

    /// Returns the weight of each cluster, in the order of first rows; what a stopping rule reads.
    pub fn weights(&self) -> impl ExactSizeIterator<Item = u64> + '_ {
        self.clusters.iter().map(|it| it.weight)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cluster;
    use crate::matrix::tests::observation;

    proptest! {
        #[test]
        fn is_at_every_row_what_a_batch_gives(
            rows in prop::collection::vec((0..4_u64, "[aabT?]{2}", any::<bool>()), 0..30),
        ) {
            let mut matrix = ExecutionMatrix::new(2);
            let mut clusters = IncrementalClusters::default();
            for (weight, cells, look) in rows {
                let cells: Vec<_> = cells.chars().map(observation).collect();
                let row = matrix.push_row(weight, &cells);
                if look {
                    clusters.catch_up(&matrix);
                    matrix.add_weight(row, weight);
                    clusters.add_weight(row, weight);
                    prop_assert_eq!(clusters.clusters(), cluster(&matrix));
                }
            }
            let n = clusters.catch_up(&matrix);
            prop_assert_eq!(clusters.clusters(), cluster(&matrix));
            prop_assert_eq!(clusters.weights().len(), n);
        }
    }
}
