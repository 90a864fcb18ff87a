//! How to open a sampler: data that a run's manifest keeps, so that the run can be resumed.
//!
//! Never holds a key.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// A sampler of ours and its settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum SamplerConfig {
    /// Candidates that somebody else sampled.
    Replay {
        /// The pool: a JSONL file or a folder.
        candidates: PathBuf,
    },
}
