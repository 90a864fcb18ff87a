//! A matrix of which some rows or inputs are left out, or in another order, without a copy.
//!
//! What is asked of it, and why only a part is looked at, is not known here.

use super::{Cell, ExecutionMatrix};

/// Some rows and inputs of an [`ExecutionMatrix`].
///
/// For what-if questions: fewer inputs, or the inputs in another order; `k` samples of all that
/// were drawn. Rows keep the index that they have in the matrix; inputs are numbered anew, from 0.
///
/// # Examples
///
/// ```
/// use riddle_clustering::{Digest, EndingClass, ExecutionMatrix, MatrixView, Observation, cluster};
///
/// let printed = |text: u8| Observation {
///     ending: EndingClass::Ok,
///     output: Digest([text; 32]),
///     fuel: 1,
///     memory_bytes: 0,
/// };
/// let mut matrix = ExecutionMatrix::new(2);
/// matrix.push_row(1, &[printed(1), printed(2)]);
/// matrix.push_row(1, &[printed(1), printed(3)]);
///
/// assert_eq!(cluster(&matrix).len(), 2);
/// let first_input = MatrixView::new(&matrix).inputs(&[0]);
/// assert_eq!(cluster(first_input).len(), 1);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct MatrixView<'a> {
    matrix: &'a ExecutionMatrix,
    rows: Option<&'a [(usize, u64)]>,
    inputs: Option<&'a [usize]>,
}

impl<'a> MatrixView<'a> {
    /// Returns a view of the whole matrix.
    pub fn new(matrix: &'a ExecutionMatrix) -> Self {
        Self {
            matrix,
            rows: None,
            inputs: None,
        }
    }

    /// Keeps these rows of the matrix only, each with the number of its candidates that are in the
    /// sample, in the place of its weight.
    ///
    /// # Panics
    ///
    /// Panics if the rows are not ascending, or if the matrix has no such row.
    #[must_use]
    pub fn rows(self, rows: &'a [(usize, u64)]) -> Self {
        assert!(
            rows.is_sorted_by(|left, right| left.0 < right.0),
            "rows of a view ascend"
        );
        assert!(
            rows.last().is_none_or(|it| it.0 < self.matrix.n_rows()),
            "rows of a view are rows of the matrix"
        );
        Self {
            rows: Some(rows),
            ..self
        }
    }

    /// Keeps these inputs of the matrix only, in this order. One may come twice.
    ///
    /// # Panics
    ///
    /// Panics if the matrix has no such input.
    #[must_use]
    pub fn inputs(self, inputs: &'a [usize]) -> Self {
        assert!(
            inputs.iter().all(|it| *it < self.matrix.n_inputs()),
            "inputs of a view are inputs of the matrix"
        );
        Self {
            inputs: Some(inputs),
            ..self
        }
    }

    /// Returns the matrix that this is a view of.
    pub fn matrix(&self) -> &'a ExecutionMatrix {
        self.matrix
    }

    /// Returns the number of rows in view.
    pub fn n_rows(&self) -> usize {
        self.rows.map_or(self.matrix.n_rows(), <[_]>::len)
    }

    /// Returns the number of inputs in view.
    pub fn n_inputs(&self) -> usize {
        self.inputs.map_or(self.matrix.n_inputs(), <[_]>::len)
    }

    /// Returns the row of the matrix at a position of the view, and its weight here.
    ///
    /// # Panics
    ///
    /// Panics if there is no such position.
    pub fn row(&self, position: usize) -> (usize, u64) {
        match self.rows {
            Some(rows) => rows[position],
            None => (position, self.matrix.weight(position)),
        }
    }

    /// Returns the input of the matrix at a position of the view.
    ///
    /// # Panics
    ///
    /// Panics if there is no such position.
    pub fn input(&self, position: usize) -> usize {
        self.inputs.map_or(position, |it| it[position])
    }

    /// Returns an execution, row and input both as positions of the view.
    ///
    /// # Panics
    ///
    /// Panics if there is no such position.
    pub fn cell(&self, row: usize, input: usize) -> Cell {
        self.matrix.cell(self.row(row).0, self.input(input))
    }
}

impl<'a> From<&'a ExecutionMatrix> for MatrixView<'a> {
    fn from(matrix: &'a ExecutionMatrix) -> Self {
        Self::new(matrix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster;
    use crate::matrix::tests::matrix;

    /// The clusters of a view as (members, weight).
    #[track_caller]
    fn check(view: MatrixView<'_>, expected: &[(&[usize], u64)]) {
        let clusters = cluster(view);
        let clusters: Vec<(&[usize], u64)> = clusters
            .iter()
            .map(|it| (&*it.members, it.weight))
            .collect();
        assert_eq!(clusters, expected);
    }

    #[test]
    fn fewer_inputs_tell_fewer_apart() {
        let matrix = matrix(&[(1, "aab"), (1, "abb"), (1, "bbb")]);
        let view = MatrixView::new(&matrix);
        check(view, &[(&[0], 1), (&[1], 1), (&[2], 1)]);
        check(view.inputs(&[0]), &[(&[0, 1], 2), (&[2], 1)]);
        check(view.inputs(&[2, 1]), &[(&[1, 2], 2), (&[0], 1)]);
        check(view.inputs(&[2, 2]), &[(&[0, 1, 2], 3)]);
        check(view.inputs(&[]), &[(&[0, 1, 2], 3)]);
    }

    #[test]
    fn a_sample_of_rows_has_its_own_weights() {
        let matrix = matrix(&[(5, "a"), (2, "b"), (1, "a"), (3, "b")]);
        let view = MatrixView::new(&matrix);
        check(view.rows(&[]), &[]);
        check(
            view.rows(&[(0, 1), (1, 2), (3, 1)]),
            &[(&[1, 3], 3), (&[0], 1)],
        );
        check(view.rows(&[(2, 1)]).inputs(&[]), &[(&[2], 1)]);
    }

    #[test]
    #[should_panic(expected = "rows of a view ascend")]
    fn rows_out_of_order_are_refused() {
        let matrix = matrix(&[(1, "a"), (1, "a")]);
        let _ = MatrixView::new(&matrix).rows(&[(1, 1), (0, 1)]);
    }

    #[test]
    #[should_panic(expected = "inputs of a view are inputs of the matrix")]
    fn a_foreign_input_is_refused() {
        let matrix = matrix(&[(1, "a")]);
        let _ = MatrixView::new(&matrix).inputs(&[1]);
    }
}
