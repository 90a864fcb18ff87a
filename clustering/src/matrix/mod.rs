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
pub(crate) mod tests;
