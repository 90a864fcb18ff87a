//! Programs that come with a problem, each with what its author expects of it.
//!
//! Which language a program is in, and how it runs, is not known here.

use std::fmt;

use crate::{Expectation, Verdict};

/// A labelled program of a problem's package.
#[derive(Clone, Debug, PartialEq)]
pub struct Submission {
    /// Path below the problem folder, parts joined by `/`. A folder for a program of several files.
    pub path: String,
    /// What its author expects of it; `None` where nothing says so.
    pub expected: Option<Expectation>,
    /// Its language, where `submissions.yaml` or `problem.xml` says so: a code of the package's format.
    pub language: Option<String>,
    /// Where it starts, likewise: a file, a class, or whatever its language has.
    pub entry: Option<String>,
    /// Its files, at least one, in byte order of name.
    pub files: Vec<SourceFile>,
}

impl Submission {
    /// Returns the one verdict that is expected of it, if it is one.
    pub fn label(&self) -> Option<Verdict> {
        self.expected.as_ref()?.single()
    }
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
