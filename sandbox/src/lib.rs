//! Source text to artifact to one bounded, deterministic execution.
