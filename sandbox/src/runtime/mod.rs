//! Running compiled guests: one fresh instance an execution, nothing shared, nothing that varies.
//!
//! Knows wasmtime and WASI; does not know languages, files on disk or what a right answer is.
//! Each execution runs on a fiber of its own with a stack of [`WASM_STACK_BYTES`], so it makes no
//! demands on the calling thread's stack, and it yields every [`YIELD_INTERVAL_FUEL`] so that the
//! backstop and the caller's cancellation are seen.

mod clock;
mod config;
mod converse;
mod costs;
mod cpu_time;
mod descriptors;
mod drive;
mod file_calls;
mod invocation;
mod meter;
mod module;
mod open_files;
mod pipe;
mod preview1;
mod python;
mod rehearsal;
mod shared;
mod stack;
mod stdio;

pub use self::{
    config::{CALLER_STACK_BYTES, WASM_STACK_BYTES, YIELD_INTERVAL_FUEL},
    costs::{CostClass, Metering},
    drive::Cancel,
};
pub(crate) use self::{
    config::{EngineKind, MAX_TABLE_ELEMENTS, MAX_TABLES, engine, pagemap_scan_available},
    converse::converse,
    cpu_time::time_on_this_thread,
    invocation::Invocation,
    module::{ModuleProgram, ModuleRuntime},
    python::PythonGuest,
    shared::SharedRuntime,
};

#[cfg(test)]
mod tests;
