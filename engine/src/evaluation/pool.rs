//! What a run recorded of one problem, read back: the [`Pool`].
//!
//! Rows are the distinct programs that passed the public tests, in the order of their earliest candidates,
//! each with the number of candidates that came out as it: as the search counted them (`tally.rs`). Nothing
//! is measured here.

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
};

use riddle_clustering::{ExecutionMatrix, Observation};
use riddle_problems::Verdict;
use riddle_sandbox::Digest;
use serde::{Deserialize, Serialize};

use super::options::uses_logprobs;
use crate::{
    Cost, EngineError, Place, ProblemReport, RunFiles, RunManifest,
    inputs::voting,
    record::{ExecutionRecord, InputRecord, RunDatabase, Samples, hold},
};

/// What is known of one problem's candidates.
#[derive(Clone, Debug)]
pub(crate) struct Pool {
    /// The run, as it was named.
    pub(crate) run: String,
    pub(crate) problem: String,
    /// All candidates, survivors and others.
    pub(crate) n_candidates: u64,
    /// One for each row of the matrix.
    pub(crate) programs: Vec<Program>,
    pub(crate) matrix: ExecutionMatrix,
    /// Whether all inputs part programs: see [`crate::SearchConfig::failing_inputs_vote`].
    pub(crate) failing_inputs_vote: bool,
    /// Why right and wrong cannot be told, if so.
    pub(crate) unscored: Option<Unscored>,
    /// What the search took, where the run has a report of it.
    pub(crate) cost: Option<Cost>,
    /// What the run itself chose, where it has a report of it.
    pub(crate) chosen: Option<Chosen>,
    pub(crate) warnings: Vec<String>,
}

/// A survivor.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Program {
    pub(crate) artifact: Digest,
    /// The name of its earliest candidate, and where that stands.
    pub(crate) candidate: String,
    pub(crate) place: Place,
    pub(crate) language: String,
    pub(crate) verdict: Option<Verdict>,
    /// The sampler's, if it gave one.
    pub(crate) logprob: Option<f64>,
}

/// What is known of one problem besides what its programs did.
#[derive(Clone, Debug)]
pub(crate) struct Outline {
    pub(crate) run: String,
    pub(crate) n_candidates: u64,
    pub(crate) n_inputs: usize,
    pub(crate) unscored: Option<Unscored>,
    pub(crate) cost: Option<Cost>,
    pub(crate) warnings: Vec<String>,
}

/// What a run submitted, and by which rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chosen {
    pub(crate) rule: String,
    pub(crate) n_submissions: usize,
    pub(crate) places: Vec<Place>,
}

/// Why a pool cannot be scored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Unscored {
    /// The problem has no private tests.
    NoPrivateTests,
    /// The run was cut short before the private tests were through.
    NotFinished,
    /// The run is of a version that did not record verdicts.
    OlderVersion,
    /// The file that it was read from does not tell.
    NotTold,
}

impl Unscored {
    /// Returns the reason as a fragment.
    pub fn reason(self) -> &'static str {
        match self {
            Self::NoPrivateTests => "the problem has no private tests",
            Self::NotFinished => "the run ended before its private tests were through",
            Self::OlderVersion => "the run is of a version that did not record verdicts",
            Self::NotTold => "the file has no verdicts of it",
        }
    }

    /// Returns what the user can do about it, if anything. `run` is the run's folder.
    pub fn hint(self, run: &str) -> Option<String> {
        match self {
            Self::NoPrivateTests | Self::NotTold => None,
            Self::NotFinished => Some(format!("`riddle resume {run}` goes on with the run")),
            Self::OlderVersion => Some(format!(
                "`riddle solve PROBLEM... --candidates {run}/candidates.jsonl -o NEW` makes the run again, \
                 with verdicts"
            )),
        }
    }
}

impl Pool {
    /// Returns the inputs that part programs, in order.
    pub(crate) fn voting(&self) -> Vec<usize> {
        voting(&self.matrix, self.failing_inputs_vote)
    }

    /// Returns the number of candidates that survived.
    pub(crate) fn n_survivors(&self) -> u64 {
        let weights = (0..self.matrix.n_rows()).map(|it| self.matrix.weight(it));
        weights.fold(0, u64::saturating_add)
    }

