//! The report of a run: `report.json`, and what `--format json` prints.
//!
//! Holds nothing that could differ between two runs over the same candidates with the same settings:
//! no time, no path of the machine, no number of threads. Those are in `timings.json`.

use std::{collections::BTreeMap, time::Duration};

use riddle_problems::Verdict;
use riddle_sandbox::Language;
use serde::{Deserialize, Serialize};

use crate::{Growth, Lineage, Place, StageCount};

/// The report of a run over one problem (the object itself) or several.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Report {
    /// Several problems.
    Many(BatchReport),
    /// One problem.
    One(Box<ProblemReport>),
}

impl Report {
    /// Joins the reports of a run over `n_asked` problems, of which an interrupted run has done only
    /// the first.
    pub(crate) fn new(mut problems: Vec<ProblemReport>, n_asked: usize) -> Self {
        if n_asked == 1 && problems.len() == 1 {
            return Self::One(Box::new(problems.remove(0)));
        }
        Self::Many(BatchReport {
            totals: Totals::of(&problems),
            problems,
        })
    }

    /// Returns the reports of the single problems.
    pub fn problems(&self) -> &[ProblemReport] {
        match self {
            Self::Many(batch) => &batch.problems,
            Self::One(problem) => std::slice::from_ref(problem),
        }
    }

    /// Returns the totals over all problems.
    pub fn totals(&self) -> Totals {
        Totals::of(self.problems())
    }
}

/// The report of a run over several problems.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BatchReport {
    /// Each problem, in the order given.
    pub problems: Vec<ProblemReport>,
    /// Sums over them.
    pub totals: Totals,
}

/// Sums over problems.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Problems.
    pub n_problems: u64,
    /// Problems with private tests, on which an answer can be told right or wrong.
    pub n_scored: u64,
    /// Problems of which a submission passes the private tests.
    pub n_solved: u64,
    /// Problems of which any survivor passes the private tests.
    pub n_solvable: u64,
    /// Candidates.
    pub n_candidates: u64,
    /// Candidates that passed the public tests, duplicates included.
    pub n_survivors: u64,
    /// Executions.
    pub n_executions: u64,
}

impl Totals {
    fn of(problems: &[ProblemReport]) -> Self {
        let count =
            |test: fn(&ProblemReport) -> bool| problems.iter().filter(|it| test(it)).count() as u64;
        let sum = |value: fn(&ProblemReport) -> u64| problems.iter().map(value).sum();
        Self {
            n_problems: problems.len() as u64,
            n_scored: count(|it| it.metrics.oracle.is_some()),
            n_solved: count(|it| it.metrics.chosen == Some(true)),
            n_solvable: count(|it| it.metrics.oracle == Some(true)),
            n_candidates: sum(|it| it.metrics.n_candidates),
            n_survivors: sum(|it| it.metrics.n_survivors),
            n_executions: sum(|it| it.cost.n_executions),
        }
    }
}

/// The report of one problem's search.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ProblemReport {
    /// The problem's id.
    pub problem: String,
    /// Candidates at each stage.
    pub funnel: Vec<StageCount>,
    /// Clusters of survivors, largest first.
    pub clusters: Vec<ClusterReport>,
    /// The picks, best first.
    pub submissions: Vec<SubmissionReport>,
    /// The estimated chance that one of them is right, from 0 to 1; none of older versions, or where nothing is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub solved_probability: Option<f64>,
    /// How good the search was, as far as private tests can tell.
    pub metrics: Metrics,
    /// What the sampler did, as far as it tells.
    #[serde(default)]
    pub sampling: SamplingReport,
    /// What it took, in deterministic units.
    pub cost: Cost,
    /// The time limit, and where it comes from.
    pub time_limit: TimeLimitReport,
    /// What outputs were judged by: the checker, or the kind of programs.
    #[serde(default = "tokens")]
    pub checker: String,
    /// Inputs that were generated for clustering.
    pub n_inputs: u64,
    /// The selection rule.
    pub rule: String,
    /// Why the search ended.
    pub stop_reason: StopReason,
    /// Candidates with a compilation or an execution that the backstop ended, and the package's accepted
    /// programs of which it ended one while the time limit was derived. Where there are any, another run
    /// may give another report.
    pub backstops: Vec<String>,
    /// What the user should know.
    pub warnings: Vec<String>,
}

/// Why a search ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StopReason {
    /// The sampler had no more candidates.
    SamplesExhausted,
    /// As many candidates as asked for were taken.
    SamplesReached,
    /// The user interrupted it.
    Interrupted,
    /// The sampler gave up; a warning says why.
    SamplerFailed,
}

impl StopReason {
    /// Returns true if candidates are missing that a resumed run would ask for.
    pub fn is_cut_short(self) -> bool {
        matches!(self, Self::Interrupted | Self::SamplerFailed)
    }
}

