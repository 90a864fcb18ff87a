//! Programs that come with a problem, each with the verdict that its author expects.
//!
//! Which language a program is in, and how it runs, is not known here.

use std::fmt;

use crate::Verdict;

/// A labelled program of a problem's `submissions` folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// Path below the problem folder, parts joined by `/`. A folder for a program of several files.
    pub path: String,
    /// What the folder's name promises; `None` where it promises nothing we know.
    pub expected: Option<Verdict>,
    /// Its files, at least one, in byte order of name.
    pub files: Vec<SourceFile>,
}

/// One file of a program.
#[derive(Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Name, or path below the program's folder.
    pub name: String,
    /// Content, as it is on disk.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for SourceFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SourceFile({:?}: {} bytes)", self.name, self.bytes.len())
    }
}

/// Returns the verdict that a folder below `submissions` stands for.
pub(crate) fn expected_in(folder: &str) -> Option<Verdict> {
    match folder {
        "accepted" => Some(Verdict::Ac),
        "wrong_answer" => Some(Verdict::Wa),
        "time_limit_exceeded" => Some(Verdict::Tle),
        "run_time_error" | "runtime_error" => Some(Verdict::Rte),
        "compile_error" => Some(Verdict::Ce),
        _ => None,
    }
}
