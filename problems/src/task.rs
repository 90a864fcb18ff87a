//! A problem in memory: the task that every stage may see, and the private tests that only the
//! scorer opens.
//!
//! Nothing here knows where a problem came from or what a program is.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Checker, Format};

/// What [`crate::load`] returns.
#[derive(Clone, Debug)]
pub struct Problem {
    /// All that sampling, filtering, clustering and selection may see.
    pub task: Task,
    /// The tests that decide whether a submission is right.
    pub private: PrivateTests,
    /// What was missing or odd and did not stop the load: one fragment each, in a fixed order.
    pub warnings: Vec<String>,
}

/// A problem without its private tests.
#[derive(Clone, Debug)]
pub struct Task {
    /// The name of the problem's folder.
    pub id: String,
    /// The title people know it by.
    pub title: Option<String>,
    /// The statement as the problem has it: Markdown, LaTeX or plain text.
    pub statement: Option<String>,
    /// The format it was read from.
    pub format: Format,
    /// The limits that a right program must keep.
    pub limits: TaskLimits,
    /// Decides whether an output is right.
    pub checker: Checker,
    /// The tests shown in the statement. Empty only for a package that has no sample data.
    pub public_tests: Vec<Test>,
    /// Topics, for example `dp` or `greedy`.
    pub tags: Vec<String>,
    /// Difficulty on the Codeforces scale.
    pub rating: Option<u32>,
}

/// The private tests of a problem.
///
/// A type of its own, so that no stage before the scorer can read them by accident: the content
/// comes out by [`PrivateTests::open_for_scoring`] alone, and `Debug` prints a count.
#[derive(Clone, Default)]
pub struct PrivateTests(Vec<Test>);

impl PrivateTests {
    /// Closes a list of tests.
    pub fn new(tests: Vec<Test>) -> Self {
        Self(tests)
    }

    /// Returns true if the problem has no private tests.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the number of private tests.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Opens the tests. Only the final scorer and `judge` call this.
    pub fn open_for_scoring(&self) -> &[Test] {
        &self.0
    }
}

impl fmt::Debug for PrivateTests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateTests({} tests)", self.0.len())
    }
}

/// One input and the answer expected to it.
#[derive(Clone, PartialEq, Eq)]
pub struct Test {
    /// Path below the folder of tests, without extension: `sample/1`, `secret/01`, or `001`.
    pub name: String,
    /// What the program reads.
    pub input: Arc<[u8]>,
    /// What a right program prints; the checker says how closely.
    pub answer: Arc<[u8]>,
}

impl fmt::Debug for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            input,
            answer,
        } = self;
        let (input, answer) = (input.len(), answer.len());
        write!(f, "Test({name:?}: {input} bytes in, {answer} bytes out)")
    }
}

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
}

impl Default for TaskLimits {
    fn default() -> Self {
        Self {
            time: TimeLimit::Unstated,
            memory_bytes: 256 << 20,
            output_bytes: 8 << 20,
            source_bytes: 128 << 10,
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

    #[test]
    fn private_tests_do_not_show_in_debug_output() {
        let secret: Arc<[u8]> = Arc::from(&b"hidden"[..]);
        let test = Test {
            name: "secret/1".into(),
            input: secret.clone(),
            answer: secret,
        };
        let private = PrivateTests::new(vec![test]);
        assert_eq!(format!("{private:?}"), "PrivateTests(1 tests)");
        let opened = format!("{:?}", private.open_for_scoring());
        assert_eq!(opened, r#"[Test("secret/1": 6 bytes in, 6 bytes out)]"#);
    }
}
