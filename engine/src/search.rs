//! The search over one problem's candidates: from the sampler to the picks.
//!
//! Candidates are journalled, then compiled and tried in parallel, and come back in the order of
//! their places; everything is decided on that order. Sees the [`Task`] only: private tests are
//! another type, and another file's.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use futures_util::{StreamExt, future::Either};
use riddle_clustering::{
    AlphaCode, Cluster, Digest as OutputDigest, ExecutionMatrix, Observation, Pick, SelectionRule,
    cluster,
};
use riddle_problems::{Task, Verdict, mutate};
use riddle_sandbox::{CompileFailureKind, Digest, Sandbox};

use crate::{
    Candidate, EngineError, Event, Interrupt, Observer, Place, ProblemTimings, RejectReason,
    Rejected, Sample, Sampler, SearchConfig, Stage, StageCount, StopReason, Workers,
    evaluate::{Evaluation, Outcome, Trial, Trials},
    funnel::Funnel,
    record::{CandidateRow, ExecutionRecord, Journal, Recorder, StageRow},
    report::Cost,
};

/// Bytes of a compiler's message that the database keeps.
const KEPT_DETAIL_BYTES: usize = 400;

/// What a search needs besides the candidates.
pub(crate) struct SearchContext<'a> {
    pub(crate) sandbox: &'a Arc<Sandbox>,
    pub(crate) workers: &'a Workers,
    pub(crate) config: &'a SearchConfig,
    pub(crate) interrupt: &'a Interrupt,
    pub(crate) observer: &'a dyn Observer,
}

/// Where a search writes down what it sees; a library call may do without.
pub(crate) struct Records {
    pub(crate) journal: Journal,
    pub(crate) recorder: Recorder,
}

/// What a search found.
pub(crate) struct Found {
    pub(crate) funnel: Vec<StageCount>,
    pub(crate) n_candidates: u64,
    pub(crate) survivors: Vec<Survivor>,
    pub(crate) clusters: Vec<Cluster>,
    pub(crate) picks: Vec<Pick>,
    pub(crate) rule: String,
    pub(crate) n_inputs: usize,
    pub(crate) cost: Cost,
    pub(crate) stop_reason: StopReason,
    pub(crate) backstops: Vec<String>,
    pub(crate) warnings: Vec<String>,
    pub(crate) timings: ProblemTimings,
}

/// A distinct program that passed every public test.
pub(crate) struct Survivor {
    /// The earliest candidate that came out as this program.
    pub(crate) candidate: Candidate,
    /// Candidates that came out as this program.
    pub(crate) weight: u64,
    pub(crate) trial: Arc<Trial>,
}

