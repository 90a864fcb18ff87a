//! The record of what every program did on every input: the [`ExecutionMatrix`].
//!
//! It holds digests of outputs, never outputs, and does not know which outputs are right.

mod digests;
mod outcome;
mod view;

use std::collections::BTreeMap;

use self::digests::Digests;
use self::outcome::ENDINGS;
pub use self::outcome::{Cell, Digest, EndingClass, Observation, Outcome, OutputId};
pub use self::view::MatrixView;

/// Bits of [`Column::endings`] that hold the ending; the others hold the memory's number.
const ENDING_BITS: u32 = 3;

/// What every program (row) did on every input (column).
///
/// Stored by column and field, at 16 bytes a cell and about 40 bytes a distinct output: 8,192
/// programs on 50 inputs take 6.6 MB and the outputs, 100,000 programs on 200 inputs 320 MB and the
/// outputs, which is below 1 GiB even where no two outputs are equal
/// (after [`ExecutionMatrix::shrink_to_fit`]). Rows and inputs are only ever added, so both keep
/// their index.
///
/// [`MatrixView`] is a matrix of which some rows or inputs are left out, without a copy.
#[derive(Clone, Debug, Default)]
pub struct ExecutionMatrix {
    weights: Vec<u64>,
    columns: Vec<Column>,
    digests: Digests,
    /// Distinct peaks of memory. Memory grows in pages, so these are few.
    memories: Vec<u64>,
    memory_ids: BTreeMap<u64, u32>,
}

#[derive(Clone, Debug, Default)]
struct Column {
    /// The ending, and above its bits the number of the memory.
    endings: Vec<u32>,
    outputs: Vec<OutputId>,
    fuel: Vec<u64>,
}

impl Column {
    fn push(&mut self, (ending, output, fuel): (u32, OutputId, u64)) {
        self.endings.push(ending);
        self.outputs.push(output);
        self.fuel.push(fuel);
    }
}

impl ExecutionMatrix {
    /// Returns a matrix without rows, for programs that ran on `n_inputs` inputs.
    pub fn new(n_inputs: usize) -> Self {
        Self::with_capacity(n_inputs, 0)
    }

    /// Returns a matrix without rows that takes `n_rows` of them without moving what it holds.
    pub fn with_capacity(n_inputs: usize, n_rows: usize) -> Self {
        let column = || Column {
            endings: Vec::with_capacity(n_rows),
            outputs: Vec::with_capacity(n_rows),
            fuel: Vec::with_capacity(n_rows),
        };
        Self {
            weights: Vec::with_capacity(n_rows),
            columns: (0..n_inputs).map(|_| column()).collect(),
            ..Self::default()
        }
    }

    /// Adds a program with what it did on each input, in input order, and returns its row.
    ///
    /// `weight` is the number of candidates that the program stands for: duplicates are run once
    /// but each of them votes.
    ///
    /// # Panics
    ///
    /// Panics if there is not exactly one observation an input, or if the matrix would hold more
    /// than `u32::MAX` distinct outputs, or 2^29 distinct peaks of memory.
    pub fn push_row(&mut self, weight: u64, observations: &[Observation]) -> usize {
        assert_eq!(
            observations.len(),
            self.columns.len(),
            "a row has one observation an input"
        );
        let row = self.weights.len();
        self.weights.push(weight);
        for (input, observation) in observations.iter().enumerate() {
            let packed = self.pack(observation);
            self.columns[input].push(packed);
        }
        row
    }

    /// Adds an input with what each program did on it, in row order, and returns its index.
    ///
    /// # Panics
    ///
    /// Panics if there is not exactly one observation a row, and where
    /// [`ExecutionMatrix::push_row`] does.
    pub fn push_input(&mut self, observations: &[Observation]) -> usize {
        assert_eq!(
            observations.len(),
            self.weights.len(),
            "an input has one observation a row"
        );
        let mut column = Column::default();
        for observation in observations {
            column.push(self.pack(observation));
        }
        self.columns.push(column);
        self.columns.len() - 1
    }

    /// Counts more candidates for a program that is already here: duplicates that came later.
    ///
    /// # Panics
    ///
    /// Panics if there is no such row.
    pub fn add_weight(&mut self, row: usize, more: u64) {
        self.weights[row] = self.weights[row].saturating_add(more);
    }

    /// Puts what a second execution did in the place of an [`EndingClass::Unknown`], and returns
    /// whether that was so. An execution that is known stays.
    ///
    /// # Panics
    ///
    /// Panics if there is no such row or input, and where [`ExecutionMatrix::push_row`] does.
    pub fn resolve(&mut self, row: usize, input: usize, observation: &Observation) -> bool {
        if self.cell(row, input).ending != EndingClass::Unknown {
            return false;
        }
        let (ending, output, fuel) = self.pack(observation);
        let column = &mut self.columns[input];
        column.endings[row] = ending;
        column.outputs[row] = output;
        column.fuel[row] = fuel;
        true
    }

    /// Returns the number of programs.
    pub fn n_rows(&self) -> usize {
        self.weights.len()
    }

