//! Source text to artifact to one bounded, deterministic execution.
//!
//! ```text
//! source ── toolchain ──► wasm ── Cranelift ──► artifact ── fresh instance ──► Execution
//!             (confined)            (store: content-addressed, verified)    (fuel, memory, output)
//! ```
//!
//! [`Sandbox::compile`] turns a source into a [`Program`], [`Sandbox::execute`] runs it once on one
//! input under [`Limits`]. What a candidate does wrong is data ([`CompileFailure`], [`Ending`]); an
//! `Err` is a fault of ours.
//!
//! This crate knows nothing of problems, expected outputs or verdicts.
//!
//! ```
//! use riddle_sandbox::{Cancel, Ending, Language, Limits, Sandbox, SandboxOptions};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let cache = tempfile::tempdir()?;
//! let sandbox = Sandbox::open(SandboxOptions::new(cache.path()))?;
//! let source = br#"(module (func (export "_start") unreachable))"#;
//! let program = sandbox.compile(Language::Wasm, source)?.outcome.expect("a valid module");
//! let execution = sandbox.execute(&program, [].into(), &Limits::default(), &Cancel::new())?;
//! assert!(matches!(execution.ending, Ending::Trap(_)));
//! # Ok(())
//! # }
//! ```

mod admission;
mod calibration;
mod confine;
mod digest;
mod error;
mod execute;
mod execution;
mod files;
mod language;
mod limits;
pub mod link;
mod machine;
mod options;
mod program;
mod request;
mod runtime;
mod sandbox;
mod setup;
mod shared;
mod slots;
mod source;
mod store;
mod toolchain;

pub use self::{
    calibration::Calibration,
    digest::Digest,
    error::SandboxError,
    execution::{Ending, Execution},
    files::{Files, FilesError, MAX_FILES, MAX_PATH_BYTES, MAX_WRITTEN_BYTES},
    language::{Language, UnknownLanguage},
    limits::{CompileLimits, Limits},
    options::SandboxOptions,
    program::Program,
    request::{Conversation, Request},
    runtime::{
        CALLER_STACK_BYTES, Cancel, CostClass, Metering, WASM_STACK_BYTES, YIELD_INTERVAL_FUEL,
    },
    sandbox::{Compiled, Sandbox},
    setup::{
        Check, CheckState, SetupError, SetupOptions, SetupReport, WheelFiles, default_cache,
        doctor, fetch_wheel_files, setup,
    },
    source::{SourceFileError, SourceFiles},
    store::{DEFAULT_STORE_BYTES, StoreStats},
    toolchain::{CompileFailure, CompileFailureKind, ProcessTimes},
};
