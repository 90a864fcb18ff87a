//! Running compiled guests: one fresh instance an execution, nothing shared, nothing that varies.
//!
//! Knows wasmtime and WASI; does not know languages, files on disk or what a right answer is.
//! Each execution runs on a fiber of its own with a stack of [`WASM_STACK_BYTES`], so it makes no
//! demands on the calling thread's stack, and it yields every [`YIELD_INTERVAL_FUEL`] so that the
//! wall-clock backstop and the caller's cancellation are seen.

mod clock;
mod config;
mod cpu_time;
mod drive;
mod invocation;
mod meter;
mod module;
mod preview1;
mod python;
mod rehearsal;
mod shared;
mod stdio;

pub(crate) use self::{
    config::{EngineKind, MAX_TABLE_ELEMENTS, MAX_TABLES, engine, pagemap_scan_available},
    cpu_time::time_on_this_thread,
    invocation::Invocation,
    module::{ModuleProgram, ModuleRuntime},
    python::PythonGuest,
    shared::SharedRuntime,
};
pub use self::{
    config::{WASM_STACK_BYTES, YIELD_INTERVAL_FUEL},
    drive::Cancel,
};
