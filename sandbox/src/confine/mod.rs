//! Runs one trusted program, a compiler, on hostile input, so that it reads nothing but its own
//! files, writes nothing but its private folder, and ends.
//!
//! ```text
//! Confined ──► jail: ruleset, filter, limits made ready ──► fork ─► lock ─► exec
//!          ──► watch: drain output, wait, kill the group, count CPU time ──► Ended
//! ```
//!
//! Three fences, any of which may be the one that holds: Landlock says which files, seccomp which
//! system calls, resource limits how much. Nothing here knows what a compiler or a candidate is.

mod filter;
mod jail;
mod watch;

pub(crate) use self::{
    jail::landlock_abi,
    watch::{ConfineError, Confined, End, Ended, ProcessLimits, run},
};
