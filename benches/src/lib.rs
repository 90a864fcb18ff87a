//! Criterion benches, end-to-end runs and the pool generator they share.

mod scan;

mod rewrite;

mod mistakes;

pub mod pool;
