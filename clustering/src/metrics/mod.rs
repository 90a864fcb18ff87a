//! How good a search is, for one problem and over many.
//!
//! Which candidates are right comes from outside: no rule sees it.

mod counts;

pub use self::counts::{n_at_k, oracle, pass_at_k};
