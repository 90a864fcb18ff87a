//! A run: searches over problems, one after the other, with everything written to a run folder.
//!
//! Order, folder and report are here; the search itself is not.

use std::{collections::HashMap, path::Path, sync::Arc};

use riddle_problems::{LoadOptions, Problem, Task};
use riddle_sandbox::{Language, Sandbox};
use tokio::runtime::Runtime;

use crate::{
    ClusterReport, EngineError, Event, Interrupt, Observer, ProblemOrigin, ProblemReport,
    ProblemTimings, Report, RunFiles, RunManifest, Sample, Sampled, Sampler, SearchConfig,
    StopReason, Stopwatch, SubmissionReport, Timings, Workers,
    judging::{Judges, rule},
    record::{Journal, Recorder, RunFolder, StageRow, TaskManifest, VerdictRow},
    score::{Score, metrics, score},
    search::{Found, Records, SearchContext, search},
    time_limit,
    workers::runtime,
};

/// Clusters that a report lists; the largest come first.
const LISTED_CLUSTERS: usize = 1000;

/// Runs searches: a sandbox, worker threads, and the settings that shape the result.
pub struct Solver {
    sandbox: Arc<Sandbox>,
    workers: Workers,
    /// The dispatcher's, one for all runs: a sampler's connections live as long as it does.
    runtime: Runtime,
    config: SearchConfig,
    interrupt: Interrupt,
}

/// A problem to be solved, and where it was loaded from.
#[derive(Clone, Debug)]
pub struct LoadedProblem {
    /// Where it was loaded from, and how; a problem made in memory has no folder.
    pub origin: Option<ProblemOrigin>,
    /// What the search may see.
    pub task: Arc<Task>,
    /// What only the scorer may see.
    pub(crate) private: riddle_problems::PrivateTests,
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
        if let Some(feature) = problem.needs_of_search() {
            return Err(riddle_problems::LoadError::unsupported(folder, feature).into());
        }
        Ok(Self {
            origin: Some(ProblemOrigin {
                folder: folder.to_owned(),
                forced_format: options.format.map(|it| it.to_string()),
                n_public: options.n_public,
            }),
            ..Self::from(problem)
        })
    }

    /// Loads a problem again, as it was loaded for a run.
    ///
    /// # Errors
    ///
    /// Returns an error that names the file and what is wrong with it.
    pub fn load_again(origin: &ProblemOrigin) -> Result<Self, EngineError> {
        let format = origin.forced_format.as_deref().map(str::parse).transpose();
        let options = LoadOptions {
            format: format.map_err(|error| EngineError::Config(format!("{error}")))?,
            n_public: origin.n_public,
        };
        Self::load(&origin.folder, &options)
    }

    /// Returns the folder that it was loaded from.
    pub fn folder(&self) -> Option<&Path> {
        self.origin.as_ref().map(|it| it.folder.as_path())
    }
}

