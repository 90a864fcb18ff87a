//! What came of comparing a run with itself: counts, and what differs.
//!
//! Runs nothing. Holds no time: the same run, share and seed give the same report on every machine.

use std::{collections::BTreeMap, path::PathBuf};

use serde::Serialize;

use crate::Place;

/// Mismatches that a report lists; all are counted.
pub const LISTED_MISMATCHES: usize = 100;

/// What came of verifying one run.
#[derive(Clone, Debug, Default, Serialize)]
pub struct VerifyReport {
    /// The run's folder, as it was given.
    pub run: PathBuf,
    /// The share of the records that was asked for, from 0 to 1.
    pub share: f64,
    /// The seed by which they were drawn.
    pub seed: u64,
    /// Executions: ending, exit code, output, fuel, memory and verdict of each.
    pub executions: Checked,
    /// Compilations: source, language, and artifact or failure of each.
    pub compilations: Checked,
    /// Generated inputs, all of which are made again.
    pub inputs: Checked,
    /// Why records could not be compared, each reason with its count.
    pub not_comparable: BTreeMap<String, u64>,
    /// Mismatches in all; one execution may have several.
    pub n_mismatches: u64,
    /// The first [`LISTED_MISMATCHES`] of them, in the order of the journal.
    pub mismatches: Vec<Mismatch>,
    /// Whether the user interrupted it before all that was drawn was compared.
    pub is_interrupted: bool,
    /// What the user should know.
    pub warnings: Vec<String>,
}

/// How records of one kind came out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Records that the run has.
    pub n_recorded: u64,
    /// Records that were drawn.
    pub n_drawn: u64,
    /// Equal in every recorded bit.
    pub n_equal: u64,
    /// Different in at least one.
    pub n_different: u64,
    /// Ended by the backstop, when the run was made or now: they say nothing.
    pub n_backstopped: u64,
    /// Not compared for another reason.
    pub n_not_comparable: u64,
}

impl Checked {
    fn add(&mut self, other: &Self) {
        self.n_recorded += other.n_recorded;
        self.n_drawn += other.n_drawn;
        self.n_equal += other.n_equal;
        self.n_different += other.n_different;
        self.n_backstopped += other.n_backstopped;
        self.n_not_comparable += other.n_not_comparable;
    }

    /// Counts a record that was compared.
    pub(super) fn compared(&mut self, is_equal: bool) {
        self.n_equal += u64::from(is_equal);
        self.n_different += u64::from(!is_equal);
    }
}

/// A recorded value that is not what was seen now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mismatch {
    /// The problem.
    pub problem: String,
    /// The candidate's name; none for a generated input.
    pub candidate: Option<String>,
    /// The candidate's place.
    pub place: Option<Place>,
    /// `compile`, `public`, `inputs` or `private`.
    pub stage: String,
    /// The test or input, from 0; none for a compilation.
    pub number: Option<u64>,
    /// The test's name; none for a generated input or a compilation.
    pub test: Option<String>,
    /// What differs: `ending exit_code output fuel memory_bytes verdict failed_test artifact failure detail
    /// source language input record`.
    pub field: String,
    /// The recorded value.
    pub recorded: String,
    /// The value that was seen now.
    pub seen: String,
}

impl VerifyReport {
    /// Returns true if something was drawn that could not be compared, other than for the backstop.
    pub fn is_incomplete(&self) -> bool {
        !self.not_comparable.is_empty()
    }

    /// Takes what came of a part of the run.
    pub(super) fn add(&mut self, part: Self) {
        self.executions.add(&part.executions);
        self.compilations.add(&part.compilations);
        self.inputs.add(&part.inputs);
        for (reason, n) in part.not_comparable {
            *self.not_comparable.entry(reason).or_default() += n;
        }
        self.n_mismatches += part.n_mismatches;
        let room = LISTED_MISMATCHES - self.mismatches.len();
        self.mismatches
            .extend(part.mismatches.into_iter().take(room));
        self.is_interrupted |= part.is_interrupted;
        self.warnings.extend(part.warnings);
    }

    /// Notes a mismatch.
    pub(super) fn differs(&mut self, mismatch: Mismatch) {
        self.n_mismatches += 1;
        if self.mismatches.len() < LISTED_MISMATCHES {
            self.mismatches.push(mismatch);
        }
    }

    /// Counts executions, and compilations, that could not be compared.
    pub(super) fn not_comparable(&mut self, reason: &str, n_executions: u64, n_compilations: u64) {
        if n_executions + n_compilations == 0 {
            return;
        }
        self.executions.n_not_comparable += n_executions;
        self.compilations.n_not_comparable += n_compilations;
        *self.not_comparable.entry(reason.to_owned()).or_default() += n_executions + n_compilations;
    }
}
