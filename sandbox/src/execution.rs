//! What one bounded run of one guest did, and nothing about whether that was right.
//!
//! The sandbox reports; the engine judges. Nothing here knows what a problem, an expected output or
//! a verdict is.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Why an execution ended.
///
/// Every way in which a guest can end is a variant here, so that a misbehaving candidate is data
/// and never an `Err`. `Err` is kept for faults of our own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "detail", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ending {
    /// The guest returned, or exited with code 0.
    Ok,
    /// The guest exited with this code, which is not 0. Of a module's code eight bits are kept, as a shell sees it.
    Exit(i32),
    /// The guest trapped; the text is wasmtime's own description.
    Trap(String),
    /// [`Limits::fuel`](crate::Limits::fuel) ran out.
    Fuel,
    /// The guest asked for more than [`Limits::memory_bytes`](crate::Limits::memory_bytes).
    Memory,
    /// The guest wrote more than [`Limits::stdout_bytes`](crate::Limits::stdout_bytes).
    Output,
    /// The guest and the one that it talked to waited for each other.
    Deadlock,
    /// [`Limits::backstop`](crate::Limits::backstop) was used up, or the caller cancelled. The only
    /// ending that may differ between two executions.
    Backstop,
}

impl Ending {
    /// Returns true if a second execution with the same limits must end the same way.
    pub fn is_deterministic(&self) -> bool {
        !matches!(self, Self::Backstop)
    }

    /// Returns the ending's name in files and on the command line.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Exit(_) => "exit",
            Self::Trap(_) => "trap",
            Self::Fuel => "fuel",
            Self::Memory => "memory",
            Self::Output => "output",
            Self::Deadlock => "deadlock",
            Self::Backstop => "backstop",
        }
    }

    /// Returns the exit code, if the guest ended by itself.
    pub fn exit_code(&self) -> Option<i32> {
        match self {
            Self::Ok => Some(0),
            Self::Exit(code) => Some(*code),
            _ => None,
        }
    }
}

/// What one execution did.
#[derive(Clone, Debug)]
pub struct Execution {
    /// How it ended.
    pub ending: Ending,
    /// What it wrote to standard output, at most [`Limits::stdout_bytes`](crate::Limits::stdout_bytes).
    pub stdout: Vec<u8>,
    /// The head of what it wrote to standard error.
    pub stderr: Vec<u8>,
    /// Bytes written to standard error, kept or not.
    pub n_stderr_bytes: u64,
    /// Fuel consumed. After a trap it is a lower bound: the last basic block is not counted.
    pub fuel: u64,
    /// Peak linear memory, in bytes, without the reserved call stack; of Python, without what the interpreter starts with.
    pub memory_bytes: u64,
    /// CPU time of the thread, instantiation and tear-down included. Not deterministic.
    pub cpu_time: Duration,
}
