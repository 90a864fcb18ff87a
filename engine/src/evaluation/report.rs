//! What an evaluation says: plain data, `docs/formats.md` has the fields.
//!
//! Shares and chances are from 0 to 1. Nothing here is measured in seconds, and the same runs, options and
//! seed give the same bytes.

use riddle_clustering::{DrawnPoint, Interval};
use serde::Serialize;

use super::{InputOrder, Unscored};
use crate::Cost;

/// Rules, measured over the problems of recorded runs.
#[derive(Clone, Debug, Serialize)]
pub struct EvaluationReport {
    /// What was read, as it was named.
    pub runs: Vec<String>,
    /// The rules. Differences are to the first.
    pub rules: Vec<String>,
    /// Samples drawn for each size.
    pub n_draws: u32,
    /// What they were drawn by.
    pub seed: u64,
    /// Problems read; a problem of two runs counts twice.
    pub n_problems: u64,
    /// Those with verdicts, over which all is measured.
    pub n_scored: u64,
    /// What a perfect choice would solve.
    pub oracle: OracleRow,
    /// For each number of submissions, each rule.
    pub table: Vec<RuleRow>,
    /// For each number of inputs and of submissions, each rule.
    pub inputs: Vec<InputsRow>,
    /// Each problem.
    pub problems: Vec<PoolReport>,
    /// What should be known about the above.
    pub warnings: Vec<String>,
}

/// What a perfect choice among the survivors solves, with as many submissions as it likes.
#[derive(Clone, Debug, Serialize)]
pub struct OracleRow {
    /// Problems that have a right survivor.
    pub n_solved: u64,
    /// Their share, with Wilson's interval; none without scored problems.
    pub solved: Option<Interval>,
    /// oracle@k, which is pass@k.
    pub at: Vec<OraclePoint>,
}

/// oracle@k.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct OraclePoint {
    /// Candidates in a sample.
    pub k: u64,
    /// Scored problems that have so many.
    pub n_problems: u64,
    /// The chance that one of them is right, a mean over those problems.
    pub solved: Interval,
}

/// How good a rule is.
#[derive(Clone, Debug, Serialize)]
pub struct RuleRow {
    /// Its name.
    pub rule: String,
    /// Submissions allowed.
    pub n_submissions: usize,
    /// Problems that it solves with all candidates.
    pub n_solved: u64,
    /// Their share, with Wilson's interval; none without scored problems.
    pub solved: Option<Interval>,
    /// What it loses there to a perfect choice.
    pub gap: Option<Interval>,
    /// What it solves there more than the first rule, problem by problem.
    pub difference: Option<Interval>,
    /// n@k.
    pub at: Vec<RulePoint>,
    /// What the searches took for each problem that it solves; none where that is none, or not told.
    pub cost: Option<SolvedCost>,
}

/// n@k of a rule.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct RulePoint {
    /// Candidates in a sample.
    pub k: u64,
    /// Scored problems that have so many.
    pub n_problems: u64,
    /// The chance that a submission is right, a mean over those problems; the interval is that of the
    /// choice of problems.
    pub solved: Interval,
    /// What it loses to a perfect choice.
    pub gap: Interval,
    /// What it solves more than the first rule, problem by problem.
    pub difference: Interval,
}

/// What the searches took for each problem solved, private tests included.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct SolvedCost {
    /// Executions.
    pub n_executions: f64,
    /// Fuel.
    pub fuel: f64,
}

/// What rules solve with all candidates and fewer inputs.
#[derive(Clone, Debug, Serialize)]
pub struct InputsRow {
    /// Inputs, or as many as a problem has.
    pub n_inputs: usize,
    /// Which ones.
    pub order: InputOrder,
    /// Submissions allowed.
    pub n_submissions: usize,
    /// Clusters that the inputs make, a mean over scored problems.
    pub n_clusters: Option<Interval>,
    /// Each rule.
    pub rules: Vec<RuleAtInputs>,
}

/// What a rule solves with fewer inputs.
#[derive(Clone, Debug, Serialize)]
pub struct RuleAtInputs {
    /// Its name.
    pub rule: String,
    /// Problems that it solves.
    pub n_solved: u64,
    /// Their share, with Wilson's interval; none without scored problems.
    pub solved: Option<Interval>,
}

/// One problem of one run.
#[derive(Clone, Debug, Serialize)]
pub struct PoolReport {
    /// The run, as it was named.
    pub run: String,
    /// The problem.
    pub problem: String,
    /// Candidates.
    pub n_candidates: u64,
    /// Those that passed the public tests.
    pub n_survivors: u64,
    /// Distinct programs among them.
    pub n_programs: u64,
    /// Clusters that they make on all inputs.
    pub n_clusters: u64,
    /// Generated inputs.
    pub n_inputs: u64,
    /// Survivors that are right; none where that cannot be told.
    pub n_right: Option<u64>,
    /// Why that cannot be told, if so: then the problem is in no mean.
    pub unscored: Option<Unscored>,
    /// Whether the run's own rule, here, makes the run's submissions; none where the run has no report of
    /// it or a rule that is not known here.
    pub as_recorded: Option<bool>,
    /// What the search took, private tests included.
    pub cost: Option<Cost>,
    /// For each number of submissions, each rule; empty where it cannot be told what is right.
    pub rules: Vec<RuleOnPool>,
    /// The same with fewer inputs.
    pub inputs: Vec<PoolAtInputs>,
}

/// A rule on one problem.
#[derive(Clone, Debug, Serialize)]
pub struct RuleOnPool {
    /// Its name.
    pub rule: String,
    /// Submissions allowed.
    pub n_submissions: usize,
    /// Whether a submission out of all candidates is right.
    pub solved: bool,
    /// n@k, with Wilson's interval over the draws.
    pub at: Vec<DrawnPoint>,
}

/// One problem with fewer inputs.
#[derive(Clone, Debug, Serialize)]
pub struct PoolAtInputs {
    /// Inputs asked for; a problem that has fewer uses all.
    pub n_inputs: usize,
    /// Clusters that they make.
    pub n_clusters: u64,
    /// For each number of submissions, each rule.
    pub rules: Vec<RuleOnInputs>,
}

/// A rule on one problem with fewer inputs.
#[derive(Clone, Debug, Serialize)]
pub struct RuleOnInputs {
    /// Its name.
    pub rule: String,
    /// Submissions allowed.
    pub n_submissions: usize,
    /// Whether a submission out of all candidates is right.
    pub solved: bool,
}
