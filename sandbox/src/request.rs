//! What an execution may be given beyond an input, and what a talk of two programs comes to.

use std::sync::{Arc, LazyLock};

use crate::{Execution, Files};

/// What one execution is given.
#[derive(Clone, Debug)]
pub struct Request {
    /// Standard input. Default: empty.
    pub input: Arc<[u8]>,
    /// The program's name, then its arguments. Default: `main` alone.
    pub arguments: Arc<[String]>,
    /// Files that it finds, from the root of a tree of its own. Default: none, and none can be written.
    pub files: Files,
}

impl Default for Request {
    fn default() -> Self {
        static ARGUMENTS: LazyLock<Arc<[String]>> = LazyLock::new(|| Arc::new(["main".to_owned()]));
        static INPUT: LazyLock<Arc<[u8]>> = LazyLock::new(|| Arc::new([]));
        Self {
            input: Arc::clone(&INPUT),
            arguments: Arc::clone(&ARGUMENTS),
            files: Files::default(),
        }
    }
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
