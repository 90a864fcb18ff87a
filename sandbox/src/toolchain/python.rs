//! Python: the guest itself compiles the source, in the sandbox, to marshalled code.
//!
//! So a syntax error is a compile error as on every judge, the text is parsed once and not once a
//! test, and two sources with the same code are one artifact.

use std::sync::Arc;

use super::{
    Compilation, CompileFailure, CompileFailureKind, CompileOutcome, ProcessTimes, Toolchain,
    printable,
};
use crate::{
    CompileLimits, Digest, Ending, Limits, Request, SandboxError,
    runtime::{Cancel, Invocation, PythonGuest},
};

/// The toolchain of Python candidates.
pub(crate) struct Python {
    guest: Arc<PythonGuest>,
    guest_digest: Digest,
}

impl Python {
    /// Makes the toolchain of a loaded guest, named by the digest of its module.
    pub(crate) fn new(guest: Arc<PythonGuest>, guest_digest: Digest) -> Self {
        Self {
            guest,
            guest_digest,
        }
    }

    pub(crate) fn guest(&self) -> &Arc<PythonGuest> {
        &self.guest
    }
}

impl Toolchain for Python {
    fn identity(&self) -> Digest {
        Digest::of_parts(
            "riddle 2026-11-25 python toolchain",
            &[&self.guest_digest.0],
        )
    }

    fn compile(&self, source: &[u8], limits: &CompileLimits) -> Result<Compilation, SandboxError> {
        let guest_limits = Limits {
            fuel: limits.fuel,
            memory_bytes: limits.memory_bytes,
            backstop: limits.cpu_time,
            stdout_bytes: limits.module_bytes,
            stderr_bytes: limits.diagnostics_bytes as u64,
        };
        let request = Request {
            input: source.into(),
            ..Request::default()
        };
        let cancel = Cancel::new();
        // Compiling does not look at the clock.
        let invocation = Invocation::new(request, &guest_limits, &cancel, u64::MAX, 0);
        let (execution, _) = self.guest.compiler().execute(&invocation)?;
        let failed = |kind, text: String| CompileOutcome::Failed(CompileFailure::new(kind, text));
        let outcome = match execution.ending {
            Ending::Ok => CompileOutcome::PythonCode(execution.stdout),
            Ending::Exit(_) => {
                let message = String::from_utf8_lossy(&execution.stderr);
                let text = printable(&message, limits.diagnostics_bytes);
                failed(CompileFailureKind::Diagnostics, text)
            }
            Ending::Output => failed(
                CompileFailureKind::ObjectTooLarge,
                format!("code has more than {} bytes", limits.module_bytes),
            ),
            Ending::Backstop => failed(
                CompileFailureKind::Backstop,
                "compiling met the backstop".to_owned(),
            ),
            ending => failed(
                CompileFailureKind::Exhausted,
                format!("compiling ended with `{}`", ending.name()),
            ),
        };
        Ok(Compilation {
            outcome,
            // It ran on the caller's thread, which counts its own time.
            processes: ProcessTimes::default(),
        })
    }
}
