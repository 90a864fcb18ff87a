//! Python: the guest itself compiles the source, in the sandbox, to marshalled code.
//!
//! So a syntax error is a compile error as on every judge, the text is parsed once and not once a
//! test, and two sources with the same code are one artifact.

use super::{
    Compilation, CompileFailure, CompileFailureKind, CompileOutcome, ProcessTimes, Toolchain,
    printable,
};
use crate::{CompileLimits, Digest, Ending, Limits, SandboxError, runtime::PythonGuest};

/// The toolchain of Python candidates.
pub(crate) struct Python {
    guest: PythonGuest,
    guest_digest: Digest,
}

impl Python {
    /// Makes the toolchain of a loaded guest, named by the digest of its component.
    pub(crate) fn new(guest: PythonGuest, guest_digest: Digest) -> Self {
        Self {
            guest,
            guest_digest,
        }
    }

    pub(crate) fn guest(&self) -> &PythonGuest {
        &self.guest
    }
}

impl Toolchain for Python {
    fn identity(&self) -> Digest {
        Digest::of_parts(
            "riddle 2026-11-22 python toolchain",
            &[&self.guest_digest.0],
        )
    }

    fn compile(&self, source: &[u8], limits: &CompileLimits) -> Result<Compilation, SandboxError> {
        let guest_limits = Limits {
            fuel: limits.fuel,
            memory_bytes: limits.memory_bytes,
            backstop: limits.cpu_time,
            ..Limits::default()
        };
        let result = self.guest.compile(source, &guest_limits)?;
        let outcome = match result {
            Ok(Ok(code)) if code.len() as u64 > limits.module_bytes => {
                CompileOutcome::Failed(CompileFailure::new(
                    CompileFailureKind::ObjectTooLarge,
                    format!(
                        "code has {} bytes: the limit is {}",
                        code.len(),
                        limits.module_bytes
                    ),
                ))
            }
            Ok(Ok(code)) => CompileOutcome::PythonCode(code),
            Ok(Err(message)) => CompileOutcome::Failed(CompileFailure::new(
                CompileFailureKind::Diagnostics,
                printable(&message, limits.diagnostics_bytes),
            )),
            Err(Ending::Backstop) => CompileOutcome::Failed(CompileFailure::new(
                CompileFailureKind::Backstop,
                "compiling met the wall-clock backstop",
            )),
            Err(ending) => CompileOutcome::Failed(CompileFailure::new(
                CompileFailureKind::Exhausted,
                format!("compiling ended with `{}`", ending.name()),
            )),
        };
        Ok(Compilation {
            outcome,
            // It ran on the caller's thread, which counts its own time.
            processes: ProcessTimes::default(),
        })
    }
}