    /// Returns the number of inputs.
    pub fn n_inputs(&self) -> usize {
        self.columns.len()
    }

    /// Returns the number of distinct outputs.
    pub fn n_outputs(&self) -> usize {
        self.digests.len()
    }

    /// Returns the number of candidates that a program stands for.
    ///
    /// # Panics
    ///
    /// Panics if there is no such row.
    pub fn weight(&self, row: usize) -> u64 {
        self.weights[row]
    }

    /// Returns what a program did on an input.
    ///
    /// # Panics
    ///
    /// Panics if there is no such row or input.
    pub fn cell(&self, row: usize, input: usize) -> Cell {
        let column = &self.columns[input];
        let packed = column.endings[row];
        Cell {
            ending: ENDINGS[(packed & ((1 << ENDING_BITS) - 1)) as usize],
            output: column.outputs[row],
            fuel: column.fuel[row],
            memory_bytes: self.memories[(packed >> ENDING_BITS) as usize],
        }
    }

    /// Returns what a program's execution on an input is compared by; see [`Cell::outcome`].
    ///
    /// # Panics
    ///
    /// Panics if there is no such row or input.
    pub fn outcome(&self, row: usize, input: usize) -> Option<Outcome> {
        self.cell(row, input).outcome()
    }

    /// Returns the digest that `output` is the number of.
    ///
    /// # Panics
    ///
    /// Panics if `output` is of another matrix and this one has fewer outputs.
    pub fn digest(&self, output: OutputId) -> Digest {
        self.digests.get(output)
    }

    /// Returns the memory that the matrix holds on to, in bytes, without the allocator's own.
    pub fn size_bytes(&self) -> usize {
        let column = |it: &Column| {
            it.endings.capacity() * size_of::<u32>()
                + it.outputs.capacity() * size_of::<OutputId>()
                + it.fuel.capacity() * size_of::<u64>()
        };
        size_of::<Self>()
            + (self.weights.capacity() + self.memories.capacity()) * size_of::<u64>()
            // A node of the tree is at least half full.
            + self.memory_ids.len() * 2 * (size_of::<u64>() + size_of::<u32>())
            + self.columns.capacity() * size_of::<Column>()
            + self.columns.iter().map(column).sum::<usize>()
            + self.digests.size_bytes()
    }

    /// Gives back the memory that was set aside for more rows, and the index by which equal outputs
    /// are found. The next row that is pushed builds that again, in O(distinct outputs).
    pub fn shrink_to_fit(&mut self) {
        self.weights.shrink_to_fit();
        for column in &mut self.columns {
            column.endings.shrink_to_fit();
            column.outputs.shrink_to_fit();
            column.fuel.shrink_to_fit();
        }
        self.columns.shrink_to_fit();
        self.memories.shrink_to_fit();
        self.digests.shrink_to_fit();
    }

