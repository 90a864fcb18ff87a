//! A run: searches over problems, one after the other, with everything written to a run folder.
//!
//! Order, folder and report are here; the search itself is not.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use riddle_problems::{LoadOptions, Problem, Task};
use riddle_sandbox::{Digest, Language, Sandbox};

use crate::{
    ClusterReport, EngineError, Event, Interrupt, Observer, ProblemReport, ProblemTimings, Report,
    Sample, Sampler, SearchConfig, Stopwatch, SubmissionReport, Timings, Workers,
    record::{FORMAT_VERSION, Journal, Manifest, Recorder, RunFolder, StageRow, TaskManifest},
    score::{Score, metrics, score},
    search::{Found, Records, SearchContext, search},
    time_limit,
    workers::block_on,
};

/// Clusters that a report lists; the largest come first.
const LISTED_CLUSTERS: usize = 1000;

/// Runs searches: a sandbox, worker threads, and the settings that shape the result.
pub struct Solver {
    sandbox: Arc<Sandbox>,
    workers: Workers,
    config: SearchConfig,
    interrupt: Interrupt,
}

/// A problem to be solved, and where it was loaded from.
#[derive(Clone, Debug)]
pub struct LoadedProblem {
    /// The folder, for problems whose time limit follows from their accepted programs.
    pub folder: Option<PathBuf>,
    /// What the search may see.
    pub task: Arc<Task>,
    /// What only the scorer may see.
    private: riddle_problems::PrivateTests,
    /// What the loader warned of.
    pub warnings: Vec<String>,
}

impl LoadedProblem {
    /// Loads a problem's folder.
    ///
    /// # Errors
    ///
    /// Returns an error that names the file and what is wrong with it.
    pub fn load(folder: &Path, options: &LoadOptions) -> Result<Self, EngineError> {
        let problem = riddle_problems::load(folder, options)?;
        Ok(Self {
            folder: Some(folder.to_owned()),
            ..Self::from(problem)
        })
    }
}

impl From<Problem> for LoadedProblem {
    fn from(problem: Problem) -> Self {
        Self {
            folder: None,
            task: Arc::new(problem.task),
            private: problem.private,
            warnings: problem.warnings,
        }
    }
}

impl Solver {
    /// Makes a solver with `n_workers` threads.
    ///
    /// # Errors
    ///
    /// Returns an error if the threads cannot be started.
    pub fn new(
        sandbox: Arc<Sandbox>,
        n_workers: usize,
        config: SearchConfig,
    ) -> Result<Self, EngineError> {
        Ok(Self {
            sandbox,
            workers: Workers::start(n_workers)?,
            config,
            interrupt: Interrupt::new(),
        })
    }

    /// Replaces the flag by which a run is stopped.
    #[must_use]
    pub fn with_interrupt(mut self, interrupt: Interrupt) -> Self {
        self.interrupt = interrupt;
        self
    }

    /// Solves one problem and keeps nothing on disk.
    ///
    /// # Errors
    ///
    /// Returns an error on a fault of ours. Candidates that fail are data.
    pub fn solve(
        &self,
        problem: &LoadedProblem,
        sampler: &dyn Sampler,
    ) -> Result<ProblemReport, EngineError> {
        let solved = block_on(self.solve_one(problem, sampler, None, &crate::Silent))??;
        Ok(solved.report)
    }

