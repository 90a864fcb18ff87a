//! From source text to an artifact: one file a language, one trait for all.
//!
//! A toolchain does not cache, does not load what it made, and does not know who asked.

mod bulk;
mod clang;
mod cpp_text;
mod formats;
mod go;
mod lp64;
mod names;
mod parts;
mod python;
mod python_modules;
mod rust;
mod tokens;
mod wasm;
mod work;
mod zeros;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub(crate) use self::{
    clang::{Clang, ClangLanguage},
    go::Go,
    python::Python,
    rust::Rust,
    wasm::Wasm,
};
use crate::{CompileLimits, Digest, SandboxError, SourceFiles};

/// Turns source text into an artifact.
pub(crate) trait Toolchain: Send + Sync {
    /// Returns the digest of everything but the source that shapes the artifact.
    fn identity(&self) -> Digest;

    /// Compiles one source file. Whatever is wrong with the source is an outcome, not an `Err`.
    fn compile(&self, source: &[u8], limits: &CompileLimits) -> Result<Compilation, SandboxError>;

    /// Compiles a source with the files beside it.
    fn compile_with(
        &self,
        source: &[u8],
        files: &SourceFiles,
        limits: &CompileLimits,
    ) -> Result<Compilation, SandboxError> {
        if files.is_empty() {
            return self.compile(source, limits);
        }
        let kind = CompileFailureKind::Unsupported;
        let text = "a module is one file";
        Ok(Compilation {
            outcome: CompileOutcome::Failed(CompileFailure::new(kind, text)),
            processes: ProcessTimes::default(),
        })
    }
}

/// What a toolchain made, and at what cost.
pub(crate) struct Compilation {
    pub(crate) outcome: CompileOutcome,
    /// CPU time of the processes that were started for it. Not deterministic.
    pub(crate) processes: ProcessTimes,
}

/// CPU time of compiler processes. Not deterministic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProcessTimes {
    /// From source to object.
    pub compiler: Duration,
    /// From object to module.
    pub linker: Duration,
}

/// What a toolchain made.
pub(crate) enum CompileOutcome {
    /// A WASI command module.
    Module {
        wasm: Vec<u8>,
        /// Linear memory that the module sets aside for its call stack, in bytes.
        stack_bytes: u64,
        /// Why it is not on the shared runtime, if its language has one.
        static_reason: Option<String>,
    },
    /// A module that is linked onto the shared runtime.
    Shared { wasm: Vec<u8> },
    /// Marshalled code for the Python guest.
    PythonCode(Vec<u8>),
    /// Nothing: the source is not a program.
    Failed(CompileFailure),
}

/// Why a source did not become a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompileFailure {
    /// The kind of failure.
    pub kind: CompileFailureKind,
    /// The compiler's first messages: control characters removed, bounded by
    /// [`CompileLimits::diagnostics_bytes`].
    pub text: String,
}

/// The kinds of compile failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CompileFailureKind {
    /// The compiler rejects the source.
    Diagnostics,
    /// The source is larger than [`CompileLimits::source_bytes`].
    SourceTooLarge,
    /// The object is larger than [`CompileLimits::object_bytes`], or the module than
    /// [`CompileLimits::module_bytes`] or in another way than we let into
    /// Cranelift.
    ObjectTooLarge,
    /// The compiler met one of its deterministic limits: memory, or fuel.
    Exhausted,
    /// The source needs what this toolchain does not have; counted apart from programs that are wrong.
    Unsupported,
    /// The compiler met its CPU-time or wall-clock backstop. May differ between two attempts, so it is
    /// never cached.
    Backstop,
}

impl CompileFailure {
    pub(crate) fn new(kind: CompileFailureKind, text: impl Into<String>) -> Self {
        Self {
            kind,
            text: text.into(),
        }
    }

    /// Makes the failure of a source that was rejected with a message, which may quote the source.
    pub(crate) fn rejected(message: &str, max_bytes: usize) -> Self {
        Self::new(
            CompileFailureKind::Diagnostics,
            printable(message, max_bytes),
        )
    }

    /// Returns true if a second attempt must fail the same way.
    pub fn is_deterministic(&self) -> bool {
        self.kind != CompileFailureKind::Backstop
    }
}

/// Cuts a message and takes out what a terminal would act on.
fn printable(message: &str, max_bytes: usize) -> String {
    let mut text: String = message
        .chars()
        .map(|it| {
            if it.is_control() && it != '\n' && it != '\t' {
                '\u{fffd}'
            } else {
                it
            }
        })
        .collect();
    text.truncate(text.floor_char_boundary(max_bytes));
    text
}