    fn pack(&mut self, observation: &Observation) -> (u32, OutputId, u64) {
        let memories = &mut self.memories;
        let memory = *self
            .memory_ids
            .entry(observation.memory_bytes)
            .or_insert_with(|| {
                memories.push(observation.memory_bytes);
                u32::try_from(memories.len() - 1).expect("at most 2^29 peaks of memory")
            });
        assert!(
            memory < 1 << (u32::BITS - ENDING_BITS),
            "at most 2^29 peaks of memory"
        );
        let packed = (memory << ENDING_BITS) | observation.ending as u32;
        let output = self.digests.intern(observation.output);
        (packed, output, observation.fuel)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// An execution in one character: a small letter or digit is an answer, the others are endings.
    pub(crate) fn observation(letter: char) -> Observation {
        let ending = match letter {
            'X' => EndingClass::Exit,
            'T' => EndingClass::Trap,
            'F' => EndingClass::Fuel,
            'M' => EndingClass::Memory,
            'O' => EndingClass::Output,
            '?' => EndingClass::Unknown,
            _ => EndingClass::Ok,
        };
        Observation {
            ending,
            output: Digest([u8::try_from(letter).unwrap(); 32]),
            fuel: 7,
            memory_bytes: 65_536,
        }
    }

    /// A matrix with a row for each (weight, one character an input).
    pub(crate) fn matrix(rows: &[(u64, &str)]) -> ExecutionMatrix {
        let mut matrix = ExecutionMatrix::new(rows.first().map_or(0, |(_, cells)| cells.len()));
        for (weight, cells) in rows {
            let row: Vec<Observation> = cells.chars().map(observation).collect();
            matrix.push_row(*weight, &row);
        }
        matrix
    }

    #[track_caller]
    fn check_alike(left: Observation, right: Observation, alike: bool) {
        let mut matrix = ExecutionMatrix::new(2);
        matrix.push_row(1, &[left, right]);
        let [left, right] = [0, 1].map(|input| matrix.cell(0, input).outcome());
        assert_eq!(left.is_some() && left == right, alike);
    }

    #[test]
    fn answers_are_compared_by_output() {
        check_alike(observation('a'), observation('a'), true);
        check_alike(observation('a'), observation('b'), false);
    }

    #[test]
    fn fuel_and_memory_are_not_compared() {
        let thirsty = Observation {
            fuel: 9_000,
            memory_bytes: 9,
            ..observation('a')
        };
        check_alike(thirsty, observation('a'), true);
    }

    #[test]
    fn failures_are_compared_by_ending_alone() {
        for letter in "XTFMO".chars() {
            let talkative = Observation {
                output: Digest([1; 32]),
                ..observation(letter)
            };
            check_alike(talkative, observation(letter), true);
            check_alike(
                observation('a'),
                Observation {
                    output: observation('a').output,
                    ..observation(letter)
                },
                false,
            );
        }
        check_alike(observation('X'), observation('T'), false);
        check_alike(observation('F'), observation('M'), false);
    }

    #[test]
    fn the_unknown_is_not_like_itself() {
        check_alike(observation('?'), observation('?'), false);
    }

    #[test]
    fn cells_come_back_as_they_were_pushed() {
        let seen = Observation {
            ending: EndingClass::Trap,
            output: Digest([3; 32]),
            fuel: 11,
            memory_bytes: 22,
        };
        let mut matrix = ExecutionMatrix::new(2);
        assert_eq!(matrix.push_row(4, &[observation('a'), seen]), 0);
        assert_eq!(matrix.push_row(1, &[seen, observation('a')]), 1);

        assert_eq!((matrix.n_rows(), matrix.n_inputs()), (2, 2));
        assert_eq!((matrix.weight(0), matrix.weight(1)), (4, 1));
        assert_eq!(matrix.cell(0, 1), matrix.cell(1, 0));
        let cell = matrix.cell(0, 1);
        assert_eq!(
            (cell.ending, cell.fuel, cell.memory_bytes),
            (EndingClass::Trap, 11, 22)
        );
        assert_eq!(matrix.digest(cell.output), Digest([3; 32]));
        assert_eq!(
            matrix.digest(matrix.cell(1, 1).output),
            observation('a').output
        );
    }

    #[test]
    #[should_panic(expected = "a row has one observation an input")]
    fn a_short_row_is_refused() {
        ExecutionMatrix::new(2).push_row(1, &[observation('a')]);
    }

    #[test]
    fn endings_keep_their_numbers() {
        for (number, ending) in ENDINGS.into_iter().enumerate() {
            assert_eq!(ending as usize, number);
        }
    }

    #[test]
    fn an_input_may_come_later() {
        let mut matrix = matrix(&[(1, "a"), (2, "b")]);
        assert_eq!(matrix.push_input(&[observation('b'), observation('T')]), 1);
        assert_eq!(matrix.n_inputs(), 2);
        assert_eq!(matrix.outcome(0, 1), matrix.outcome(1, 0));
        assert_eq!(matrix.cell(1, 1).ending, EndingClass::Trap);
    }

    #[test]
    fn only_the_unknown_is_resolved() {
        let mut matrix = matrix(&[(1, "?b")]);
        assert!(matrix.resolve(0, 0, &observation('b')));
        assert!(!matrix.resolve(0, 0, &observation('c')));
        assert_eq!(matrix.outcome(0, 0), matrix.outcome(0, 1));
    }

    #[test]
    fn duplicates_may_come_later() {
        let mut matrix = matrix(&[(3, "a")]);
        matrix.add_weight(0, 4);
        assert_eq!(matrix.weight(0), 7);
        matrix.add_weight(0, u64::MAX);
        assert_eq!(matrix.weight(0), u64::MAX);
    }

    #[test]
    fn a_shrunk_matrix_still_knows_its_outputs() {
        let mut matrix = matrix(&[(1, "ab"), (1, "bc")]);
        matrix.shrink_to_fit();
        matrix.push_row(1, &[observation('c'), observation('a')]);
        assert_eq!(matrix.n_outputs(), 3);
        assert_eq!(matrix.outcome(2, 0), matrix.outcome(1, 1));
    }

    /// Bytes of a matrix with this many cells and distinct outputs, by what one row more costs.
    fn bytes_at(n_rows: usize, n_inputs: usize, n_outputs: usize) -> usize {
        let cells = |n_rows| {
            let mut matrix = ExecutionMatrix::with_capacity(n_inputs, n_rows);
            for _ in 0..n_rows {
                matrix.push_row(1, &vec![observation('a'); n_inputs]);
            }
            matrix.shrink_to_fit();
            matrix.size_bytes()
        };
        let a_row = cells(20) - cells(19);
        cells(1) + a_row * (n_rows - 1) + n_outputs * Digests::BYTES
    }

    #[test]
    fn a_hundred_thousand_programs_on_two_hundred_inputs_fit_in_a_gibibyte() {
        const ROWS: usize = 100_000;
        const INPUTS: usize = 200;
        const GIB: usize = 1 << 30;
        let usual = bytes_at(ROWS, INPUTS, ROWS * INPUTS / 10);
        assert!(usual < GIB / 2, "{usual} bytes");
        let worst = bytes_at(ROWS, INPUTS, ROWS * INPUTS);
        assert!(worst < GIB, "{worst} bytes");
    }
}
