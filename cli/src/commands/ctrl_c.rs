//! Ctrl-C: once to finish what runs and report, twice to leave at once.

use riddle_engine::{EngineError, Interrupt};

use crate::exit::Exit;

/// Sets `interrupt` at the first Ctrl-C, and says so by `note`; leaves the process at the second.
pub(super) fn stop_on_ctrl_c(
    interrupt: &Interrupt,
    note: impl Fn(&str) + Send + 'static,
) -> Result<(), EngineError> {
    interrupt.on_ctrl_c(
        move || note("stopping: what runs is finished and reported; Ctrl-C again leaves at once"),
        leave,
    )
}

#[expect(
    clippy::exit,
    reason = "the user asked twice, and does not want to wait"
)]
fn leave() {
    std::process::exit(Exit::Interrupted as i32)
}
