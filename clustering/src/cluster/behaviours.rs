//! The distinct behaviours of a matrix, and what each did on every input, in small numbers.
//!
//! What the outputs are, and which of them are right, is not known here.

use std::collections::BTreeMap;

use super::{Cluster, largest_first};
use crate::{MatrixView, Outcome, OutputId};

/// What an execution did, among all that happened on its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// The program answered, with the answer of this number. Numbers are of one input, from 0 in the
    /// order of their first rows; failures share the sequence.
    Answer(u32),
    /// The program failed in the way of this number.
    Failure(u32),
    /// Not known, and equal to nothing.
    Unknown,
}

/// A class in four bytes: the number twice, plus one for a failure. The unknown is odd as well.
pub(crate) type Packed = u32;
const UNKNOWN: Packed = Packed::MAX;

/// The number of the answer in a packed class, if it is one.
#[inline]
pub(crate) fn packed_answer(packed: Packed) -> Option<usize> {
    packed.is_multiple_of(2).then_some((packed / 2) as usize)
}

/// Whether a packed class is a failure.
#[inline]
pub(crate) fn packed_failure(packed: Packed) -> bool {
    packed % 2 == 1 && packed != UNKNOWN
}

impl Class {
    fn unpack(packed: Packed) -> Self {
        match (packed, packed % 2) {
            (UNKNOWN, _) => Self::Unknown,
            (_, 0) => Self::Answer(packed / 2),
            _ => Self::Failure(packed / 2),
        }
    }
}

/// The groups of rows that did the same, and what each group did.
///
/// Groups are numbered from 0 in the order of their first rows. Made once for a matrix, after which
/// clustering a sample of its rows is counting: rows that did the same on all inputs stay together
/// in every sample. Holds 32 bytes a row, and four bytes for each group and input.
#[derive(Clone, Debug)]
pub struct Behaviours {
    n_inputs: usize,
    /// By position in the view: the row of the matrix and its weight.
    rows: Vec<(usize, u64)>,
    /// By position in the view: the most fuel used on one input.
    peak_fuel: Vec<u64>,
    /// By position in the view.
    group_of: Vec<u32>,
    /// Positions, by group and then ascending.
    members: Vec<u32>,
    /// Where each group begins in `members`, and the end.
    starts: Vec<u32>,
    /// What group `g` did on input `i`, at `g * n_inputs + i`.
    classes: Vec<Packed>,
    /// The number of classes on each input.
    n_classes: Vec<u32>,
}

