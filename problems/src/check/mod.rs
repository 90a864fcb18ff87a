//! Deciding whether an output is right.
//!
//! Pure: nothing in this folder reads a file or a clock, or can fail on any bytes.

mod checker;
mod flags;
mod number;
mod scan;

pub use checker::{Checker, Difference, Judgement, QUOTED_BYTES};
pub use flags::{FlagsError, KattisFlags};
