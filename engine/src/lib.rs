//! The pipeline that joins problems, sandbox and clustering.
pub use riddle_sandbox as sandbox;
