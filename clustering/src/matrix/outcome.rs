//! One execution as the matrix sees it, and the part of it that is compared.
//!
//! Outputs are digests here, never text, and nothing says which of them are right.

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

/// All endings, each at the place of its number.
pub(super) const ENDINGS: [EndingClass; 7] = [
    EndingClass::Ok,
    EndingClass::Exit,
    EndingClass::Trap,
    EndingClass::Fuel,
    EndingClass::Memory,
    EndingClass::Output,
    EndingClass::Unknown,
];

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

/// The number of an output within one [`ExecutionMatrix`](crate::ExecutionMatrix): equal numbers, equal digests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OutputId(pub(super) u32);

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

impl OutputId {
    /// Returns the number itself: below [`ExecutionMatrix::n_outputs`](crate::ExecutionMatrix::n_outputs).
    pub fn index(self) -> usize {
        self.0 as usize
    }
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
