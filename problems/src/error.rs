//! Errors met while loading problems.
//!
//! The path is in the struct, the case in the kind, and advice apart in [`LoadError::hint`].

use std::path::PathBuf;

use thiserror::Error;

use crate::check::FlagsError;

/// A problem could not be loaded.
#[derive(Debug, Error)]
#[error("failed to load problem from `{}`", path.display())]
#[non_exhaustive]
pub struct LoadError {
    /// The file or folder at fault.
    pub path: PathBuf,
    /// What was wrong with it.
    #[source]
    pub kind: LoadErrorKind,
}

/// What was wrong with a problem's file or folder.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LoadErrorKind {
    /// The system refused to read it.
    #[error("could not read it")]
    Read(#[source] std::io::Error),
    /// A folder was expected.
    #[error("not a folder")]
    NotAFolder,
    /// A plain file was expected.
    #[error("not a plain file")]
    NotAFile,
    /// A symbolic link points out of the problem's folder.
    #[error("symbolic link leaves the problem folder")]
    LinkLeavesFolder,
    /// A symbolic link to a folder is not followed, since it can make a loop.
    #[error("symbolic link to a folder")]
    LinkToFolder,
    /// A file's name is not UTF-8.
    #[error("file name is not UTF-8")]
    NameNotUtf8,
    /// A file is larger than we read.
    #[error("file has more than {limit_bytes} bytes: the limit for it")]
    FileTooLarge {
        /// The limit, in bytes.
        limit_bytes: u64,
    },
    /// The files together are larger than we read.
    #[error("files have more than {limit_bytes} bytes in all: the limit for one problem")]
    FolderTooLarge {
        /// The limit, in bytes.
        limit_bytes: u64,
    },
    /// The folder has more entries than we look at.
    #[error("more than {limit} files and folders: the limit for one problem")]
    TooManyFiles {
        /// The limit.
        limit: usize,
    },
    /// Folders are nested deeper than we look.
    #[error("folders are nested more than {limit} deep")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// There are more tests than we read.
    #[error("problem has {found} tests: the limit is {limit}")]
    TooManyTests {
        /// How many there are.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// A TOML, YAML or JSON file does not parse.
    #[error("line {line}: {message}")]
    Syntax {
        /// Where, from 1.
        line: usize,
        /// What the parser said, in one line.
        message: String,
    },
    /// A field holds what it must not.
    #[error("field `{field}` is {found}: expected {expected}")]
    Field {
        /// Path of the field, parts joined by dots.
        field: String,
        /// What it holds, cut short.
        found: String,
        /// What it may hold.
        expected: &'static str,
    },
    /// The flags of the checker are wrong.
    #[error("field `{field}` has bad checker flags")]
    Flags {
        /// Path of the field, parts joined by dots.
        field: String,
        /// Which flag, and why.
        #[source]
        source: FlagsError,
    },
    /// The package needs something that is not built yet.
    #[error("not supported yet: {feature}")]
    Unsupported {
        /// What it needs.
        feature: String,
    },
    /// The tests are in too many groups.
    #[error("tests are in more than {limit} groups: the limit for one problem")]
    TooManyGroups {
        /// The limit.
        limit: usize,
    },
    /// No test was found.
    #[error("problem has no tests")]
    NoTests,
    /// All tests are private.
    #[error("problem has no public test: at least 1 is needed to filter candidates on")]
    NoPublicTest,
    /// An input has no answer beside it.
    #[error("test `{test}` has an input but no answer")]
    MissingAnswer {
        /// Name of the test.
        test: String,
    },
    /// An answer has no input beside it.
    #[error("test `{test}` has an answer but no input")]
    MissingInput {
        /// Name of the test.
        test: String,
    },
    /// Some tests are divided into public and private, and this one is not.
    #[error("test `{test}` is neither public nor private, though others are")]
    Undivided {
        /// Name of the test.
        test: String,
    },
}

impl LoadError {
    /// Makes the error of one file.
    pub(crate) fn new(path: impl Into<PathBuf>, kind: LoadErrorKind) -> Self {
        Self {
            path: path.into(),
            kind,
        }
    }

    /// Makes the error of a problem that loads, and needs what its user cannot do.
    pub fn unsupported(path: impl Into<PathBuf>, feature: impl Into<String>) -> Self {
        let feature = feature.into();
        Self::new(path, LoadErrorKind::Unsupported { feature })
    }

    /// Returns what the user can do about it, if anything.
    pub fn hint(&self) -> Option<&'static str> {
        match self.kind {
            LoadErrorKind::LinkLeavesFolder | LoadErrorKind::LinkToFolder => {
                Some("put a copy in the place of the link")
            }
            LoadErrorKind::NoTests => Some(
                "tests are pairs `1.in` and `1.ans` in `tests/public` and `tests/secret`, \
                 or in a package's `data/sample` and `data/secret`",
            ),
            LoadErrorKind::NoPublicTest => Some("move a test into `tests/public`"),
            LoadErrorKind::MissingAnswer { .. } => {
                Some("put the answer beside the input, with the extension `.ans`")
            }
            LoadErrorKind::MissingInput { .. } => {
                Some("put the input beside the answer, with the extension `.in`")
            }
            LoadErrorKind::Undivided { .. } => {
                Some("move it into `tests/public` or `tests/secret`")
            }
            LoadErrorKind::Flags { .. } => Some(
                "flags are `case_sensitive`, `space_change_sensitive`, `float_tolerance E`, \
                 `float_absolute_tolerance E` and `float_relative_tolerance E`",
            ),
            _ => None,
        }
    }
}