/// Searches one problem.
pub(crate) async fn search(
    context: &SearchContext<'_>,
    task: &Arc<Task>,
    time_limit: Duration,
    sampler: &dyn Sampler,
    mut records: Option<&mut Records>,
) -> Result<Found, EngineError> {
    let inputs = generated_inputs(task, context.config);
    if let Some(records) = &mut records {
        for (number, input) in inputs.iter().enumerate() {
            records
                .recorder
                .input(&task.id, number, Arc::clone(input))?;
        }
    }
    let n_inputs = inputs.len();
    let trials = Arc::new(Trials::new(
        Arc::clone(context.sandbox),
        Arc::clone(task),
        time_limit,
        inputs,
    ));

    let asked = context.config.n_samples.unwrap_or(u64::MAX);
    let mut tally = Tally::new(task);
    {
        let (mut journal, mut recorder) = match records {
            Some(Records { journal, recorder }) => (Some(journal), Some(recorder)),
            None => (None, None),
        };
        let mut request = 0;
        let mut sources: HashMap<Digest, Place> = HashMap::new();
        let samples = sampler
            .samples(task)
            .take(usize::try_from(asked).unwrap_or(usize::MAX))
            .take_while(|_| std::future::ready(!context.interrupt.is_set()));
        let mut done = samples
            .map(|sample| {
                let place = Place { request, choice: 0 };
                request += 1;
                let admitted = admit(sample, place, task, context);
                if let Some(journal) = &mut journal
                    && let Err(error) = journal.write(&task.id, place, admitted.as_ref())
                {
                    return Either::Left(std::future::ready(Err(error)));
                }
                let candidate = match admitted {
                    Ok(candidate) => candidate,
                    Err(rejected) => {
                        return Either::Left(std::future::ready(Ok(Arrival::Rejected(
                            place, rejected,
                        ))));
                    }
                };
                let source = candidate.source_digest();
                if let Some(first) = sources.get(&source) {
                    let arrival = Arrival::Duplicate(candidate, source, *first);
                    return Either::Left(std::future::ready(Ok(arrival)));
                }
                sources.insert(source, place);
                let trials = Arc::clone(&trials);
                let Sample {
                    language,
                    source: text,
                    ..
                } = candidate.sample.clone();
                Either::Right(async move {
                    let evaluation = context
                        .workers
                        .run(candidate.name(), move || trials.evaluate(language, &text))
                        .await??;
                    Ok(Arrival::Evaluated(candidate, source, evaluation))
                })
            })
            .buffered(context.workers.capacity());
        while let Some(arrival) = done.next().await {
            let (row, stage_rows, dropped_at) = tally.count(arrival?);
            if let Some(recorder) = &mut recorder {
                recorder.candidate(row)?;
                for row in stage_rows {
                    recorder.stage(row)?;
                }
            }
            context.observer.event(Event::CandidateDone {
                problem: &task.id,
                dropped_at,
            });
        }
    }
    let stop_reason = if context.interrupt.is_set() {
        StopReason::Interrupted
    } else if tally.n_candidates == asked {
        StopReason::SamplesReached
    } else {
        StopReason::SamplesExhausted
    };

    let matrix = matrix(n_inputs, &tally.survivors);
    let clusters = cluster(&matrix);
    let rule = AlphaCode;
    let picks = rule.pick(&matrix, &clusters, context.config.n_submissions);
    Ok(Found {
        funnel: tally.funnel.into_counts(tally.n_candidates),
        n_candidates: tally.n_candidates,
        warnings: warnings(task, n_inputs, context.config, &tally.no_toolchain),
        survivors: tally.survivors,
        clusters,
        picks,
        rule: rule.name().to_owned(),
        n_inputs,
        cost: tally.cost,
        stop_reason,
        backstops: tally.backstops,
        timings: tally.timings,
    })
}

/// Makes the inputs on which survivors are told apart.
fn generated_inputs(task: &Task, config: &SearchConfig) -> Vec<Arc<[u8]>> {
    let public: Vec<&[u8]> = task.public_tests.iter().map(|it| &*it.input).collect();
    let seed = config.seed_of("inputs", &task.id);
    mutate::mutated_inputs(&public, config.n_inputs, seed)
        .into_iter()
        .map(Into::into)
        .collect()
}

/// Makes a candidate of a sample, or says why not.
fn admit(
    sample: Result<Sample, Rejected>,
    place: Place,
    task: &Task,
    context: &SearchContext<'_>,
) -> Result<Candidate, Rejected> {
    let sample = sample?;
    let candidate = Candidate { place, sample };
    let reject = |reason, detail| Rejected {
        id: candidate.name(),
        reason,
        detail,
    };
    let language = candidate.sample.language;
    let asked = &context.config.languages;
    if !asked.is_empty() && !asked.contains(&language) {
        let detail = format!("language `{language}` was not asked for");
        return Err(reject(RejectReason::LanguageNotAsked, detail));
    }
    let source = &candidate.sample.source;
    if source.trim_ascii().is_empty() {
        return Err(reject(
            RejectReason::EmptySource,
            "source is empty".to_owned(),
        ));
    }
    let limit = task
        .limits
        .source_bytes
        .min(context.sandbox.options().compile_limits.source_bytes);
    if source.len() as u64 > limit {
        let detail = format!("source has {} bytes: the limit is {limit}", source.len());
        return Err(reject(RejectReason::SourceTooLarge, detail));
    }
    Ok(candidate)
}

