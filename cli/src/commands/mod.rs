//! One file a subcommand: its arguments, what it asks of the library, and how it ends.

pub(crate) mod check;
mod ctrl_c;
pub(crate) mod doctor;
pub(crate) mod evaluate;
mod evaluate_tables;
pub(crate) mod explain;
pub(crate) mod inputs;
pub(crate) mod judge;
pub(crate) mod prompt;
pub(crate) mod report;
pub(crate) mod resume;
pub(crate) mod run;
mod session;
pub(crate) mod setup;
pub(crate) mod show;
pub(crate) mod solve;
pub(crate) mod validate;
pub(crate) mod verify;

use self::{ctrl_c::stop_on_ctrl_c, session::Session};
