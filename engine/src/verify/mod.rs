//! `verify`: a share of what a run recorded is done again, and every recorded bit compared.
//!
//! Candidates come from the journal, are compiled again and run in fresh executions. Decides nothing and
//! writes nothing; what it finds is a report.

mod draw;
mod ground;
mod report;
mod rerun;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use futures_util::{StreamExt, stream};
use riddle_sandbox::Sandbox;

pub use self::report::{Checked, LISTED_MISMATCHES, Mismatch, VerifyReport};
use self::{
    draw::{Job, draw},
    ground::{Ground, Run},
    rerun::rerun,
};
use crate::{
    Candidate, EngineError, Interrupt, RunFiles, RunManifest, Workers,
    record::{RunDatabase, Samples, TaskManifest, hold},
    workers,
};

/// What of a run is verified, and where its problems are.
#[derive(Clone, Debug)]
pub struct VerifyOptions {
    /// The share of executions and compilations that are done again, from 0 to 1; at least some twenty
    /// executions a problem. Default: 0.1.
    pub share: f64,
    /// The seed by which they are drawn. Default: 0.
    pub seed: u64,
    /// Folders of problems that are not where they were. Default: none.
    pub problems: Vec<PathBuf>,
}

impl Default for VerifyOptions {
    fn default() -> Self {
        Self {
            share: 0.1,
            seed: 0,
            problems: Vec::new(),
        }
    }
}

/// How far a verification is.
#[derive(Clone, Copy, Debug)]
pub struct VerifyProgress<'a> {
    /// The problem.
    pub problem: &'a str,
    /// Its candidates that are done.
    pub n_done: u64,
    /// Its candidates that are done again.
    pub n_candidates: u64,
}

/// Does a share of a run's executions and compilations again, each in a fresh execution, and compares
/// every recorded bit. `progress` is told after each candidate.
///
/// The sandbox must have the seed that the run's had ([`RunManifest::sandbox_seed`]). An interrupt leaves
/// out what was not begun.
///
/// # Errors
///
/// Returns an error if the folder is no run, if another process writes it, if it was made by another
/// runtime, or on a fault of ours. Problems and toolchains that are others now are not: what depends on
/// them is reported as not comparable.
pub fn verify(
    sandbox: &Arc<Sandbox>,
    workers: &Workers,
    run: &Path,
    options: &VerifyOptions,
    interrupt: &Interrupt,
    mut progress: impl FnMut(VerifyProgress<'_>),
) -> Result<VerifyReport, EngineError> {
    let manifest = RunManifest::read(run)?;
    let journal = run.join("candidates.jsonl");
    let _held = hold(&journal)?;
    let database = RunDatabase::open(run)?;
    let mut report = VerifyReport {
        run: run.to_owned(),
        share: options.share,
        seed: options.seed,
        ..VerifyReport::default()
    };
    report
        .warnings
        .extend(other_runtime(sandbox, run, &manifest)?);
    let files = RunFiles::read(run).ok();
    let seen = Run {
        folder: run,
        manifest: &manifest,
        report: files.as_ref().map(|it| &it.report),
    };
    for problem in &manifest.problems {
        if interrupt.is_set() {
            report.is_interrupted = true;
            break;
        }
        let verifying = Verifying {
            sandbox,
            workers,
            interrupt,
            options,
            run: &seen,
            problem,
        };
        let part = workers::block_on(verifying.go(&database, &mut progress))?;
        match part {
            Err(EngineError::Interrupted) => report.is_interrupted = true,
            part => report.add(part?),
        }
    }
    Ok(report)
}

/// Refuses a run that another runtime made; returns a warning where nothing says which did.
fn other_runtime(
    sandbox: &Sandbox,
    run: &Path,
    manifest: &RunManifest,
) -> Result<Option<String>, EngineError> {
    match manifest.sandbox {
        None => Ok(Some(format!(
            "the run does not say which runtime made it (Riddle {}): differences may be the runtime's",
            manifest.riddle_version
        ))),
        Some(was) if was == sandbox.identity() => Ok(None),
        Some(_) => Err(EngineError::NotComparable {
            path: run.to_owned(),
            reason: format!(
                "it was made by another runtime (Riddle {}), or by one that was set up otherwise",
                manifest.riddle_version
            ),
        }),
    }
}

/// One problem of a run, being verified.
struct Verifying<'a> {
    sandbox: &'a Arc<Sandbox>,
    workers: &'a Workers,
    interrupt: &'a Interrupt,
    options: &'a VerifyOptions,
    run: &'a Run<'a>,
    problem: &'a TaskManifest,
}