    /// Returns whether each row is right; `None` where that cannot be told.
    pub(crate) fn right(&self) -> Option<Vec<bool>> {
        let right = |it: &Program| it.verdict == Some(Verdict::Ac);
        (self.unscored.is_none()).then(|| self.programs.iter().map(right).collect())
    }

    /// Returns the log probability of each row, none where no candidate has one.
    pub(crate) fn logprobs(&self) -> Vec<f64> {
        if self.programs.iter().all(|it| it.logprob.is_none()) {
            return Vec::new();
        }
        let logprobs = self.programs.iter().map(|it| it.logprob);
        logprobs.map(|it| it.unwrap_or(f64::NAN)).collect()
    }
}

/// A recorded run, open for reading. Nobody can go on with it meanwhile.
#[derive(Debug)]
pub(crate) struct RecordedRun {
    folder: PathBuf,
    manifest: RunManifest,
    files: Option<RunFiles>,
    database: RunDatabase,
    /// Log probabilities by problem and place, if they were asked for.
    logprobs: HashMap<String, HashMap<Place, f64>>,
    _held: fs_err::File,
}

impl RecordedRun {
    /// Opens a run folder. `with_logprobs` reads its journal through.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder is no run, is of a newer version, is being written, or cannot be
    /// read. A run without a report is read as far as it came.
    pub(crate) fn open(folder: &Path, with_logprobs: bool) -> Result<Self, EngineError> {
        let manifest = RunManifest::read(folder)?;
        let journal = folder.join("candidates.jsonl");
        let held = hold(&journal)?;
        let database = RunDatabase::open(folder)?;
        let has_report = folder.join("report.json").exists();
        let files = has_report.then(|| RunFiles::read(folder)).transpose()?;
        let own_rules = files.iter().flat_map(|it| it.report.problems());
        let with_logprobs =
            with_logprobs || own_rules.map(|it| &it.rule).any(|it| uses_logprobs(it));
        let mut logprobs: HashMap<String, HashMap<Place, f64>> = HashMap::new();
        if with_logprobs {
            for sampled in Samples::open(&journal)? {
                let (problem, sampled) = sampled?;
                if let Ok(sample) = sampled.sample
                    && let Some(logprob) = sample.logprob
                {
                    let of_problem = logprobs.entry(problem).or_default();
                    of_problem.insert(sampled.place, logprob);
                }
            }
        }
        Ok(Self {
            folder: folder.to_owned(),
            manifest,
            files,
            database,
            logprobs,
            _held: held,
        })
    }

    /// Returns the run as it was named.
    pub(crate) fn name(&self) -> String {
        self.folder.display().to_string()
    }

    /// Returns the folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the problems, in the order of the run.
    pub(crate) fn problems(&self) -> impl Iterator<Item = &str> {
        self.manifest.problems.iter().map(|it| &*it.problem)
    }

    /// Returns the generated inputs of a problem.
    pub(crate) fn inputs(&self, problem: &str) -> Result<Vec<InputRecord>, EngineError> {
        self.database.inputs(problem)
    }

    /// Reads one problem.
    pub(crate) fn pool(&self, problem: &str) -> Result<Pool, EngineError> {
        let outline = self.outline(problem)?;
        let mut matrix = ExecutionMatrix::new(outline.n_inputs);
        let mut programs = Vec::new();
        self.each_program(problem, outline.n_inputs, |program, weight, records| {
            let row: Vec<Observation> = records.iter().map(ExecutionRecord::observation).collect();
            matrix.push_row(weight, &row);
            programs.push(program);
            Ok(())
        })?;
        Ok(Pool {
            run: outline.run,
            problem: problem.to_owned(),
            n_candidates: outline.n_candidates,
            unscored: outline.unscored,
            cost: outline.cost,
            chosen: self.report_of(problem).map(|it| Chosen {
                rule: it.rule.clone(),
                n_submissions: self.manifest.config.n_submissions,
                places: it.submissions.iter().map(|it| it.place).collect(),
            }),
            programs,
            matrix,
            failing_inputs_vote: self.manifest.config.failing_inputs_vote,
            warnings: outline.warnings,
        })
    }

