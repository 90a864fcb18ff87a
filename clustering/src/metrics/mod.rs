//! How good a search is, for one problem and over many.
//!
//! Which candidates are right comes from outside: no rule sees it.

mod counts;
mod drawn;
mod interval;

pub use self::counts::{n_at_k, oracle, pass_at_k};
pub use self::drawn::{DrawnCurve, DrawnPoint, Draws, LabelledPool, drawn_n_at_k};
pub use self::interval::{Interval, bootstrap_mean, wilson};
