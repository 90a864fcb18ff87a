//! What a problem's programs were run on and under, found again.
//!
//! The problem may have moved or changed since: then its records cannot be compared, and the reason says
//! why. Together with the scorer it opens private tests: what was run on them is run again.

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
    sync::Arc,
    time::Duration,
};

use riddle_problems::{Test, Verdict};
use riddle_sandbox::{Digest, Language, Sandbox};

use super::{
    VerifyOptions,
    report::{Mismatch, VerifyReport},
};
use crate::{
    EngineError, Interrupt, LoadedProblem, Place, ProblemOrigin, ProblemReport, Report,
    RunManifest, SameOutput, Workers,
    inputs::Inputs,
    judging::Judges,
    record::{InputRecord, RunDatabase, TaskManifest, task_digest},
    score::private_digest,
    time_limit,
};

/// What stands for a failed test where there is none.
pub(super) const NO_TEST: &str = "none";

/// What a problem's programs are run on and under.
pub(super) struct Ground {
    pub(super) judges: Arc<Judges>,
    pub(super) interrupt: Interrupt,
    pub(super) time_limit: Duration,
    pub(super) inputs: Vec<Arc<[u8]>>,
    /// Inputs that were looked for by what programs did.
    pub(super) parting_inputs: Vec<Arc<[u8]>>,
    /// When two outputs on them are the same.
    pub(super) same_output: SameOutput,
    /// The private tests, or why they are not those of the run.
    pub(super) private: Result<Vec<Test>, String>,
    /// Languages whose programs cannot be compared, and why.
    pub(super) foreign: BTreeMap<Language, String>,
    /// What the report tells of programs on the private tests, by the place of their candidate.
    pub(super) told: HashMap<Place, Told>,
    /// What the database tells of programs on the private tests.
    pub(super) recorded: HashMap<Digest, Told>,
}

/// What there is of a run, besides its database.
pub(super) struct Run<'a> {
    pub(super) folder: &'a Path,
    pub(super) manifest: &'a RunManifest,
    /// Its report, if it came to one.
    pub(super) report: Option<&'a Report>,
}

impl Ground {
    /// Finds a problem again; the inner error is why its records cannot be compared.
    pub(super) async fn find(
        sandbox: &Arc<Sandbox>,
        workers: &Workers,
        interrupt: &Interrupt,
        run: &Run<'_>,
        database: &RunDatabase,
        problem: &TaskManifest,
        options: &VerifyOptions,
    ) -> Result<Result<Self, String>, EngineError> {
        let loaded = match load(run, problem, options) {
            Ok(loaded) => loaded,
            Err(reason) => return Ok(Err(reason)),
        };
        let judges = Arc::new(Judges::prepare(sandbox, &loaded.task)?);
        if let Some(reason) = judges.unusable().next() {
            return Ok(Err(reason));
        }
        let reports = run.report.map(Report::problems).unwrap_or_default();
        let report = reports.iter().find(|it| it.problem == problem.problem);
        let limit = report.and_then(|it| Duration::try_from_secs_f64(it.time_limit.seconds).ok());
        let time_limit = if let Some(limit) = limit {
            limit
        } else {
            // The run was cut short before it told.
            let resolved = time_limit::resolve(
                &judges,
                workers,
                interrupt,
                &loaded.private,
                loaded.folder(),
                run.manifest.config.default_time_limit,
            );
            resolved.await?.ok_or(EngineError::Interrupted)?.limit
        };
        Ok(Ok(Self {
            judges,
            interrupt: interrupt.clone(),
            time_limit,
            inputs: Inputs::of(&loaded.task, &run.manifest.config).contents(),
            parting_inputs: Vec::new(),
            same_output: run.manifest.config.same_output,
            private: private(&loaded, problem),
            foreign: foreign(sandbox, run.manifest),
            told: report.map(told).unwrap_or_default(),
            recorded: recorded(database, &problem.problem)?,
        }))
    }

    /// Compares the recorded inputs with those made now. Programs are run on the recorded ones, where what is
    /// recorded of them holds together. Those that were looked for by what programs did follow from all executions, and
    /// are only held against their digests.
    pub(super) fn compare_inputs(
        &mut self,
        problem: &str,
        recorded: Vec<InputRecord>,
        report: &mut VerifyReport,
    ) {
        let made = std::mem::take(&mut self.inputs);
        for (index, input) in recorded.into_iter().enumerate() {
            let content: Arc<[u8]> = input.content.into();
            let of_content = Digest::of(&content);
            let of_made = if input.is_parting {
                Some(of_content)
            } else {
                made.get(index).map(|it| Digest::of(it))
            };
            let is_equal = of_content == input.digest && of_made == Some(input.digest);
            report.inputs.compared(is_equal);
            let holds_together = of_content == input.digest;
            if !is_equal {
                let seen = if holds_together {
                    of_made
                } else {
                    Some(of_content)
                };
                report.differs(Mismatch {
                    problem: problem.to_owned(),
                    candidate: None,
                    place: None,
                    stage: "inputs".to_owned(),
                    number: Some(index as u64),
                    test: None,
                    field: "input".to_owned(),
                    recorded: input.digest.to_string(),
                    seen: seen.map_or("none".to_owned(), |it| it.to_string()),
                });
            }
            if input.is_parting {
                self.parting_inputs.push(content);
                continue;
            }
            self.inputs.push(match made.get(index) {
                Some(made) if !holds_together => Arc::clone(made),
                _ => content,
            });
        }
        self.inputs.extend(made.into_iter().skip(self.inputs.len()));
    }
}