impl From<Problem> for LoadedProblem {
    fn from(problem: Problem) -> Self {
        Self {
            origin: None,
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
            runtime: runtime()?,
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
    /// Returns an error on a fault of ours, or if it was interrupted before the time limit was derived.
    /// Candidates that fail are data.
    pub fn solve(
        &self,
        problem: &LoadedProblem,
        sampler: &dyn Sampler,
    ) -> Result<ProblemReport, EngineError> {
        let solving = self.solve_one(problem, sampler, Vec::new(), None, &crate::Silent);
        let solved = self.runtime.block_on(solving)?;
        let solved = solved.ok_or(EngineError::Interrupted)?;
        match solved.sampler_failure {
            Some(error) if solved.report.metrics.n_candidates == 0 => Err(error.into()),
            _ => Ok(solved.report),
        }
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
        let manifest = self.manifest(problems, sampler, &folder);
        folder.write_json("manifest.json", &manifest)?;
        let records = Records {
            journal: Journal::create(&folder.join("candidates.jsonl"))?,
            recorder: Recorder::open(&folder.join("run.sqlite"))?,
        };
        self.go_on(
            problems,
            sampler,
            &folder,
            records,
            Past::default(),
            observer,
        )
    }

    /// Goes on with a run that was interrupted or killed: what is recorded stays, and the sampler is
    /// asked for what is missing. Problems that were done are not done again.
    ///
    /// `problems` and `sampler` are those of the run, which [`RunManifest`] tells; the solver's
    /// settings must be the run's.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run), and if the problems or settings are not those of the run, or another
    /// process works on it.
    pub fn resume(
        &self,
        problems: &[LoadedProblem],
        sampler: &dyn Sampler,
        folder: &Path,
        observer: &dyn Observer,
    ) -> Result<(Report, Timings), EngineError> {
        let manifest = RunManifest::read(folder)?;
        let folder_path = folder;
        let folder = RunFolder::reopen(folder);
        if manifest.config != self.config {
            let message = "the settings are not those that the run began with".to_owned();
            return Err(EngineError::Config(message));
        }
        let now = self.manifest(problems, sampler, &folder);
        if manifest.problems.len() != now.problems.len() {
            return Err(EngineError::Config(format!(
                "the run has {} problems, not {}",
                manifest.problems.len(),
                now.problems.len()
            )));
        }
        for (was, is) in manifest.problems.iter().zip(&now.problems) {
            if (&was.problem, was.digest) != (&is.problem, is.digest) {
                return Err(EngineError::Config(format!(
                    "problem `{}` is not what it was when the run began",
                    was.problem
                )));
            }
        }
        for (language, was) in &manifest.toolchains {
            let is = now.toolchains.iter().find(|(name, _)| name == language);
            if is.is_none_or(|(_, is)| is != was) {
                observer.event(Event::Warning(format!(
                    "the toolchain of `{language}` is not the one that the run began with"
                )));
            }
        }
        if manifest
            .sandbox
            .is_some_and(|it| it != self.sandbox.identity())
        {
            let message = "the runtime is not the one that the run began with, or set up otherwise";
            observer.event(Event::Warning(message.to_owned()));
        }
        let (journal, samples) = Journal::reopen(&folder.join("candidates.jsonl"))?;
        let mut past = Past::default();
        // Where no problem was done there is no report yet.
        if folder.join("report.json").exists() {
            past.files = Some(RunFiles::read(folder_path)?);
        }
        for (problem, sampled) in samples {
            past.samples.entry(problem).or_default().push(sampled);
        }
        let records = Records {
            journal,
            recorder: Recorder::open(&folder.join("run.sqlite"))?,
        };
        self.go_on(problems, sampler, &folder, records, past, observer)
    }

    fn go_on(
        &self,
        problems: &[LoadedProblem],
        sampler: &dyn Sampler,
        folder: &RunFolder,
        mut records: Records,
        mut past: Past,
        observer: &dyn Observer,
    ) -> Result<(Report, Timings), EngineError> {
        let mut done: Vec<Option<(ProblemReport, ProblemTimings)>> =
            problems.iter().map(|it| past.done(&it.task.id)).collect();
        let mut failure = None;
        for (index, problem) in problems.iter().enumerate() {
            if done[index]
                .as_ref()
                .is_some_and(|it| !it.0.stop_reason.is_cut_short())
            {
                continue;
            }
            let stopwatch = Stopwatch::start();
            observer.event(Event::ProblemStarted {
                problem: &problem.task.id,
                index,
                n_problems: problems.len(),
                n_candidates: sampler
                    .n_samples(&problem.task)
                    .map(|n| self.config.n_samples.map_or(n, |asked| n.min(asked)))
                    .or(self.config.n_samples),
            });
            let known = past.samples(&problem.task.id);
            let solving = self.solve_one(problem, sampler, known, Some(&mut records), observer);
            let Some(solved) = self.runtime.block_on(solving)? else {
                break;
            };
            folder.clear(&format!("submissions/{}", problem.task.id))?;
            for (submission, source) in solved.report.submissions.iter().zip(&solved.sources) {
                folder.write(&submission.file, source)?;
            }
            let wall_time = stopwatch.elapsed();
            observer.event(Event::ProblemFinished {
                report: &solved.report,
                wall_time,
            });
            let timings = ProblemTimings {
                wall_time,
                ..solved.timings
            };
            done[index] = Some((solved.report, timings));
            failure = solved.sampler_failure.or(failure);
            // After each problem, so that a later fault loses nothing.
            let (report, timings) = joined(&done);
            folder.write_json("report.json", &report)?;
            folder.write_json("timings.json", &timings)?;
            if self.interrupt.is_set() {
                break;
            }
        }
        records.recorder.finish()?;
        let (report, timings) = joined(&done);
        match failure {
            // Nothing came of the run but the failure.
            Some(error) if report.totals().n_candidates == 0 => Err(error.into()),
            _ => Ok((report, timings)),
        }
    }

    fn manifest(
        &self,
        problems: &[LoadedProblem],
        sampler: &dyn Sampler,
        folder: &RunFolder,
    ) -> RunManifest {
        let toolchains = Language::ALL
            .into_iter()
            .filter_map(|it| Some((it.name().to_owned(), self.sandbox.prepare(it).ok()?)));
        let mut manifest = RunManifest::new(
            self.config.clone(),
            sampler,
            self.workers.n(),
            toolchains.collect(),
            &self.sandbox,
            problems
                .iter()
                .map(|it| TaskManifest::of(it, folder))
                .collect(),
        );
        if let Some(config) = &mut manifest.sampler_config {
            config.map_paths(|path| folder.seen(path));
        }
        manifest
    }

    /// Solves one problem; `None` if the user interrupted it before its search began.
    async fn solve_one(
        &self,
        problem: &LoadedProblem,
        sampler: &dyn Sampler,
        known: Vec<Sampled>,
        mut records: Option<&mut Records>,
        observer: &dyn Observer,
    ) -> Result<Option<Solved>, EngineError> {
        let task = &problem.task;
        let judges = Arc::new(Judges::prepare(&self.sandbox, task)?);
        if let Some(reason) = judges.unusable().next() {
            return Err(EngineError::Judge {
                problem: task.id.clone(),
                reason,
            });
        }
        let time_limit = time_limit::resolve(
            &judges,
            &self.workers,
            &self.interrupt,
            &problem.private,
            problem.folder(),
            self.config.default_time_limit,
        )
        .await?;
        let Some(time_limit) = time_limit else {
            return Ok(None);
        };
        let context = SearchContext {
            sandbox: &self.sandbox,
            workers: &self.workers,
            config: &self.config,
            interrupt: &self.interrupt,
            observer,
        };
        let mut found = search(
            &context,
            task,
            &judges,
            time_limit.limit,
            sampler,
            known,
            records.as_deref_mut(),
        )
        .await?;

        // An interrupt that came before now ended the search, of which scoring is the answer.
        let stop = if self.interrupt.is_set() {
            Interrupt::new()
        } else {
            self.interrupt.clone()
        };
        if !problem.private.is_empty() {
            observer.event(Event::Scoring {
                problem: &task.id,
                n_programs: found.survivors.len(),
            });
        }
        let scores = score(
            &judges,
            &self.workers,
            &stop,
            time_limit.limit,
            &problem.private,
            &found.survivors,
        )
        .await?;
        if scores.is_none() && !problem.private.is_empty() {
            found.stop_reason = StopReason::Interrupted;
            let warning =
                "interrupted before the private tests were through: there are no verdicts";
            found.warnings.push(warning.to_owned());
        }
        if let (Some(records), Some(scores)) = (records, &scores) {
            for (survivor, score) in found.survivors.iter().zip(scores) {
                records.recorder.stage(StageRow {
                    problem: task.id.clone(),
                    artifact: survivor.trial.artifact,
                    stage: "private",
                    results: score.results.iter().map(|it| it.record).collect(),
                })?;
                records.recorder.verdict(VerdictRow {
                    problem: task.id.clone(),
                    artifact: survivor.trial.artifact,
                    verdict: score.verdict,
                    failed_test: score.failed_test.clone(),
                })?;
            }
        }
        let mut solved = solved(problem, found, scores.as_deref(), &self.config);
        solved.report.time_limit = time_limit.report();
        solved.report.backstops.splice(0..0, time_limit.backstops);
        Ok(Some(solved))
    }
}

/// Joins what came of the problems that a run has come to.
fn joined(done: &[Option<(ProblemReport, ProblemTimings)>]) -> (Report, Timings) {
    let (reports, timings) = done.iter().flatten().cloned().unzip();
    (
        Report::new(reports, done.len()),
        Timings { problems: timings },
    )
}

/// What a run did before it was cut short.
#[derive(Default)]
struct Past {
    files: Option<RunFiles>,
    samples: HashMap<String, Vec<Sampled>>,
}

impl Past {
    /// Returns what came of a problem, if the run had come to it.
    fn done(&self, problem: &str) -> Option<(ProblemReport, ProblemTimings)> {
        let files = self.files.as_ref()?;
        let mut reports = files.report.problems().iter();
        let report = reports.find(|it| it.problem == problem)?;
        let timings = files.timings.iter().flat_map(|it| &it.problems);
        let timings = timings.clone().find(|it| it.problem == problem);
        Some((report.clone(), timings.cloned().unwrap_or_default()))
    }

    /// Takes the samples of a problem, in the order of their index.
    fn samples(&mut self, problem: &str) -> Vec<Sampled> {
        let mut samples = self.samples.remove(problem).unwrap_or_default();
        samples.sort_by_key(|it| it.index);
        samples
    }
}

/// A problem's report, what it took, and the bytes of its submissions.
struct Solved {
    sampler_failure: Option<crate::SamplerError>,
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
            probability: Some(rounded(found.probabilities[index])),
            growth: found.growths[index],
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
        place: Some(found.survivors[cluster.members[0]].candidate.place),
        verdict: verdict(cluster.members[0]),
    });
    let mut cost = found.cost;
    let mut timings = found.timings;
    for score in scores.unwrap_or_default() {
        cost.n_executions += score.results.len() as u64;
        cost.n_cancelled += score.n_cancelled;
        cost.fuel += score.results.iter().map(|it| it.record.fuel).sum::<u64>();
        timings.execute_cpu_time += score.results.iter().map(|it| it.cpu_time).sum();
    }
    let mut backstops = found.backstops;
    for (survivor, score) in found.survivors.iter().zip(scores.unwrap_or_default()) {
        let name = survivor.candidate.name();
        if score.met_backstop() && !backstops.contains(&name) {
            backstops.push(name);
        }
    }
    let mut warnings = problem.warnings.clone();
    warnings.extend(found.warnings);
    Solved {
        sampler_failure: found.sampler_failure,
        sources: picked
            .iter()
            .map(|row| Arc::clone(&found.survivors[*row].candidate.sample.source))
            .collect(),
        report: ProblemReport {
            problem: problem.task.id.clone(),
            solved_probability: (!found.picks.is_empty())
                .then(|| rounded(found.solved_probability)),
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
            sampling: found.sampling,
            cost,
            time_limit: crate::TimeLimitReport {
                seconds: 0.0,
                source: crate::TimeLimitSource::Default,
            },
            checker: rule(&problem.task),
            n_inputs: found.n_inputs as u64,
            rule: found.rule,
            stop_reason: found.stop_reason,
            backstops,
            warnings,
        },
        timings,
    }
}

/// Returns a chance with as many digits as it deserves.
fn rounded(chance: f64) -> f64 {
    (chance * 1000.0).round() / 1000.0
}

/// Returns the ending of a submission's file. WebAssembly has two forms.
fn extension(sample: &Sample) -> &'static str {
    match sample.language {
        Language::Wasm if !sample.source.starts_with(b"\0asm") => "wat",
        language => language.extension(),
    }
}
