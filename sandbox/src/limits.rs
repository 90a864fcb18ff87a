//! The bounds of one execution and of one compilation.
//!
//! Plain data: who enforces a bound is said at each field. What a problem's seconds mean in fuel is
//! [`Calibration`](crate::Calibration)'s to say.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::calibration::{NATIVE_FUEL_PER_SECOND, PYTHON_FUEL_PER_SECOND};

/// The budget of one execution.
///
/// Fuel is the limit of record: the same program on the same input stops at the same instruction on
/// every machine, under any load. CPU time of the thread is a backstop against work that fuel does
/// not pay for, and an execution that it ends is marked and never used as an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Fuel, in units of about ten picoseconds of native time: what an operator costs, its
    /// [`CostClass`](crate::CostClass) says. Default: two native seconds of C++.
    pub fuel: u64,
    /// Linear memory, in bytes, summed over all memories of the guest, its call stack left out.
    /// Asking for more ends the execution. Default: 256 MiB.
    pub memory_bytes: u64,
    /// Standard output, in bytes; one byte more ends the execution. Default: 8 MiB.
    pub stdout_bytes: u64,
    /// Standard error kept, in bytes; what comes after is counted and dropped. Default: 16 KiB.
    pub stderr_bytes: u64,
    /// CPU time of the calling thread after which an execution is ended that fuel has not ended, looked at each
    /// [`YIELD_INTERVAL_FUEL`](crate::YIELD_INTERVAL_FUEL). Not deterministic, but the same on a machine under
    /// load as on a quiet one. Default: 120 s.
    pub backstop: Duration,
}

impl Limits {
    /// Returns the backstop of an execution with a time limit: thirty times as much, which leaves room for what misses
    /// the caches all the time, and at least 60 s.
    pub fn backstop_of(time_limit: Duration) -> Duration {
        const FACTOR: u32 = 30;
        const LEAST: Duration = Duration::from_secs(60);
        time_limit.saturating_mul(FACTOR).max(LEAST)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            fuel: 2 * NATIVE_FUEL_PER_SECOND,
            memory_bytes: 256 << 20,
            stdout_bytes: 8 << 20,
            stderr_bytes: 16 << 10,
            backstop: Duration::from_secs(120),
        }
    }
}

/// The budget of one compilation.
///
/// All but the two times are deterministic, so that a compile error never depends on load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompileLimits {
    /// Source text, in bytes. Default: 256 KiB.
    pub source_bytes: u64,
    /// An object file, in bytes. Clang writes out the zeros of global arrays, so that the object of an
    /// honest program may be as large as its memory. Default: 512 MiB.
    pub object_bytes: u64,
    /// A linked module, or Python's code, in bytes. Default: 64 MiB.
    pub module_bytes: u64,
    /// Address space of a compiler process, in bytes. Default: 2 GiB.
    pub memory_bytes: u64,
    /// Fuel of a compiler that is itself a guest (Python's). Default: one
    /// second of Python.
    pub fuel: u64,
    /// CPU-time backstop of a compiler process: some ten times what the slowest real programs take.
    /// Default: 20 s.
    pub cpu_time: Duration,
    /// Wall-clock backstop of a compiler process. Default: 120 s.
    pub wall_time: Duration,
    /// Diagnostics kept, in bytes. Default: 4 KiB.
    pub diagnostics_bytes: usize,
}

impl Default for CompileLimits {
    fn default() -> Self {
        Self {
            source_bytes: 256 << 10,
            object_bytes: 512 << 20,
            module_bytes: 64 << 20,
            memory_bytes: 2 << 30,
            fuel: PYTHON_FUEL_PER_SECOND,
            cpu_time: Duration::from_secs(20),
            wall_time: Duration::from_secs(120),
            diagnostics_bytes: 4 << 10,
        }
    }
}
