//! How a sandbox is set up: plain data with defaults.

use std::{path::PathBuf, time::Duration};

use crate::{CompileLimits, Metering, machine};

/// How a sandbox is set up.
#[derive(Clone, Debug)]
pub struct SandboxOptions {
    /// The cache folder, where `riddle setup` put the toolchains.
    pub cache: PathBuf,
    /// Executions that may be under way at one moment; more callers wait. Default: the number of cores.
    pub n_slots: u32,
    /// Memory that the executions under way may take up together at the most, in bytes. Each is counted by its
    /// limits and both its stacks; more callers wait, and one that needs more than this runs alone.
    /// Default: three quarters of the machine's memory.
    pub memory_budget_bytes: u64,
    /// Whether compiled candidates are read from the artifact store and written to it. Default: true.
    pub use_store: bool,
    /// Bytes that the artifact store is pruned to when the sandbox is dropped, by the least recent use:
    /// at most once in ten minutes, unless this sandbox has written a sixteenth of them.
    /// Default: [`DEFAULT_STORE_BYTES`](crate::DEFAULT_STORE_BYTES).
    pub store_bytes: u64,
    /// Whether compilers may run without Landlock. Default: false.
    pub unconfined: bool,
    /// Whether each C and C++ program gets a copy of the library of its own instead of the shared runtime:
    /// the same answers, some hundred milliseconds later. Default: false.
    pub link_statically: bool,
    /// What fuel counts. Default: time.
    pub metering: Metering,
    /// The bounds of each compilation.
    pub compile_limits: CompileLimits,
    /// The seed of what guests see as randomness. Default: 0.
    pub seed: u64,
    /// The latest backstop of any execution, whatever its [`Limits`](crate::Limits) say.
    /// Default: none later than theirs.
    pub max_backstop: Duration,
}

impl SandboxOptions {
    /// Returns the defaults for a cache folder.
    pub fn new(cache: impl Into<PathBuf>) -> Self {
        Self {
            cache: cache.into(),
            n_slots: std::thread::available_parallelism()
                .map_or(1, |n| u32::try_from(n.get()).unwrap_or(u32::MAX)),
            memory_budget_bytes: machine::memory_bytes() / 4 * 3,
            use_store: true,
            store_bytes: crate::DEFAULT_STORE_BYTES,
            unconfined: false,
            link_statically: false,
            metering: Metering::default(),
            compile_limits: CompileLimits::default(),
            seed: 0,
            max_backstop: Duration::MAX,
        }
    }
}
