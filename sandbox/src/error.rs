//! Faults of ours: what the sandbox could not do, as opposed to what a guest did.

use std::{io, path::PathBuf};

use thiserror::Error;

use crate::Language;

/// The sandbox could not do its part.
///
/// Never a candidate's doing: that is an [`Ending`](crate::Ending) or a
/// [`CompileFailure`](crate::CompileFailure).
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// An operation on a file or process failed.
    #[error("could not {action}")]
    Io {
        /// What was being done, with the file named.
        action: String,
        /// The cause.
        #[source]
        source: io::Error,
    },
    /// A language has no toolchain here.
    #[error("no toolchain for `{language}`: {reason}")]
    NoToolchain {
        /// The language.
        language: Language,
        /// What is missing.
        reason: String,
    },
    /// An installed toolchain does not do what it should.
    #[error("toolchain at `{}` is unusable: {reason}", path.display())]
    BadToolchain {
        /// Where it is installed.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The compiler cannot be confined on this machine.
    #[error("cannot confine the compiler: {reason}")]
    Unconfined {
        /// What the kernel lacks.
        reason: String,
    },
    /// The runtime failed where no guest can be blamed.
    #[error("could not {action}")]
    Runtime {
        /// What was being done.
        action: String,
        /// The cause, as wasmtime gives it.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl SandboxError {
    pub(crate) fn io(action: impl Into<String>, source: io::Error) -> Self {
        Self::Io {
            action: action.into(),
            source,
        }
    }

    pub(crate) fn runtime(action: impl Into<String>, source: wasmtime::Error) -> Self {
        Self::Runtime {
            action: action.into(),
            source: source.into(),
        }
    }

    /// Returns what the user can do about it, if anything.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NoToolchain {
                language: Language::Go,
                ..
            } => None,
            Self::NoToolchain { .. } => Some("run `riddle setup`, or `riddle doctor` to see why"),
            Self::BadToolchain { .. } => Some("run `riddle setup --force` to install it again"),
            Self::Unconfined { .. } => Some(
                "use a kernel with Landlock (5.13), or pass `--unconfined` for sources you trust",
            ),
            Self::Io { .. } | Self::Runtime { .. } => None,
        }
    }
}
