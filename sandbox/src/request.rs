//! What an execution may be given beyond an input, and what a talk of two programs comes to.

use std::sync::Arc;

use crate::{Execution, Files};

/// What one execution is given.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Standard input. Default: empty.
    pub input: Arc<[u8]>,
    /// The program's name, then its arguments. Default: none; C and C++ programs see `main` alone.
    pub arguments: Arc<[String]>,
    /// Files that it finds, from the root of a tree of its own. Default: no tree at all, and so no files.
    pub files: Option<Files>,
}

/// What two programs did that talked to each other.
#[derive(Clone, Debug)]
pub struct Conversation {
    /// What each did, in the order in which they were given. `stdout` is what it said to the other.
    pub executions: [Execution; 2],
    /// The files of each after the end.
    pub files: [Files; 2],
    /// Which of the two ended first; `None` if neither did.
    pub first_to_end: Option<usize>,
}