impl Behaviours {
    /// Groups rows that did the same. Takes O(cells × log rows) time at worst.
    pub fn of<'a>(view: impl Into<MatrixView<'a>>) -> Self {
        let view = view.into();
        Self::build(view, |_, output| output.index() as u64)
    }

    /// Groups rows by the classes of their outputs; see [`cluster_by_class`](super::cluster_by_class).
    ///
    /// `class` is given the input as it is numbered in the view.
    pub fn by_class<'a>(
        view: impl Into<MatrixView<'a>>,
        class: impl FnMut(usize, OutputId) -> u64,
    ) -> Self {
        Self::build(view.into(), class)
    }

    /// Returns the number of groups.
    pub fn n_groups(&self) -> usize {
        self.starts.len() - 1
    }

    /// Returns the number of inputs.
    pub fn n_inputs(&self) -> usize {
        self.n_inputs
    }

    /// Returns the number of rows in view.
    pub fn n_rows(&self) -> usize {
        self.rows.len()
    }

    /// Returns a row of the matrix and its weight, by its position in the view.
    ///
    /// # Panics
    ///
    /// Panics if there is no such position.
    pub fn row(&self, position: usize) -> (usize, u64) {
        self.rows[position]
    }

    /// Returns the most fuel that a row used on one input in view, by its position in the view.
    ///
    /// # Panics
    ///
    /// Panics if there is no such position.
    pub fn peak_fuel(&self, position: usize) -> u64 {
        self.peak_fuel[position]
    }

    /// Returns the group of a row, by its position in the view.
    ///
    /// # Panics
    ///
    /// Panics if there is no such position.
    pub fn group(&self, position: usize) -> usize {
        self.group_of[position] as usize
    }

    /// Returns the rows of a group, as positions in the view, ascending.
    ///
    /// # Panics
    ///
    /// Panics if there is no such group.
    pub fn positions(&self, group: usize) -> &[u32] {
        &self.members[self.starts[group] as usize..self.starts[group + 1] as usize]
    }

    /// Returns what a group did on an input.
    ///
    /// # Panics
    ///
    /// Panics if there is no such group or input.
    pub fn class(&self, group: usize, input: usize) -> Class {
        assert!(input < self.n_inputs, "no such input");
        Class::unpack(self.classes[group * self.n_inputs + input])
    }

    /// Returns what a group did on each input, in input order.
    ///
    /// # Panics
    ///
    /// Panics if there is no such group.
    pub fn classes(&self, group: usize) -> impl ExactSizeIterator<Item = Class> + Clone + '_ {
        self.packed(group).iter().map(|it| Class::unpack(*it))
    }

    /// What a group did on each input, for loops that are run for every group in every sample.
    pub(crate) fn packed(&self, group: usize) -> &[Packed] {
        let from = group * self.n_inputs;
        &self.classes[from..from + self.n_inputs]
    }

    /// Returns the number of classes on an input, answers and failures.
    ///
    /// # Panics
    ///
    /// Panics if there is no such input.
    pub fn n_classes(&self, input: usize) -> usize {
        self.n_classes[input] as usize
    }

    /// Returns the groups as clusters, largest first; see [`cluster()`](super::cluster()).
    pub fn clusters(&self) -> Vec<Cluster> {
        let cluster = |group| {
            let members = self.positions(group).iter();
            let rows = members.map(|it| self.rows[*it as usize]);
            let (members, weights): (Vec<usize>, Vec<u64>) = rows.unzip();
            let weight = weights.into_iter().fold(0, u64::saturating_add);
            Cluster { members, weight }
        };
        let mut clusters: Vec<Cluster> = (0..self.n_groups()).map(cluster).collect();
        largest_first(&mut clusters);
        clusters
    }

    fn build(view: MatrixView<'_>, mut class: impl FnMut(usize, OutputId) -> u64) -> Self {
        let (n_rows, n_inputs) = (view.n_rows(), view.n_inputs());
        assert!(
            u32::try_from(n_rows).is_ok(),
            "at most `u32::MAX` rows are grouped"
        );
        let mut columns: Vec<Vec<Packed>> = Vec::with_capacity(n_inputs);
        let mut n_classes = Vec::with_capacity(n_inputs);
        let mut numbering = Numbering::new(view.matrix().n_outputs());
        let mut group_of = vec![0; n_rows];
        let mut peak_fuel = vec![0; n_rows];
        let mut n_groups = u32::from(n_rows > 0);
        for input in 0..n_inputs {
            numbering.next_input();
            let column: Vec<Packed> = (0..n_rows)
                .map(|row| {
                    let cell = view.cell(row, input);
                    peak_fuel[row] = cell.fuel.max(peak_fuel[row]);
                    match cell.outcome() {
                        Some(Outcome::Answered(output)) => {
                            2 * numbering.answer(output, || class(input, output))
                        }
                        Some(Outcome::Failed(ending)) => 2 * numbering.failure(ending as usize) + 1,
                        None => UNKNOWN,
                    }
                })
                .collect();
            n_groups = refine(&mut group_of, n_groups, &column);
            columns.push(column);
            n_classes.push(numbering.n_classes);
        }

        let mut starts = vec![0; n_groups as usize + 1];
        for &group in &group_of {
            starts[group as usize + 1] += 1;
        }
        for group in 0..n_groups as usize {
            starts[group + 1] += starts[group];
        }
        let mut next = starts.clone();
        let mut members = vec![0; n_rows];
        for (position, &group) in (0_u32..).zip(&group_of) {
            members[next[group as usize] as usize] = position;
            next[group as usize] += 1;
        }
        let mut classes = Vec::with_capacity(n_groups as usize * n_inputs);
        for group in 0..n_groups as usize {
            let first = members[starts[group] as usize] as usize;
            classes.extend(columns.iter().map(|it| it[first]));
        }
        Self {
            n_inputs,
            rows: (0..n_rows).map(|it| view.row(it)).collect(),
            peak_fuel,
            group_of,
            members,
            starts,
            classes,
            n_classes,
        }
    }
}