impl Verifying<'_> {
    async fn go(
        &self,
        database: &RunDatabase,
        progress: &mut impl FnMut(VerifyProgress<'_>),
    ) -> Result<VerifyReport, EngineError> {
        let mut report = VerifyReport::default();
        let name = &self.problem.problem;
        let (share, seed) = (self.options.share, self.options.seed);
        let mut jobs = draw(database, name, share, seed, &mut report)?;
        if jobs.is_empty() {
            return Ok(report);
        }
        let ground = Ground::find(
            self.sandbox,
            self.workers,
            self.interrupt,
            self.run,
            database,
            self.problem,
            self.options,
        )
        .await?;
        let inputs = database.inputs(name)?;
        report.inputs.n_recorded = inputs.len() as u64;
        report.inputs.n_drawn = report.inputs.n_recorded;
        let mut ground = match ground {
            Ok(ground) => ground,
            Err(reason) => {
                report.inputs.n_not_comparable = report.inputs.n_drawn;
                not_comparable(&mut report, &reason, jobs.values());
                return Ok(report);
            }
        };
        ground.compare_inputs(name, inputs, &mut report);
        let ground = Arc::new(ground);
        let n_candidates = jobs.len() as u64;
        let found = self.samples()?.filter_map(|sampled| match sampled {
            Ok(candidate) => Some(Ok((jobs.remove(&candidate.place)?, candidate))),
            Err(error) => Some(Err(error)),
        });
        let mut running = stream::iter(found)
            .take_while(|_| std::future::ready(!self.interrupt.is_set()))
            .map(|found| {
                let ground = Arc::clone(&ground);
                async move {
                    let (job, candidate) = found?;
                    let work = move || rerun(&ground, &job, &candidate);
                    Ok::<_, EngineError>(self.workers.run(name.clone(), work).await??)
                }
            })
            .buffered(self.workers.capacity());
        let mut n_done = 0;
        while let Some(part) = running.next().await {
            report.add(part?);
            n_done += 1;
            progress(VerifyProgress {
                problem: name,
                n_done,
                n_candidates,
            });
        }
        drop(running);
        if self.interrupt.is_set() && n_done < n_candidates {
            report.is_interrupted = true;
        } else {
            let reason = format!("the journal has no such candidate of `{name}`");
            not_comparable(&mut report, &reason, jobs.values());
        }
        Ok(report)
    }

    /// Returns the problem's candidates that the journal has, in the order of their arrival.
    fn samples(&self) -> Result<impl Iterator<Item = Result<Candidate, EngineError>>, EngineError> {
        let samples = Samples::open(&self.run.folder.join("candidates.jsonl"))?;
        Ok(samples.filter_map(|sampled| match sampled {
            Ok((problem, sampled)) if problem == self.problem.problem => Some(Ok(Candidate {
                place: sampled.place,
                lineage: sampled.lineage,
                sample: sampled.sample.ok()?,
            })),
            Ok(_) => None,
            Err(error) => Some(Err(error)),
        }))
    }
}

fn not_comparable<'a>(
    report: &mut VerifyReport,
    reason: &str,
    jobs: impl Iterator<Item = &'a Job>,
) {
    let (mut n_executions, mut n_compilations) = (0, 0);
    for job in jobs {
        n_executions += job.executions.len() as u64;
        n_compilations += 1;
    }
    report.not_comparable(reason, n_executions, n_compilations);
}