    /// Reads what is known of a problem besides what its programs did.
    pub(crate) fn outline(&self, problem: &str) -> Result<Outline, EngineError> {
        let (mut n_candidates, mut survivors) = (0, Vec::new());
        self.database.each_sample(problem, |it| {
            n_candidates += 1;
            survivors.extend(it.artifact.filter(|_| it.survives));
        })?;
        let mut scored = HashSet::new();
        self.database.each_verdict(problem, |it| {
            scored.insert(it.artifact);
        })?;
        let report = self.report_of(problem);
        let mut warnings = Vec::new();
        match report {
            None => warnings.push(format!("the run has no report of `{problem}`")),
            Some(report) if report.metrics.n_candidates != n_candidates => {
                warnings.push(format!(
                    "the report of `{problem}` tells of {} candidates, the database of {n_candidates}",
                    report.metrics.n_candidates
                ));
            }
            Some(_) => {}
        }
        let is_scored =
            (!survivors.is_empty()).then(|| survivors.iter().all(|it| scored.contains(it)));
        Ok(Outline {
            run: self.name(),
            n_candidates,
            n_inputs: self.database.n_inputs(problem)?,
            unscored: self.unscored(problem, report, is_scored),
            cost: report.map(|it| it.cost),
            warnings,
        })
    }

    /// Gives each survivor with its weight and what it did, in the order of their earliest candidates.
    pub(crate) fn each_program(
        &self,
        problem: &str,
        n_inputs: usize,
        mut each: impl FnMut(Program, u64, &[ExecutionRecord]) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        let mut survivors = Vec::new();
        let mut of_source: HashMap<Digest, u64> = HashMap::new();
        let mut sources_of: HashMap<Digest, Vec<Digest>> = HashMap::new();
        self.database.each_sample(problem, |it| {
            let Some(source) = it.source else { return };
            // Candidates with the source of an earlier one came out as that one did.
            *of_source.entry(source).or_default() += 1;
            if let Some(artifact) = it.artifact {
                sources_of.entry(artifact).or_default().push(source);
                if it.survives {
                    survivors.push((artifact, it.place, it.name, it.language));
                }
            }
        })?;
        let mut verdicts = HashMap::new();
        self.database.each_verdict(problem, |it| {
            verdicts.insert(it.artifact, it.verdict);
        })?;
        let logprobs = self.logprobs.get(problem);
        for (artifact, place, candidate, language) in survivors {
            // The writer's last transaction may have ended between the two: then it is a candidate like those
            // that were never recorded.
            let Some(records) = self.database.behaviour(problem, artifact)? else {
                continue;
            };
            let broken = |reason: String| EngineError::NotARun {
                path: self.folder.clone(),
                reason: format!("what `{candidate}` of `{problem}` did cannot be read: {reason}"),
            };
            let records = records.map_err(|error| broken(error.to_string()))?;
            if records.len() != n_inputs {
                let reason = format!("{} results for {n_inputs} inputs", records.len());
                return Err(broken(reason));
            }
            let sources = sources_of[&artifact].iter();
            let weight = sources.map(|it| of_source[it]).sum();
            let program = Program {
                artifact,
                candidate,
                place,
                language: language.unwrap_or_default(),
                verdict: verdicts.get(&artifact).copied(),
                logprob: logprobs.and_then(|it| it.get(&place)).copied(),
            };
            each(program, weight, &records)?;
        }
        Ok(())
    }

    fn report_of(&self, problem: &str) -> Option<&ProblemReport> {
        let mut reports = self.files.as_ref()?.report.problems().iter();
        reports.find(|it| it.problem == problem)
    }

    /// Returns why a problem cannot be scored. `is_scored` says whether each survivor has a verdict, if there are
    /// any.
    fn unscored(
        &self,
        problem: &str,
        report: Option<&ProblemReport>,
        is_scored: Option<bool>,
    ) -> Option<Unscored> {
        let mut manifests = self.manifest.problems.iter();
        let manifest = manifests.find(|it| it.problem == problem)?;
        let is_done = report.is_some_and(|it| it.metrics.chosen.is_some());
        if manifest.n_private_tests == 0 {
            Some(Unscored::NoPrivateTests)
        } else if is_scored.unwrap_or(is_done) {
            None
        } else if is_done {
            // Also where resuming has made the database one of this version since.
            Some(Unscored::OlderVersion)
        } else {
            Some(Unscored::NotFinished)
        }
    }
}