/// Gives the outcomes of one input after another their numbers.
struct Numbering {
    /// By output: the input (from 1) on which it was last seen, and its number there.
    seen: Vec<(u32, u32)>,
    /// By ending.
    failures: [Option<u32>; 8],
    by_class: BTreeMap<u64, u32>,
    input: u32,
    n_classes: u32,
}

impl Numbering {
    fn new(n_outputs: usize) -> Self {
        Self {
            seen: vec![(0, 0); n_outputs],
            failures: [None; 8],
            by_class: BTreeMap::new(),
            input: 0,
            n_classes: 0,
        }
    }

    fn next_input(&mut self) {
        self.input += 1;
        self.n_classes = 0;
        self.failures = [None; 8];
        self.by_class.clear();
    }

    fn answer(&mut self, output: OutputId, class: impl FnOnce() -> u64) -> u32 {
        let (input, number) = self.seen[output.index()];
        if input == self.input {
            return number;
        }
        let number = *self.by_class.entry(class()).or_insert(self.n_classes);
        self.n_classes += u32::from(number == self.n_classes);
        self.seen[output.index()] = (self.input, number);
        number
    }

    fn failure(&mut self, ending: usize) -> u32 {
        *self.failures[ending].get_or_insert_with(|| {
            self.n_classes += 1;
            self.n_classes - 1
        })
    }
}

/// Splits each group by what its rows did on one input, and returns how many groups there are.
///
/// Groups are numbered from 0 in the order of their first rows, before and after.
fn refine(group_of: &mut [u32], n_before: u32, column: &[Packed]) -> u32 {
    // Most of a group does as its first row did, so that the map is rarely asked.
    let mut firsts: Vec<Option<(Packed, u32)>> = vec![None; n_before as usize];
    let mut split: BTreeMap<(u32, Packed), u32> = BTreeMap::new();
    let mut n_groups = 0;
    for (group, &class) in group_of.iter_mut().zip(column) {
        *group = if class == UNKNOWN {
            n_groups
        } else {
            match &mut firsts[*group as usize] {
                Some((first, number)) if *first == class => *number,
                Some(_) => *split.entry((*group, class)).or_insert(n_groups),
                first @ None => {
                    *first = Some((class, n_groups));
                    n_groups
                }
            }
        };
        n_groups += u32::from(*group == n_groups);
    }
    n_groups
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cluster::tests::matrices;
    use crate::matrix::tests::matrix;

    #[test]
    fn a_group_answers_as_its_rows_did() {
        let matrix = matrix(&[(2, "aT"), (1, "b?"), (3, "aT"), (1, "Fc")]);
        let behaviours = Behaviours::of(&matrix);
        assert_eq!(behaviours.n_groups(), 3);
        assert_eq!(behaviours.positions(0), [0, 2]);
        let classes: Vec<Vec<Class>> = (0..3).map(|it| behaviours.classes(it).collect()).collect();
        assert_eq!(
            classes,
            [
                [Class::Answer(0), Class::Failure(0)],
                [Class::Answer(1), Class::Unknown],
                [Class::Failure(2), Class::Answer(1)],
            ]
        );
        assert_eq!((behaviours.n_classes(0), behaviours.n_classes(1)), (3, 2));
    }

    #[test]
    fn nothing_has_no_groups() {
        assert_eq!(Behaviours::of(&matrix(&[])).n_groups(), 0);
        assert_eq!(Behaviours::of(&matrix(&[(1, ""), (1, "")])).n_groups(), 1);
    }

    proptest! {
        #[test]
        fn classes_are_equal_where_outcomes_are(matrix in matrices()) {
            let behaviours = Behaviours::of(&matrix);
            for left in 0..matrix.n_rows() {
                for right in 0..matrix.n_rows() {
                    for input in 0..matrix.n_inputs() {
                        let outcomes = [left, right].map(|it| matrix.outcome(it, input));
                        let classes = [left, right].map(|it| behaviours.class(behaviours.group(it), input));
                        let alike = outcomes[0].is_some() && outcomes[0] == outcomes[1];
                        prop_assert_eq!(classes[0] != Class::Unknown && classes[0] == classes[1], alike);
                        prop_assert_eq!(matches!(classes[0], Class::Answer(_)), matches!(outcomes[0], Some(Outcome::Answered(_))));
                    }
                }
            }
        }
    }
}
