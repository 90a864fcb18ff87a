//! Criterion benches, end-to-end runs and the pool generator they share.

mod scan;

mod rewrite;

mod mistakes;

pub mod pool;

mod workload;

pub use self::workload::{
    SOURCES, entries_of, files_below, labelled_programs, on_two_threads, sandbox, sandbox_with,
    sandbox_without_store,
};
