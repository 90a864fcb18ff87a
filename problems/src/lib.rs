//! What a task is and what a right answer is.
//!
//! This crate reads problems, judges outputs and makes inputs. It does not know how a program is
//! compiled or run, or how candidates are grouped; what a package's own program is written in, it
//! only guesses from the endings of its files.
//!
//! ```text
//! folder ──► load ──► Problem ─┬─► Task          statement, limits, checker, public tests
//!                              ├─► PrivateTests  closed to all but the scorer and the judge
//!                              ├─► TestGroup     which tests count together, and how
//!                              ├─► Validation    programs and data to check the tests with
//!                              └─► warnings      what the folder lacks and we did without
//! folder ──► load_submissions ──► programs, each with its Expectation
//! (TestGroup, outcomes) ──► score::grade ──► verdict and score
//! public inputs ──► mutate ──► generated inputs
//! (public inputs, statement) ──► inputs::grammar ──► generated and scaled inputs
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
mod ctd;
mod error;
mod expectation;
mod glob;
mod groups;
pub mod inputs;
mod judging;
mod limits;
mod read;
pub mod score;
mod submission;
mod task;
mod validation;
mod verdict;

pub use check::{
    Checker, CheckerError, Difference, Dmoj, FlagsError, Harness, Judgement, KattisFlags,
    QUOTED_BYTES, Testlib,
};
pub use ctd::{Checktestdata, CtdError, CtdFailure, MAX_SCRIPT_BYTES, MAX_WORK};
pub use error::{LoadError, LoadErrorKind};
pub use expectation::{Expectation, Rule, ScoreExpectation, TimeBound, VerdictSet};
pub use glob::Glob;
pub use groups::{
    Aggregation, GroupItem, GroupRule, LegacyRule, ModernRule, OnReject, PolygonRule, ScoreMode,
    StaticValidation, TestGroup, VerdictMode,
};
pub use inputs::{mutate, reduce};
pub use judging::{
    Interaction, Judge, JudgeLanguage, JudgeLimits, JudgeProgram, Judging, Protocol,
};
pub use limits::{Rounding, TaskLimits, TimeLimit};
pub use read::{
    Format, LoadOptions, UnknownFormat, load, load_submissions, load_submissions_as, read_bounds,
};
pub use score::{Grade, Outcome};
pub use submission::{SourceFile, Submission};
pub use task::{FileIo, Include, Objective, PrivateTests, Problem, Task, Test};
pub use validation::{OutputCase, Validation, ValidatorArgs};
pub use verdict::{UnknownVerdict, Verdict};
