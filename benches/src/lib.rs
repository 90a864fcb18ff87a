//! Criterion benches, end-to-end runs and the pool generator they share.