/// One cluster.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ClusterReport {
    /// Place in the order of size, from 1.
    pub rank: u64,
    /// Candidates in it, duplicates included.
    pub size: u64,
    /// Distinct programs in it.
    pub n_programs: u64,
    /// Its earliest candidate.
    pub representative: String,
    /// The place of its earliest candidate; reports of older versions do not tell it.
    #[serde(default)]
    pub place: Option<Place>,
    /// Whether its earliest program passes the private tests.
    pub verdict: Option<Verdict>,
}

/// One pick.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SubmissionReport {
    /// Place in the order of sending, from 1.
    pub rank: u64,
    /// The candidate's name.
    pub candidate: String,
    /// The candidate's place.
    pub place: Place,
    /// Its language.
    pub language: Language,
    /// The rank of its cluster.
    pub cluster: u64,
    /// Candidates in its cluster.
    pub cluster_size: u64,
    /// Why it was picked.
    pub reason: String,
    /// The program. Bytes that are no UTF-8 are replaced; `file` has them all.
    pub source: String,
    /// The program's file, below the run folder.
    pub file: String,
    /// The estimated chance that it is right, from 0 to 1: a model's that sees clusters alone
    /// ([`riddle_clustering::Estimator`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// How its fuel grows with the size of its input, where the statement limits that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub growth: Option<Growth>,
    /// The verdict on the private tests, where there are any.
    pub verdict: Option<Verdict>,
    /// The first private test that it fails.
    pub failed_test: Option<String>,
}

/// How good a search was. All but the counts need private tests.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Metrics {
    /// Candidates.
    pub n_candidates: u64,
    /// Candidates that passed the public tests, duplicates included.
    pub n_survivors: u64,
    /// Survivors that pass the private tests, duplicates included.
    pub n_right: Option<u64>,
    /// Whether any survivor passes the private tests: what a perfect choice would have solved.
    pub oracle: Option<bool>,
    /// Whether a submission passes the private tests.
    pub chosen: Option<bool>,
    /// `pass@k` and `n@k` by name: `pass@1`, `10@100`. The latter is for random picks among
    /// survivors; the clustered picks of this run are `chosen`.
    #[serde(flatten)]
    pub at: BTreeMap<String, f64>,
}

/// What a sampler did, summed over the problem's samples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SamplingReport {
    /// Tokens of the prompts.
    pub n_prompt_tokens: u64,
    /// Tokens of the answers.
    pub n_tokens: u64,
    /// Answers that were cut off before their end.
    pub n_truncated: u64,
}

impl SamplingReport {
    pub(crate) fn count(&mut self, lineage: &Lineage) {
        self.n_prompt_tokens += lineage.n_prompt_tokens;
        self.n_tokens += lineage.n_tokens;
        self.n_truncated += u64::from(lineage.truncated);
    }
}

/// What a search took, in units that do not depend on the machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Executions of distinct programs.
    pub n_executions: u64,
    /// Fuel that they consumed.
    pub fuel: u64,
    /// Tests that were not run, since the program had failed one before: executions that early exit saved.
    /// Those that another order of the tests would have saved cannot be told without running them.
    #[serde(default)]
    pub n_cancelled: u64,
    /// Executions that looked for inputs which part survivors, and came to nothing, or foretold how fuel grows: they are in
    /// none of the other figures and not recorded. Left out where there are none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub n_fruitless: u64,
    /// Fuel that those consumed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub fuel_fruitless: u64,
    /// Distinct C and C++ programs that the shared runtime could not serve, so that each took half a second
    /// more to compile. Left out where there are none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub n_linked_statically: u64,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// A time limit, and where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimeLimitReport {
    /// The limit, in seconds of a native judge.
    pub seconds: f64,
    /// Where it comes from.
    pub source: TimeLimitSource,
}

/// Where a time limit comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeLimitSource {
    /// The problem states it.
    Declared,
    /// It follows from the slowest accepted program of the package.
    SlowestAccepted,
    /// Neither: it is the config's default.
    Default,
}

/// `timings.json`: all that is measured in seconds, problem by problem.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Timings {
    /// Each problem, in the order of the report.
    pub problems: Vec<ProblemTimings>,
}

/// What one problem's search took.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ProblemTimings {
    /// The problem's id.
    pub problem: String,
    /// Wall time.
    #[serde(rename = "wall_seconds", with = "crate::clock::seconds")]
    pub wall_time: Duration,
    /// CPU time of all compilations, compiler processes included.
    #[serde(rename = "compile_cpu_seconds", with = "crate::clock::seconds")]
    pub compile_cpu_time: Duration,
    /// Compilations that the artifact store had.
    pub n_stored: u64,
    /// Compilations that it had not.
    pub n_compiled: u64,
    /// CPU time of all executions.
    #[serde(rename = "execute_cpu_seconds", with = "crate::clock::seconds")]
    pub execute_cpu_time: Duration,
}

/// What reports without the field were judged by.
fn tokens() -> String {
    riddle_problems::Checker::Tokens.to_string()
}
