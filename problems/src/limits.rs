//! The limits that a right program must keep, as the author of a problem set them for native programs.
//!
//! How a second becomes fuel is not known here.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The limits of a task, as its author set them for native programs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaskLimits {
    /// Time for one test. Default: unstated.
    pub time: TimeLimit,
    /// Memory, in bytes. Default: 256 MiB; in a Kattis package 2,048 MiB.
    pub memory_bytes: u64,
    /// Standard output, in bytes. Default: 8 MiB.
    pub output_bytes: u64,
    /// Source text, in bytes. Default: 128 KiB.
    pub source_bytes: u64,
    /// What the limit times this must be below, for every program that is meant to be too slow: how
    /// far from the edge the author keeps them. Default: 1.5; in a legacy package 2.
    #[serde(default = "default_tle_margin")]
    pub tle_margin: f64,
}

const fn default_tle_margin() -> f64 {
    1.5
}

impl Default for TaskLimits {
    fn default() -> Self {
        Self {
            time: TimeLimit::Unstated,
            memory_bytes: 256 << 20,
            output_bytes: 8 << 20,
            source_bytes: 128 << 10,
            tle_margin: default_tle_margin(),
        }
    }
}

/// The time that a program may take on one test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum TimeLimit {
    /// The problem states it.
    Declared(Duration),
    /// It follows from the slowest accepted program of the package.
    FromAccepted {
        /// What the slowest time is multiplied by. Above 0.
        multiplier: f64,
        /// The least limit.
        minimum: Duration,
        /// The limit is a whole number of these. Not zero.
        resolution: Duration,
        /// How it becomes one.
        rounding: Rounding,
    },
    /// The problem does not say.
    Unstated,
}

/// How a time becomes a whole number of units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rounding {
    /// To the nearest, halves up: what Kattis does for legacy packages.
    Nearest,
    /// To the next: what the 2025-09 format says.
    Up,
}

impl TimeLimit {
    /// Makes a stated limit, at least the least that a `Duration` can say: zero would be none at all.
    pub(crate) fn declared(seconds: f64) -> Self {
        Self::Declared(Duration::from_secs_f64(seconds).max(Duration::from_nanos(1)))
    }

    /// Returns the limit, given the slowest run of the package's accepted programs if they were
    /// measured, or `None` where nothing gives one.
    pub fn resolve(&self, slowest_accepted: Option<Duration>) -> Option<Duration> {
        match *self {
            Self::Declared(limit) => Some(limit),
            Self::Unstated => None,
            Self::FromAccepted {
                multiplier,
                minimum,
                resolution,
                rounding,
            } => {
                let exact = slowest_accepted?.as_secs_f64() * multiplier;
                let unit = resolution.as_secs_f64();
                let units = match rounding {
                    Rounding::Nearest => (exact / unit + 0.5).floor(),
                    Rounding::Up => (exact / unit).ceil(),
                };
                let limit = Duration::try_from_secs_f64(units * unit).unwrap_or(Duration::MAX);
                Some(limit.max(minimum))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rounding: Rounding, slowest_ms: u64, expected_s: u64) {
        let limit = TimeLimit::FromAccepted {
            multiplier: 5.0,
            minimum: Duration::from_secs(1),
            resolution: Duration::from_secs(1),
            rounding,
        };
        let slowest = Some(Duration::from_millis(slowest_ms));
        assert_eq!(
            limit.resolve(slowest),
            Some(Duration::from_secs(expected_s))
        );
        assert_eq!(limit.resolve(None), None);
    }

    #[test]
    fn a_limit_from_accepted_programs_is_whole_seconds_and_at_least_one() {
        check(Rounding::Nearest, 0, 1);
        check(Rounding::Nearest, 10, 1);
        check(Rounding::Nearest, 290, 1);
        check(Rounding::Nearest, 300, 2);
        check(Rounding::Nearest, 1000, 5);
        check(Rounding::Up, 10, 1);
        check(Rounding::Up, 200, 1);
        check(Rounding::Up, 290, 2);
    }
}
