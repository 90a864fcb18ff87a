//! Exit codes. They are part of the public interface; see `docs/cli.md`.

use std::process::ExitCode;

/// Why the process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// It was done, and the answer is yes: every label met, something to submit, a clean end.
    Done = 0,
    /// It was done, and the answer is no. The candidates' failure, not an error.
    NotSo = 1,
    /// It could not be done, for a reason that is not the candidates'.
    CouldNot = 2,
    /// The user interrupted it; what was finished is reported.
    Interrupted = 130,
}

impl Exit {
    /// Returns `Done` if the answer is yes.
    pub(crate) fn answer(yes: bool) -> Self {
        if yes { Self::Done } else { Self::NotSo }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
