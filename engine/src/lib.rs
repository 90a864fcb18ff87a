//! The pipeline that joins problems, sandbox and clustering.
