//! The record of what every program did on every input: the [`ExecutionMatrix`].
//!
//! It holds digests of outputs, never outputs, and does not know which outputs are right.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The digest of one output. Equal digests are taken for equal outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Digest(pub [u8; 32]);

/// How an execution ended, as far as clustering can tell two endings apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndingClass {
    /// The program came to its end and reported success.
    Ok,
    /// The program exited with a code other than zero; the code is not compared.
    Exit,
    /// The program crashed.
    Trap,
    /// The fuel ran out.
    Fuel,
    /// The program asked for more memory than it may have.
    Memory,
    /// The program wrote more than it may.
    Output,
    /// What the program would have done is not known: the execution was ended from outside, by the
    /// backstop for example. Matches nothing, not even another `Unknown`.
    Unknown,
}

/// What one execution did, as the caller saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observation {
    /// How it ended.
    pub ending: EndingClass,
    /// The digest of all that it printed, also where it did not end well.
    pub output: Digest,
    /// Fuel used, in the sandbox's units; a lower bound where the ending is not `Ok`.
    pub fuel: u64,
    /// Peak linear memory, in bytes.
    pub memory_bytes: u64,
}

/// The number of an output within one [`ExecutionMatrix`]: equal numbers, equal digests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OutputId(u32);

/// One execution in the matrix: an [`Observation`] with its output numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// How it ended.
    pub ending: EndingClass,
    /// What it printed.
    pub output: OutputId,
    /// Fuel used, in the sandbox's units; a lower bound where the ending is not `Ok`.
    pub fuel: u64,
    /// Peak linear memory, in bytes.
    pub memory_bytes: u64,
}

/// The part of a [`Cell`] that is compared: two executions behaved alike if and only if their
/// outcomes are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The program ended well and printed this.
    Answered(OutputId),
    /// The program ended in this way, which is not `Ok`.
    Failed(EndingClass),
}

impl Cell {
    /// Returns what this execution is compared by, or `None` if it must not be compared.
    ///
    /// The output counts only where the program ended well. A judge does not read what a crashed
    /// program printed; how much of it got out before fuel or output ran out is an accident of
    /// buffering; and generated inputs may be invalid, where right programs fail each in its own
    /// way: counting the partial output would split a cluster of right programs over an input that
    /// no judge will send.
    pub fn outcome(&self) -> Option<Outcome> {
        match self.ending {
            EndingClass::Ok => Some(Outcome::Answered(self.output)),
            EndingClass::Unknown => None,
            ending @ (EndingClass::Exit
            | EndingClass::Trap
            | EndingClass::Fuel
            | EndingClass::Memory
            | EndingClass::Output) => Some(Outcome::Failed(ending)),
        }
    }
}

/// What every program (row) did on every input (column).
///
/// Stored by column and field, at 21 bytes a cell: 8,192 programs on 50 inputs take 8.6 MB and 32
/// bytes for each distinct output. Rows are only ever added, so a row keeps its index.
#[derive(Clone, Debug, Default)]
pub struct ExecutionMatrix {
    weights: Vec<u64>,
    columns: Vec<Column>,
    digests: Vec<Digest>,
    ids: BTreeMap<Digest, OutputId>,
}

#[derive(Clone, Debug, Default)]
struct Column {
    endings: Vec<EndingClass>,
    outputs: Vec<OutputId>,
    fuel: Vec<u64>,
    memory_bytes: Vec<u64>,
}

impl ExecutionMatrix {
    /// Returns a matrix without rows, for programs that ran on `n_inputs` inputs.
    pub fn new(n_inputs: usize) -> Self {
        Self {
            columns: vec![Column::default(); n_inputs],
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
    /// than `u32::MAX` distinct outputs.
    pub fn push_row(&mut self, weight: u64, observations: &[Observation]) -> usize {
        assert_eq!(
            observations.len(),
            self.columns.len(),
            "a row has one observation an input"
        );
        let row = self.weights.len();
        self.weights.push(weight);
        for (input, observation) in observations.iter().enumerate() {
            let output = self.intern(observation.output);
            let column = &mut self.columns[input];
            column.endings.push(observation.ending);
            column.outputs.push(output);
            column.fuel.push(observation.fuel);
            column.memory_bytes.push(observation.memory_bytes);
        }
        row
    }

    /// Returns the number of programs.
    pub fn n_rows(&self) -> usize {
        self.weights.len()
    }

    /// Returns the number of inputs.
    pub fn n_inputs(&self) -> usize {
        self.columns.len()
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
        Cell {
            ending: column.endings[row],
            output: column.outputs[row],
            fuel: column.fuel[row],
            memory_bytes: column.memory_bytes[row],
        }
    }

    /// Returns the digest that `output` is the number of.
    ///
    /// # Panics
    ///
    /// Panics if `output` is of another matrix and this one has fewer outputs.
    pub fn digest(&self, output: OutputId) -> Digest {
        self.digests[output.0 as usize]
    }

    fn intern(&mut self, digest: Digest) -> OutputId {
        *self.ids.entry(digest).or_insert_with(|| {
            let id = u32::try_from(self.digests.len()).expect("at most `u32::MAX` outputs");
            self.digests.push(digest);
            OutputId(id)
        })
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
}
