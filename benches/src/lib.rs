//! Criterion benches, end-to-end runs and the pool generator they share.

mod scan;

mod rewrite;

mod mistakes;

pub mod pool;

mod workload;

pub use self::workload::{
    SOURCES, files_below, labelled_programs, sandbox, sandbox_with, sandbox_without_store,
};
