//! What a run tells while it goes on: the only road to any display.
//!
//! Events may come in any rhythm and carry nothing that a report does not; a display that ignores
//! them loses nothing.

use std::time::Duration;

use crate::{ProblemReport, Stage};

/// Something happened.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A problem's search begins.
    ProblemStarted {
        /// The problem.
        problem: &'a str,
        /// Its index among those of the run, from 0.
        index: usize,
        /// Problems in the run.
        n_problems: usize,
        /// Candidates that the sampler is known to have.
        n_candidates: Option<u64>,
    },
    /// A sample has arrived.
    Sampled {
        /// The problem.
        problem: &'a str,
        /// Tokens of the answer that it came in, where a model wrote it.
        n_tokens: u64,
        /// Whether it is an earlier session's, read from the journal.
        is_known: bool,
    },
    /// A candidate is through: dropped at a stage, or, with `None`, a survivor.
    CandidateDone {
        /// The problem.
        problem: &'a str,
        /// Where it was dropped.
        dropped_at: Option<Stage>,
        /// Clusters of the survivors so far.
        n_clusters: usize,
    },
    /// Inputs are looked for that part survivors which did the same on the generated ones.
    LookingForInputs {
        /// The problem.
        problem: &'a str,
        /// Distinct survivors.
        n_programs: usize,
    },
    /// The private tests are run on the survivors.
    Scoring {
        /// The problem.
        problem: &'a str,
        /// Distinct survivors.
        n_programs: usize,
    },
    /// A problem's search ended.
    ProblemFinished {
        /// Its report.
        report: &'a ProblemReport,
        /// The wall time it took.
        wall_time: Duration,
    },
    /// Something that the user should know.
    Warning(String),
}

/// Receives events. Called on the dispatcher's thread: one that blocks slows the run.
pub trait Observer {
    /// Takes one event.
    fn event(&self, event: Event<'_>);
}

/// Ignores every event.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {
    fn event(&self, _event: Event<'_>) {}
}
