//! A user's own conditions on outputs, as one more filter.
//!
//! What the condition means, and what the outputs say, is not known here.

use std::collections::BTreeMap;

use crate::{MatrixView, Outcome, OutputId};

/// Returns the rows in view none of whose answers is refused, with their weights, for
/// [`MatrixView::rows`].
///
/// `accepts` is asked whether an output may be right on an input (numbered as in the view), at most
/// once for each pair. A failure or an unknown execution refuses nothing: the input may be invalid.
/// What a human knows of a right output ("is even", "is at most n") pays as a filter (AlphaCode 2
/// technical report, human and system together).
///
/// # Examples
///
/// ```
/// # use riddle_clustering::{Digest, EndingClass, ExecutionMatrix, Observation};
/// use riddle_clustering::{MatrixView, cluster, keep_rows};
///
/// # let printed = |text: u8| Observation {
/// #     ending: EndingClass::Ok,
/// #     output: Digest([text; 32]),
/// #     fuel: 1,
/// #     memory_bytes: 0,
/// # };
/// let mut matrix = ExecutionMatrix::new(1);
/// matrix.push_row(9, &[printed(3)]);
/// matrix.push_row(1, &[printed(4)]);
///
/// let view = MatrixView::new(&matrix);
/// let kept = keep_rows(view, |_, output| matrix.digest(output) == Digest([4; 32]));
/// assert_eq!(cluster(view.rows(&kept))[0].members, [1]);
/// ```
pub fn keep_rows<'a>(
    view: impl Into<MatrixView<'a>>,
    mut accepts: impl FnMut(usize, OutputId) -> bool,
) -> Vec<(usize, u64)> {
    let view = view.into();
    let mut kept = vec![true; view.n_rows()];
    for input in 0..view.n_inputs() {
        let mut asked: BTreeMap<OutputId, bool> = BTreeMap::new();
        for (row, kept) in kept.iter_mut().enumerate() {
            if let (true, Some(Outcome::Answered(output))) =
                (*kept, view.cell(row, input).outcome())
            {
                *kept = *asked
                    .entry(output)
                    .or_insert_with(|| accepts(input, output));
            }
        }
    }
    let positions = (0..view.n_rows()).filter(|it| kept[*it]);
    positions.map(|it| view.row(it)).collect()
}
