//! What a task is and what a right answer is.
//!
//! This crate reads problems, judges outputs and makes inputs. It does not know how a program is
//! compiled or run, what a language is, or how candidates are grouped.
//!
//! ```text
//! folder ──► load ──► Problem ─┬─► Task          statement, limits, checker, public tests
//!                              ├─► PrivateTests  closed to all but the scorer and the judge
//!                              └─► warnings      what the folder lacks and we did without
//! folder ──► load_submissions ──► labelled programs
//! public inputs ──► mutate ──► generated inputs
//! (answer, output) ──► Checker ──► Judgement
//! ```
//!
//! ```
//! use riddle_problems::Checker;
//!
//! assert!(Checker::Tokens.judge(b"1 2\n", b"1\n2").accepted);
//! let judgement = Checker::Tokens.judge(b"YES\n", b"yes\n");
//! let difference = judgement.difference.expect("a refused output has a difference");
//! assert_eq!(difference.to_string(), "token 1, line 1: expected `YES`, found `yes`");
//! ```

mod check;
mod error;
pub mod inputs;
mod read;
mod submission;
mod task;
mod verdict;

pub use check::{
    Checker, CheckerError, Difference, Dmoj, FlagsError, Harness, Judgement, KattisFlags,
    QUOTED_BYTES, Testlib,
};
pub use error::{LoadError, LoadErrorKind};
pub use inputs::mutate;
pub use read::{Format, LoadOptions, UnknownFormat, load, load_submissions, read_bounds};
pub use submission::{SourceFile, Submission};
pub use task::{PrivateTests, Problem, Rounding, Task, TaskLimits, Test, TimeLimit};
pub use verdict::{UnknownVerdict, Verdict};