    /// Solves problems one after the other and writes a run folder: new, or empty.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder cannot be written, or on a fault of ours; what was written
    /// until then stays.
    pub fn run(
        &self,
        problems: &[LoadedProblem],
        sampler: &dyn Sampler,
        folder: &Path,
        observer: &dyn Observer,
    ) -> Result<(Report, Timings), EngineError> {
        let folder = RunFolder::create(folder)?;
        folder.write_json("manifest.json", &self.manifest(problems, sampler))?;
        let mut records = Records {
            journal: Journal::create(&folder.join("candidates.jsonl"))?,
            recorder: Recorder::create(&folder.join("run.sqlite"))?,
        };
        let mut reports = Vec::new();
        let mut timings = Timings::default();
        for (index, problem) in problems.iter().enumerate() {
            let stopwatch = Stopwatch::start();
            observer.event(Event::ProblemStarted {
                problem: &problem.task.id,
                index,
                n_problems: problems.len(),
                n_candidates: sampler
                    .n_samples(&problem.task)
                    .map(|n| self.config.n_samples.map_or(n, |asked| n.min(asked))),
            });
            let solved = block_on(self.solve_one(problem, sampler, Some(&mut records), observer))??;
            records.journal.flush()?;
            for (submission, source) in solved.report.submissions.iter().zip(&solved.sources) {
                folder.write(&submission.file, source)?;
            }
            let wall_time = stopwatch.elapsed();
            observer.event(Event::ProblemFinished {
                report: &solved.report,
                wall_time,
            });
            timings.problems.push(ProblemTimings {
                wall_time,
                ..solved.timings
            });
            reports.push(solved.report);
            // After each problem, so that a later fault loses nothing.
            folder.write_json("report.json", &Report::new(reports.clone(), problems.len()))?;
            folder.write_json("timings.json", &timings)?;
            if self.interrupt.is_set() {
                break;
            }
        }
        records.recorder.finish()?;
        Ok((Report::new(reports, problems.len()), timings))
    }

    fn manifest(&self, problems: &[LoadedProblem], sampler: &dyn Sampler) -> Manifest {
        Manifest {
            format_version: FORMAT_VERSION,
            riddle_version: env!("CARGO_PKG_VERSION").to_owned(),
            config: self.config.clone(),
            sampler: sampler.name().to_owned(),
            n_workers: self.workers.n(),
            toolchains: Language::ALL
                .into_iter()
                .filter_map(|it| Some((it.name().to_owned(), self.sandbox.prepare(it).ok()?)))
                .collect(),
            problems: problems.iter().map(task_manifest).collect(),
        }
    }

    async fn solve_one(
        &self,
        problem: &LoadedProblem,
        sampler: &dyn Sampler,
        mut records: Option<&mut Records>,
        observer: &dyn Observer,
    ) -> Result<Solved, EngineError> {
        let task = &problem.task;
        let time_limit = time_limit::resolve(
            &self.sandbox,
            &self.workers,
            task,
            &problem.private,
            problem.folder.as_deref(),
            self.config.default_time_limit,
        )
        .await?;
        let context = SearchContext {
            sandbox: &self.sandbox,
            workers: &self.workers,
            config: &self.config,
            interrupt: &self.interrupt,
            observer,
        };
        let found = search(
            &context,
            task,
            time_limit.limit,
            sampler,
            records.as_deref_mut(),
        )
        .await?;

        if !problem.private.is_empty() {
            observer.event(Event::Scoring {
                problem: &task.id,
                n_programs: found.survivors.len(),
            });
        }
        let scores = score(
            &self.sandbox,
            &self.workers,
            task,
            time_limit.limit,
            &problem.private,
            &found.survivors,
        )
        .await?;
        if let (Some(records), Some(scores)) = (records, &scores) {
            for (survivor, score) in found.survivors.iter().zip(scores) {
                records.recorder.stage(StageRow {
                    problem: task.id.clone(),
                    artifact: survivor.trial.artifact,
                    stage: "private",
                    results: score.results.iter().map(|it| it.record).collect(),
                })?;
            }
        }
        let mut solved = solved(problem, found, scores.as_deref(), &self.config);
        solved.report.time_limit = time_limit.report();
        Ok(solved)
    }
}

/// A problem's report, what it took, and the bytes of its submissions.
struct Solved {
    report: ProblemReport,
    timings: ProblemTimings,
    sources: Vec<Arc<[u8]>>,
}