/// A sample that is through, in the order of its place.
enum Arrival {
    Rejected(Place, Rejected),
    /// With the digest of its source and the place of the candidate that it repeats.
    Duplicate(Candidate, Digest, Place),
    Evaluated(Candidate, Digest, Evaluation),
}

/// The running account of a search. Looks only at what came before.
struct Tally {
    problem: String,
    funnel: Funnel,
    n_candidates: u64,
    survivors: Vec<Survivor>,
    /// The survivor that a source came out as, if it did.
    row_of_source: HashMap<Digest, usize>,
    /// The earliest candidate that came out as an artifact, and its row if it survived.
    first_of_artifact: HashMap<Digest, (String, Option<usize>)>,
    cost: Cost,
    backstops: Vec<String>,
    no_toolchain: BTreeMap<String, u64>,
    timings: ProblemTimings,
}

impl Tally {
    fn new(task: &Task) -> Self {
        Self {
            problem: task.id.clone(),
            funnel: Funnel::new(),
            n_candidates: 0,
            survivors: Vec::new(),
            row_of_source: HashMap::new(),
            first_of_artifact: HashMap::new(),
            cost: Cost::default(),
            backstops: Vec::new(),
            no_toolchain: BTreeMap::new(),
            timings: ProblemTimings {
                problem: task.id.clone(),
                ..ProblemTimings::default()
            },
        }
    }

    /// Counts a sample, and returns what is to be recorded of it and where it was dropped.
    fn count(&mut self, arrival: Arrival) -> (CandidateRow, Vec<StageRow>, Option<Stage>) {
        self.n_candidates += 1;
        match arrival {
            Arrival::Rejected(place, rejected) => {
                let row = self.row(place, rejected.id);
                self.dropped(row, Stage::Sample, rejected.reason.name(), rejected.detail)
            }
            Arrival::Duplicate(candidate, source, first) => {
                if let Some(row) = self.row_of_source.get(&source) {
                    self.survivors[*row].weight += 1;
                }
                let row = self.row_of(&candidate, source);
                let detail = format!("same source as candidate {first}");
                self.dropped(row, Stage::Source, "duplicate_source", detail)
            }
            Arrival::Evaluated(candidate, source, evaluation) => {
                self.timings.compile_cpu_time += evaluation.compile_cpu_time;
                self.timings.n_stored += u64::from(evaluation.was_stored);
                self.timings.n_compiled += u64::from(!evaluation.was_stored);
                let row = self.row_of(&candidate, source);
                match evaluation.outcome {
                    Outcome::NoToolchain(detail) => {
                        let language = candidate.sample.language.name();
                        *self.no_toolchain.entry(language.to_owned()).or_default() += 1;
                        self.dropped(row, Stage::Compile, "no_toolchain", detail)
                    }
                    Outcome::NotCompiled(failure) => {
                        if !failure.is_deterministic() {
                            self.backstops.push(candidate.name());
                        }
                        let reason = compile_reason(failure.kind);
                        self.dropped(row, Stage::Compile, reason, failure.text)
                    }
                    Outcome::Tried(trial) => self.tried(candidate, source, row, trial),
                }
            }
        }
    }

