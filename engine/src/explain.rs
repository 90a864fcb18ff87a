//! Why one program was sent and not another: what the public tests alone would have picked, beside what
//! clustering picked, and an input on which the two differ.
//!
//! Reads a recorded run and runs the two programs again; decides nothing. Private tests stay closed: what
//! they said is in the report.

use std::{path::Path, sync::Arc, time::Duration};

use riddle_problems::Verdict;
use riddle_sandbox::{Ending, Execution, Language, Sandbox};
use serde::Serialize;

use crate::{
    EngineError, LoadedProblem, Place, ProblemReport, Report, RunFiles, RunManifest,
    evaluate::limits,
    judging::run_input,
    record::{RunDatabase, journalled},
};

/// The earliest survivor of a problem beside its first submission.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// The problem.
    pub problem: String,
    /// Candidates that passed the public tests, duplicates included.
    pub n_survivors: u64,
    /// Clusters that they are in.
    pub n_clusters: u64,
    /// What the public tests alone would have sent: the earliest candidate that passes them.
    pub earliest: Explained,
    /// What was sent first.
    pub sent: Explained,
    /// Where they differ; none if they do the same on every generated input.
    pub difference: Option<Difference>,
}

/// A program of an explanation.
#[derive(Clone, Debug, Serialize)]
pub struct Explained {
    /// The candidate's name.
    pub candidate: String,
    /// Its language.
    pub language: Language,
    /// Its text; bytes that are no UTF-8 are replaced.
    pub source: String,
    /// The rank of its cluster, from 1.
    pub cluster: u64,
    /// Candidates in its cluster.
    pub cluster_size: u64,
    /// Its verdict on the private tests, where there are any.
    pub verdict: Option<Verdict>,
}

/// A generated input on which two programs do not do the same.
#[derive(Clone, Debug, Serialize)]
pub struct Difference {
    /// The input; bytes that are no UTF-8 are replaced.
    pub input: String,
    /// What the earliest survivor did.
    pub earliest: Did,
    /// What the first submission did.
    pub sent: Did,
}

/// What a program did on one input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Did {
    /// How it ended.
    pub ending: &'static str,
    /// What it printed; bytes that are no UTF-8 are replaced.
    pub stdout: String,
}

impl Explanation {
    /// Returns true if clustering picked a right program where the public tests alone would have picked a
    /// wrong one.
    pub fn shows_the_effect(&self) -> bool {
        self.sent.verdict == Some(Verdict::Ac)
            && self.earliest.verdict.is_some_and(|it| it != Verdict::Ac)
    }
}

/// Explains a problem of a recorded run; `None` if the run has no survivor for it.
///
/// # Errors
///
/// Returns an error if the run cannot be read, or its problem is gone.
pub fn explain(
    sandbox: &Sandbox,
    run: &Path,
    problem: &str,
) -> Result<Option<Explanation>, EngineError> {
    let files = RunFiles::read(run)?;
    let Some(report) = report_of(&files.report, problem) else {
        return Err(EngineError::NotARun {
            path: run.to_owned(),
            reason: format!("it has no problem `{problem}`"),
        });
    };
    let clusters = report.clusters.iter();
    let earliest = clusters
        .filter_map(|it| Some((it.place?, it)))
        .min_by_key(|it| it.0);
    let (Some((earliest_place, earliest)), Some(sent)) = (earliest, report.submissions.first())
    else {
        return Ok(None);
    };
    let sources = journalled(&run.join("candidates.jsonl"), problem)?;
    let explained = |place: Place, name: &str, cluster: u64, size, verdict| {
        let sampled = sources.iter().find(|it| it.place == place);
        let sample = sampled.and_then(|it| it.sample.as_ref().ok());
        let sample = sample.ok_or_else(|| EngineError::NotARun {
            path: run.to_owned(),
            reason: format!("its journal has no candidate `{name}`"),
        })?;
        Ok::<_, EngineError>((
            Explained {
                candidate: name.to_owned(),
                language: sample.language,
                source: String::from_utf8_lossy(&sample.source).into_owned(),
                cluster,
                cluster_size: size,
                verdict,
            },
            Arc::clone(&sample.source),
        ))
    };
    let (earliest, earliest_source) = explained(
        earliest_place,
        &earliest.representative,
        earliest.rank,
        earliest.size,
        earliest.verdict,
    )?;
    let (sent, sent_source) = explained(
        sent.place,
        &sent.candidate,
        sent.cluster,
        sent.cluster_size,
        sent.verdict,
    )?;
    let programs = [
        (earliest.language, earliest_source),
        (sent.language, sent_source),
    ];
    Ok(Some(Explanation {
        problem: problem.to_owned(),
        n_survivors: report.metrics.n_survivors,
        n_clusters: report.clusters.len() as u64,
        difference: difference(sandbox, run, report, &programs)?,
        earliest,
        sent,
    }))
}

fn report_of<'a>(report: &'a Report, problem: &str) -> Option<&'a ProblemReport> {
    report.problems().iter().find(|it| it.problem == problem)
}

/// Finds the shortest generated input on which two programs do not do the same.
fn difference(
    sandbox: &Sandbox,
    run: &Path,
    report: &ProblemReport,
    sources: &[(Language, Arc<[u8]>); 2],
) -> Result<Option<Difference>, EngineError> {
    let manifest = RunManifest::read(run)?;
    let origin = manifest.problems().find(|it| it.0 == report.problem);
    let Some((_, Some(origin))) = origin else {
        return Ok(None);
    };
    let task = LoadedProblem::load_again(&origin)?.task;
    let time_limit = Duration::try_from_secs_f64(report.time_limit.seconds).unwrap_or_default();
    let mut programs = Vec::new();
    for (language, source) in sources {
        match sandbox.compile(*language, source)?.outcome {
            Ok(program) => programs.push((program, limits(&task, time_limit, *language))),
            // It compiled when the run was made: the toolchain is another one now.
            Err(_) => return Ok(None),
        }
    }
    let mut inputs = RunDatabase::open(run)?.inputs(&report.problem)?;
    inputs.sort_by_key(|it| it.content.len());
    let inputs = inputs.into_iter().map(|it| Arc::<[u8]>::from(it.content));
    let mut second_best = None;
    for input in inputs {
        let mut did = Vec::new();
        for (program, limits) in &programs {
            let execution = run_input(sandbox, &task, program, limits, Arc::clone(&input))?;
            did.push((execution.ending == Ending::Ok, done(&execution)));
        }
        let (sent, earliest) = (did.pop(), did.pop());
        let (Some((sent_ok, sent)), Some((earliest_ok, earliest))) = (sent, earliest) else {
            continue;
        };
        let form = |it: &Did| task.checker.form(it.stdout.as_bytes());
        let is_same = sent.ending == earliest.ending && form(&sent) == form(&earliest);
        if is_same || !(sent_ok || earliest_ok) {
            continue;
        }
        let difference = Difference {
            input: String::from_utf8_lossy(&input).into_owned(),
            earliest,
            sent,
        };
        // Two answers say more than an answer and a crash.
        if sent_ok && earliest_ok {
            return Ok(Some(difference));
        }
        second_best.get_or_insert(difference);
    }
    Ok(second_best)
}

fn done(execution: &Execution) -> Did {
    Did {
        ending: execution.ending.name(),
        stdout: String::from_utf8_lossy(&execution.stdout).into_owned(),
    }
}