/// Loads the problem from where it was, or from where it is said to be now.
fn load(
    run: &Run<'_>,
    problem: &TaskManifest,
    options: &VerifyOptions,
) -> Result<LoadedProblem, String> {
    let name = &problem.problem;
    let origins = run.manifest.problems();
    let origin = origins.into_iter().find(|it| it.0 == name);
    let origin = origin.and_then(|it| it.1);
    let is_same = |loaded: &LoadedProblem| task_digest(&loaded.task) == problem.digest;
    for folder in &options.problems {
        let moved = ProblemOrigin {
            folder: folder.clone(),
            forced_format: origin.as_ref().and_then(|it| it.forced_format.clone()),
            n_public: origin.as_ref().map_or(1, |it| it.n_public),
        };
        if let Ok(loaded) = LoadedProblem::load_again(&moved)
            && is_same(&loaded)
        {
            return Ok(under(loaded, name));
        }
    }
    let Some(origin) = origin else {
        return Err(format!("problem `{name}` was not loaded from a folder"));
    };
    let loaded = LoadedProblem::load_again(&origin)
        .map_err(|error| format!("problem `{name}` is not where it was: {}", in_full(&error)))?;
    if !is_same(&loaded) {
        return Err(format!(
            "problem `{name}` is not what it was when the run began"
        ));
    }
    Ok(under(loaded, name))
}

/// Gives a problem the name that it had in the run, by which seeds are derived.
fn under(mut loaded: LoadedProblem, name: &str) -> LoadedProblem {
    if loaded.task.id != name {
        name.clone_into(&mut Arc::make_mut(&mut loaded.task).id);
    }
    loaded
}

fn in_full(error: &dyn std::error::Error) -> String {
    let mut parts = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(it) = cause {
        parts.push(it.to_string());
        cause = it.source();
    }
    parts.dedup();
    parts.join(": ")
}

fn private(loaded: &LoadedProblem, problem: &TaskManifest) -> Result<Vec<Test>, String> {
    let is_same = loaded.private.len() == problem.n_private_tests
        && problem
            .private_digest
            .is_none_or(|it| it == private_digest(&loaded.private));
    if is_same {
        Ok(loaded.private.open_for_scoring().to_vec())
    } else {
        let name = &problem.problem;
        Err(format!(
            "the private tests of `{name}` are not those of the run"
        ))
    }
}

/// Returns the languages whose toolchain is not that of the run, and why.
fn foreign(sandbox: &Sandbox, manifest: &RunManifest) -> BTreeMap<Language, String> {
    let mut foreign = BTreeMap::new();
    for language in Language::ALL {
        let was = manifest
            .toolchains
            .iter()
            .find(|it| it.0 == language.name());
        let reason = match (was, sandbox.prepare(language)) {
            (Some((_, was)), Ok(is)) if *was == is => continue,
            (Some(_), Ok(_)) => "is not the one that the run was made with",
            (_, Err(_)) => "is not here",
            (None, Ok(_)) => "was not there when the run was made",
        };
        foreign.insert(language, format!("the toolchain of `{language}` {reason}"));
    }
    foreign
}

/// What is told of a program on the private tests.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) verdict: Verdict,
    /// The test that it fails, [`NO_TEST`] if none; `None` where that is not told.
    pub(super) failed_test: Option<String>,
}

fn told(report: &ProblemReport) -> HashMap<Place, Told> {
    let clusters = report.clusters.iter().filter_map(|it| {
        let failed_test = None;
        let verdict = it.verdict?;
        Some((
            it.place?,
            Told {
                verdict,
                failed_test,
            },
        ))
    });
    let submissions = report.submissions.iter().filter_map(|it| {
        let failed_test = it.failed_test.as_deref().unwrap_or(NO_TEST);
        let failed_test = Some(failed_test.to_owned());
        let verdict = it.verdict?;
        Some((
            it.place,
            Told {
                verdict,
                failed_test,
            },
        ))
    });
    clusters.chain(submissions).collect()
}

fn recorded(database: &RunDatabase, problem: &str) -> Result<HashMap<Digest, Told>, EngineError> {
    let mut recorded = HashMap::new();
    database.each_verdict(problem, |it| {
        let failed_test = it.failed_test.unwrap_or_else(|| NO_TEST.to_owned());
        let told = Told {
            verdict: it.verdict,
            failed_test: Some(failed_test),
        };
        recorded.insert(it.artifact, told);
    })?;
    Ok(recorded)
}