    fn tried(
        &mut self,
        candidate: Candidate,
        source: Digest,
        row: CandidateRow,
        trial: Arc<Trial>,
    ) -> (CandidateRow, Vec<StageRow>, Option<Stage>) {
        let row = CandidateRow {
            artifact: Some(trial.artifact),
            ..row
        };
        if let Some((first, survivor)) = self.first_of_artifact.get(&trial.artifact) {
            if let Some(index) = survivor {
                self.survivors[*index].weight += 1;
                self.row_of_source.insert(source, *index);
            }
            let detail = format!("same program as `{first}`");
            return self.dropped(row, Stage::Artifact, "duplicate_artifact", detail);
        }
        self.timings.execute_cpu_time += trial.execute_cpu_time;
        self.cost.n_executions += trial.records().count() as u64;
        self.cost.fuel += trial.records().map(|it| it.fuel).sum::<u64>();
        if trial.met_backstop() {
            self.backstops.push(candidate.name());
        }
        let stage_row = |stage, results: Vec<ExecutionRecord>| StageRow {
            problem: self.problem.clone(),
            artifact: trial.artifact,
            stage,
            results,
        };
        let mut stage_rows = vec![stage_row(
            "public",
            trial.public.iter().map(|it| it.record).collect(),
        )];
        let verdict = trial.verdict();
        let survives = verdict == Verdict::Ac;
        let index = survives.then_some(self.survivors.len());
        self.first_of_artifact
            .insert(trial.artifact, (candidate.name(), index));
        let Some(index) = index else {
            let detail = format!("on public test {}", trial.public.len());
            let (row, _, stage) = self.dropped(row, Stage::PublicTests, verdict.as_str(), detail);
            return (row, stage_rows, stage);
        };
        stage_rows.push(stage_row("inputs", trial.behaviours.clone()));
        self.row_of_source.insert(source, index);
        self.survivors.push(Survivor {
            candidate,
            weight: 1,
            trial,
        });
        self.funnel.survive();
        (row, stage_rows, None)
    }

    fn dropped(
        &mut self,
        row: CandidateRow,
        stage: Stage,
        reason: &str,
        mut detail: String,
    ) -> (CandidateRow, Vec<StageRow>, Option<Stage>) {
        self.funnel.drop_at(stage, reason);
        detail.truncate(detail.floor_char_boundary(KEPT_DETAIL_BYTES));
        let row = CandidateRow {
            dropped: Some((stage.title(), reason.to_owned(), detail)),
            ..row
        };
        (row, Vec::new(), Some(stage))
    }

    fn row(&self, place: Place, name: String) -> CandidateRow {
        CandidateRow {
            problem: self.problem.clone(),
            place,
            name,
            language: None,
            source: None,
            artifact: None,
            dropped: None,
        }
    }

    fn row_of(&self, candidate: &Candidate, source: Digest) -> CandidateRow {
        CandidateRow {
            language: Some(candidate.sample.language.name()),
            source: Some(source),
            ..self.row(candidate.place, candidate.name())
        }
    }
}

fn compile_reason(kind: CompileFailureKind) -> &'static str {
    match kind {
        CompileFailureKind::Diagnostics => "compile_error",
        CompileFailureKind::SourceTooLarge => "source_too_large",
        CompileFailureKind::ObjectTooLarge => "object_too_large",
        CompileFailureKind::Exhausted => "compiler_exhausted",
        CompileFailureKind::Unsupported => "unsupported",
        CompileFailureKind::Backstop => "compiler_backstop",
        _ => "not_compiled",
    }
}

fn matrix(n_inputs: usize, survivors: &[Survivor]) -> ExecutionMatrix {
    let mut matrix = ExecutionMatrix::new(n_inputs);
    for survivor in survivors {
        let row: Vec<Observation> = survivor
            .trial
            .behaviours
            .iter()
            .map(|it| Observation {
                ending: it.ending,
                output: OutputDigest(it.output.0),
                fuel: it.fuel,
                memory_bytes: it.memory_bytes,
            })
            .collect();
        matrix.push_row(survivor.weight, &row);
    }
    matrix
}

fn warnings(
    task: &Task,
    n_inputs: usize,
    config: &SearchConfig,
    no_toolchain: &BTreeMap<String, u64>,
) -> Vec<String> {
    let mut warnings = Vec::new();
    if task.public_tests.is_empty() {
        warnings.push(
            "problem has no public tests: every candidate that compiles is a survivor".to_owned(),
        );
    } else if n_inputs < config.n_inputs {
        warnings.push(format!(
            "only {n_inputs} of {} generated inputs are distinct: clusters are coarse",
            config.n_inputs
        ));
    }
    for (language, n) in no_toolchain {
        let candidates = if *n == 1 { "candidate" } else { "candidates" };
        warnings.push(format!(
            "{n} {candidates} in `{language}` dropped: it has no toolchain here"
        ));
    }
    warnings
}
