//! Plain WebAssembly, binary or text: nothing to compile but the text form.

use super::{Compilation, CompileFailure, CompileOutcome, ProcessTimes, Toolchain};
use crate::{CompileLimits, Digest, SandboxError};

/// The toolchain of candidates that are WebAssembly already.
pub(crate) struct Wasm;

impl Toolchain for Wasm {
    fn identity(&self) -> Digest {
        Digest::of(b"wasm, or wat by wasmtime 48")
    }

    fn compile(&self, source: &[u8], limits: &CompileLimits) -> Result<Compilation, SandboxError> {
        let outcome = match wat::parse_bytes(source) {
            Ok(wasm) => CompileOutcome::Module {
                wasm: wasm.into_owned(),
                stack_bytes: 0,
                static_reason: None,
            },
            Err(error) => CompileOutcome::Failed(CompileFailure::rejected(
                &error.to_string(),
                limits.diagnostics_bytes,
            )),
        };
        Ok(Compilation {
            outcome,
            processes: ProcessTimes::default(),
        })
    }
}
