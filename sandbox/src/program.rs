//! A program that is ready to run. Does not know how it came to be.

use std::sync::{Arc, OnceLock};

use crate::{Digest, Language, Limits, WASM_STACK_BYTES, runtime::ModuleProgram};

/// A candidate compiled and ready to be executed.
#[derive(Clone)]
pub struct Program {
    pub(crate) language: Language,
    pub(crate) digest: Digest,
    pub(crate) module: ModuleProgram,
    /// The same with files, made when it is first asked for.
    pub(crate) with_files: Arc<OnceLock<ModuleProgram>>,
    pub(crate) static_reason: Option<Arc<str>>,
}

impl Program {
    /// Returns the language that it was written in.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Returns the digest of the artifact: equal digests are the same program.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Returns the memory that one execution may take up on this machine at the most, in bytes: what the limits
    /// allow, and both stacks, the one in its own memory and the one that its machine code uses.
    pub(crate) fn most_bytes(&self, limits: &Limits) -> u64 {
        let stack_bytes = self.module.stack_bytes();
        [limits.stdout_bytes, limits.stderr_bytes, stack_bytes]
            .into_iter()
            .fold(limits.memory_bytes, u64::saturating_add)
            .saturating_add(WASM_STACK_BYTES as u64)
    }

    /// Returns why a C or C++ program has a copy of the library of its own; `None` if it is on the shared
    /// runtime, or in another language.
    pub fn static_reason(&self) -> Option<&str> {
        self.static_reason.as_deref()
    }
}
