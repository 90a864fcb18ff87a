//! Python: the guest itself compiles the source, in the sandbox, to marshalled code.
//!
//! So a syntax error is a compile error as on every judge, the text is parsed once and not once a
//! test, and two sources with the same code are one artifact.

use std::sync::Arc;

use super::{
    Compilation, CompileFailure, CompileFailureKind, CompileOutcome, ProcessTimes, Toolchain,
    printable, python_modules,
};
use crate::{
    CompileLimits, Digest, Ending, Limits, Request, SandboxError, SourceFiles,
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

impl Python {
    /// Makes code of one text, in the guest.
    fn code(&self, source: &[u8], limits: &CompileLimits) -> Result<Code, SandboxError> {
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
        let failed = |kind, text: String| Err(CompileFailure::new(kind, text));
        Ok(match execution.ending {
            Ending::Ok => Ok(execution.stdout),
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
        })
    }

    /// Makes code of a source and the modules beside it.
    fn code_with(
        &self,
        source: &[u8],
        files: &SourceFiles,
        limits: &CompileLimits,
    ) -> Result<Code, SandboxError> {
        let main = match self.code(source, limits)? {
            Ok(main) => main,
            Err(failure) => return Ok(Err(failure)),
        };
        let modules = python_modules::modules(files);
        if modules.is_empty() {
            return Ok(Ok(main));
        }
        let mut compiled = Vec::new();
        for module in modules {
            match self.code(module.source, limits)? {
                Ok(code) => compiled.push((module, code)),
                Err(mut failure) => {
                    // The guest knows one name for every text.
                    failure.text = failure.text.replace("main.py", module.path);
                    return Ok(Err(failure));
                }
            }
        }
        self.code(&python_modules::joined(&main, &compiled), limits)
    }
}

/// Marshalled code, or why there is none.
type Code = Result<Vec<u8>, CompileFailure>;

impl Toolchain for Python {
    fn identity(&self) -> Digest {
        Digest::of_parts(
            "riddle 2026-11-25 python toolchain, files",
            &[&self.guest_digest.0],
        )
    }

    fn compile(&self, source: &[u8], limits: &CompileLimits) -> Result<Compilation, SandboxError> {
        self.compile_with(source, &SourceFiles::default(), limits)
    }

    fn compile_with(
        &self,
        source: &[u8],
        files: &SourceFiles,
        limits: &CompileLimits,
    ) -> Result<Compilation, SandboxError> {
        let code = self.code_with(source, files, limits)?;
        Ok(Compilation {
            outcome: code.map_or_else(CompileOutcome::Failed, CompileOutcome::PythonCode),
            // It ran on the caller's thread, which counts its own time.
            processes: ProcessTimes::default(),
        })
    }
}
