//! What ends a run: bad input that nothing can be done with, or a fault of ours.

use std::{io, path::PathBuf};

use riddle_problems::LoadError;
use riddle_sandbox::SandboxError;
use thiserror::Error;

use crate::PromptError;
use crate::SamplerError;

/// A run could not be done.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum EngineError {
    /// A problem could not be loaded; the error names file and field.
    #[error(transparent)]
    Problem(#[from] LoadError),
    /// A problem cannot be judged.
    #[error("problem `{problem}` cannot be judged: {reason}")]
    Judge {
        /// The problem's id.
        problem: String,
        /// What is missing, with the program's name.
        reason: String,
    },
    /// A problem has nothing to validate inputs with.
    #[error("problem `{problem}` has no input validators")]
    NoValidators {
        /// The problem's id.
        problem: String,
    },
    /// The sampler failed before it gave anything.
    #[error(transparent)]
    Sampler(#[from] SamplerError),
    /// The sandbox failed.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// A prompt could not be written; the error names file and field.
    #[error(transparent)]
    Prompt(#[from] PromptError),
    /// A file could not be read or written.
    #[error("could not {action}")]
    Io {
        /// What was being done, with the file named.
        action: String,
        /// The cause.
        #[source]
        source: io::Error,
    },
    /// The run's database failed.
    #[error("could not {action} in the run database `{}`", path.display())]
    Database {
        /// What was being done.
        action: &'static str,
        /// The database.
        path: PathBuf,
        /// The cause.
        #[source]
        source: rusqlite::Error,
    },
    /// The run folder holds something else.
    #[error("`{}` is not an empty folder", path.display())]
    RunFolderInUse {
        /// The folder.
        path: PathBuf,
    },
    /// Another process writes this run.
    #[error("another process is writing `{}`", path.display())]
    RunInUse {
        /// The journal.
        path: PathBuf,
    },
    /// The folder is no run.
    #[error("`{}` is not a run folder: {reason}", path.display())]
    NotARun {
        /// The folder.
        path: PathBuf,
        /// What is missing or wrong.
        reason: String,
    },
    /// The run was made by what this is not: its results cannot be compared with ours.
    #[error("`{}` is not comparable: {reason}", path.display())]
    NotComparable {
        /// The folder.
        path: PathBuf,
        /// What differs.
        reason: String,
    },
    /// The file is no execution matrix.
    #[error("`{}` is not an execution matrix: {reason}", path.display())]
    NotAMatrix {
        /// The file.
        path: PathBuf,
        /// What is missing or wrong.
        reason: String,
    },
    /// A run was asked for that cannot be.
    #[error("{0}")]
    Config(String),
    /// The user interrupted it before there was anything to report.
    #[error("interrupted while the time limit was derived")]
    Interrupted,
    /// A thread of ours panicked over one candidate.
    #[error("internal fault while working on `{candidate}`: {message}")]
    Panicked {
        /// The candidate or submission.
        candidate: String,
        /// What the panic said.
        message: String,
    },
}

impl EngineError {
    pub(crate) fn io(action: impl Into<String>, source: io::Error) -> Self {
        Self::Io {
            action: action.into(),
            source,
        }
    }

    /// Returns what the user can do about it, if anything.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Problem(error) => error.hint().map(Into::into),
            Self::Sandbox(error) => error.hint().map(Into::into),
            Self::Sampler(error) => error.hint().map(Into::into),
            Self::Prompt(error) => error.hint(),
            Self::NoValidators { .. } => Some(
                "put programs that exit with code 42 for a valid input into `input_validators`"
                    .to_owned(),
            ),
            Self::RunFolderInUse { .. } => Some("pass another folder by `-o`".to_owned()),
            _ => None,
        }
    }
}
