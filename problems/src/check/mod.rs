//! Deciding whether an output is right.
//!
//! Pure: nothing in this folder reads a file or a clock, or can fail on any bytes.
//!
//! ```text
//! checker ──► tokens, kattis (flags), testlib, dmoj, alphacode, evalplus (value),
//!    │        harness (apps)                                           one file a family of rules
//!    │           └─► scan, number: C's texts    python, decimal: Python's texts
//!    └─► difference
//! profiles: the names of all checkers
//! ```

mod alphacode;
mod apps;
mod checker;
mod decimal;
mod difference;
mod dmoj;
mod evalplus;
mod flags;
mod form;
mod harness;
mod kattis;
mod number;
mod profiles;
mod python;
mod scan;
mod testlib;
mod tokens;
mod value;

pub use checker::{Checker, Judgement};
pub use difference::{Difference, QUOTED_BYTES};
pub use dmoj::Dmoj;
pub use flags::{FlagsError, KattisFlags};
pub use harness::Harness;
pub use profiles::CheckerError;
pub use testlib::Testlib;
