//! The execution matrix to clusters to submissions, and the metrics.