fn solved(
    problem: &LoadedProblem,
    found: Found,
    scores: Option<&[Score]>,
    config: &SearchConfig,
) -> Solved {
    let verdict = |row: usize| scores.map(|it| it[row].verdict);
    let picked: Vec<usize> = found.picks.iter().map(|it| it.row).collect();
    let submissions = found.picks.iter().enumerate().map(|(index, pick)| {
        let candidate = &found.survivors[pick.row].candidate;
        let language = candidate.sample.language;
        SubmissionReport {
            rank: index as u64 + 1,
            candidate: candidate.name(),
            place: candidate.place,
            language,
            cluster: pick.cluster as u64 + 1,
            cluster_size: found.clusters[pick.cluster].weight,
            reason: pick.reason.to_string(),
            source: String::from_utf8_lossy(&candidate.sample.source).into_owned(),
            file: format!(
                "submissions/{}/{:02}.{}",
                problem.task.id,
                index + 1,
                extension(&candidate.sample)
            ),
            verdict: verdict(pick.row),
            failed_test: scores.and_then(|it| it[pick.row].failed_test.clone()),
        }
    });
    let clusters = found.clusters.iter().take(LISTED_CLUSTERS).enumerate();
    let clusters = clusters.map(|(index, cluster)| ClusterReport {
        rank: index as u64 + 1,
        size: cluster.weight,
        n_programs: cluster.members.len() as u64,
        representative: found.survivors[cluster.members[0]].candidate.name(),
        verdict: verdict(cluster.members[0]),
    });
    let mut cost = found.cost;
    let mut timings = found.timings;
    for score in scores.unwrap_or_default() {
        cost.n_executions += score.results.len() as u64;
        cost.fuel += score.results.iter().map(|it| it.record.fuel).sum::<u64>();
        timings.execute_cpu_time += score.results.iter().map(|it| it.cpu_time).sum();
    }
    let mut backstops = found.backstops;
    for (survivor, score) in found.survivors.iter().zip(scores.unwrap_or_default()) {
        if score.verdict == riddle_problems::Verdict::Je {
            backstops.push(survivor.candidate.name());
        }
    }
    let mut warnings = problem.warnings.clone();
    warnings.extend(found.warnings);
    Solved {
        sources: picked
            .iter()
            .map(|row| Arc::clone(&found.survivors[*row].candidate.sample.source))
            .collect(),
        report: ProblemReport {
            problem: problem.task.id.clone(),
            submissions: submissions.collect(),
            clusters: clusters.collect(),
            metrics: metrics(
                found.n_candidates,
                config.n_submissions as u64,
                &found.survivors,
                scores,
                &picked,
            ),
            funnel: found.funnel,
            cost,
            time_limit: crate::TimeLimitReport {
                seconds: 0.0,
                source: crate::TimeLimitSource::Default,
            },
            n_inputs: found.n_inputs as u64,
            rule: found.rule,
            stop_reason: found.stop_reason,
            backstops,
            warnings,
        },
        timings,
    }
}

/// Returns the ending of a submission's file. WebAssembly has two forms.
fn extension(sample: &Sample) -> &'static str {
    match sample.language {
        Language::Wasm if !sample.source.starts_with(b"\0asm") => "wat",
        language => language.extension(),
    }
}

fn task_manifest(problem: &LoadedProblem) -> TaskManifest {
    let task = &problem.task;
    let limits = serde_json::to_vec(&task.limits).expect("limits are plain data");
    let checker = task.checker.to_string();
    let mut parts: Vec<&[u8]> = vec![&limits, checker.as_bytes()];
    for test in &task.public_tests {
        parts.extend([test.name.as_bytes(), &*test.input, &*test.answer]);
    }
    TaskManifest {
        problem: task.id.clone(),
        format: task.format.to_string(),
        digest: Digest::of_parts("riddle 2026-11-22 task", &parts),
        n_public_tests: task.public_tests.len(),
        n_private_tests: problem.private.len(),
    }
}
