//! What commands over several problems work with: the sandbox, the worker threads, and an interrupt that Ctrl-C sets.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use riddle_engine::{EngineError, Interrupt, Workers, sandbox::Sandbox};

use super::stop_on_ctrl_c;
use crate::{
    args::{JobsArgs, SandboxArgs},
    printer::Printer,
};

/// What every problem is worked on with.
pub(super) struct Session {
    pub(super) sandbox: Arc<Sandbox>,
    pub(super) workers: Workers,
    pub(super) interrupt: Interrupt,
    pub(super) printer: Printer,
}

/// What came of several problems.
pub(super) struct Done<T> {
    /// Of each that could be worked on.
    pub(super) problems: Vec<T>,
    /// Whether there was none that could not.
    pub(super) is_all: bool,
}

impl Session {
    pub(super) fn open(
        sandbox: &SandboxArgs,
        jobs: &JobsArgs,
        printer: Printer,
    ) -> anyhow::Result<Self> {
        let session = Self {
            sandbox: sandbox.open(jobs.n(), 0)?,
            workers: Workers::start(jobs.n() as usize)?,
            interrupt: Interrupt::new(),
            printer,
        };
        stop_on_ctrl_c(&session.interrupt, move |message| printer.note(message))?;
        Ok(session)
    }

    /// Works on one problem after the other, up to an interrupt. The outer error of `work` is of the output and ends all,
    /// the inner one is of the problem and is printed.
    pub(super) fn each<T>(
        &self,
        folders: &[PathBuf],
        mut work: impl FnMut(&Path) -> anyhow::Result<Result<T, EngineError>>,
    ) -> anyhow::Result<Done<T>> {
        let mut done = Done {
            problems: Vec::new(),
            is_all: true,
        };
        for folder in folders {
            if self.interrupt.is_set() {
                break;
            }
            match work(folder)? {
                Ok(problem) => done.problems.push(problem),
                Err(error @ EngineError::Interrupted) => self.printer.note(&error.to_string()),
                Err(error) => {
                    self.printer.error(&error.into());
                    done.is_all = false;
                }
            }
        }
        Ok(done)
    }
}
