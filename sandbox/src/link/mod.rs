//! The in-process linker: one relocatable object onto the shared runtime.
//!
//! ```text
//! object ─► object.rs: read ─► resolve.rs: each symbol is ours, the runtime's, or a stub
//!                          ─► plan.rs: what is reachable from `main`, numbered and laid out
//!                          ─► emit.rs: copied and patched ─► module
//! ```
//!
//! The runtime (`runtime.rs`) is libc, libc++ and the compiler's support library, linked once by the static
//! linker; it owns memory, table and tags. The module made here imports them, and the functions that it
//! calls; addresses of the runtime's variables are constants. So a candidate's module is its own code only,
//! and Cranelift compiles nothing else.
//!
//! **Contract.** [`link`] is a pure function of object and runtime, linear in the object's bytes, and
//! total: any bytes give a module or a [`LinkError`], and never a panic. The module says by the types of its
//! imports how much memory and how many table slots must be there before it is instantiated. What the
//! shared runtime cannot express is an error, for which the static linker is the answer. Where both can link
//! a program, it does the same by both.
//!
//! Does not know clang, files or wasmtime.

mod emit;
mod image;
mod join;
mod object;
mod plan;
mod resolve;
mod runtime;
#[cfg(test)]
mod tests;

use thiserror::Error;

pub use self::runtime::Runtime;
pub(crate) use self::{
    image::{Snapshot, image},
    join::{START, join, needs},
};

/// Size of a page of linear memory.
pub(crate) const PAGE_BYTES: u32 = 65_536;

/// Table slots that every instance of the runtime has for its candidate; one with more function pointers
/// makes the table grow.
const TABLE_ROOM: u32 = 256;

/// Ends the name of a note about a variable that is all zero and not in the object: two 32-bit numbers, its
/// size and its alignment in bytes. A variable that is nowhere defined and has one is made by the linker.
pub(crate) const ZEROS_SUFFIX: &str = ".riddle.zeros";

/// The text of this linker: modules of another are others.
pub(crate) const SOURCES: &str = concat!(
    include_str!("mod.rs"),
    include_str!("emit.rs"),
    include_str!("image.rs"),
    include_str!("object.rs"),
    include_str!("plan.rs"),
    include_str!("resolve.rs"),
    include_str!("runtime.rs"),
);

/// Why an object was not linked.
#[derive(Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum LinkError {
    /// The bytes are no object as clang makes it.
    #[error("object is malformed: {0}")]
    Malformed(String),
    /// A symbol is nowhere defined.
    #[error("undefined symbol: {0}")]
    Undefined(String),
    /// The program needs what a runtime that is linked already cannot give.
    #[error("the shared runtime cannot serve {0}")]
    Unsupported(String),
}

impl LinkError {
    fn malformed(what: impl Into<String>) -> Self {
        Self::Malformed(what.into())
    }

    fn unsupported(what: impl Into<String>) -> Self {
        Self::Unsupported(what.into())
    }
}

impl From<wasmparser::BinaryReaderError> for LinkError {
    fn from(error: wasmparser::BinaryReaderError) -> Self {
        Self::Malformed(error.to_string())
    }
}

/// Links an object onto the runtime; returns a WebAssembly module that exports `_start`.
///
/// # Errors
///
/// Returns an error if the object is malformed, lacks a definition, or needs what the shared runtime cannot
/// give.
pub fn link(object: &[u8], runtime: &Runtime) -> Result<Vec<u8>, LinkError> {
    let object = object::read(object)?;
    let symbols = resolve::resolve(&object, runtime)?;
    plan::plan(&object, &symbols, runtime)?.module()
}
