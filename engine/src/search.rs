//! The search over one problem's candidates: from the sampler to the picks.
//!
//! Samples are journalled as they arrive, then compiled and tried in parallel, and counted in the order
//! of their index; everything is decided on that order. Sees the [`Task`] only: private tests are
//! another type, and another file's.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use futures_util::{
    StreamExt,
    stream::{self, FuturesUnordered},
};
use riddle_clustering::{
    AlphaCode, Cluster, Digest as OutputDigest, ExecutionMatrix, Observation, Pick, SelectionRule,
    cluster,
};
use riddle_problems::{Task, Verdict, mutate};
use riddle_sandbox::{CompileFailureKind, Digest, Sandbox};

use tokio::sync::OnceCell;

use crate::{
    Ask, Candidate, EngineError, Event, Interrupt, MAX_AHEAD, Observer, Place, ProblemTimings,
    RejectReason, Rejected, Sampled, Sampler, SamplerError, SearchConfig, Stage, StageCount,
    StopReason, Workers,
    evaluate::{Evaluation, Outcome, Trial, Trials},
    funnel::Funnel,
    order::InOrder,
    record::{CandidateRow, ExecutionRecord, Journal, Recorder, StageRow},
    report::{Cost, SamplingReport},
};

/// Bytes of a compiler's message that the database keeps.
const KEPT_DETAIL_BYTES: usize = 400;
/// Samples that are taken of a sampler without an end, where no number was asked for: as many as
/// AlphaCode drew for one problem.
const MAX_SAMPLES: u64 = 1_000_000;
/// Programs from which on it is told that they are all alike …
const MIN_DIVERSITY_PROGRAMS: u64 = 50;
/// … if at most one of so many is new.
const PROGRAMS_PER_NEW: u64 = 20;

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
    pub(crate) sampling: SamplingReport,
    pub(crate) stop_reason: StopReason,
    /// Why the sampler gave up, if it did.
    pub(crate) sampler_failure: Option<SamplerError>,
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

/// Searches one problem. `known` are samples that are journalled already.
pub(crate) async fn search(
    context: &SearchContext<'_>,
    task: &Arc<Task>,
    time_limit: Duration,
    sampler: &dyn Sampler,
    known: Vec<Sampled>,
    records: Option<&mut Records>,
) -> Result<Found, EngineError> {
    let (mut journal, mut recorder) = match records {
        Some(Records { journal, recorder }) => (Some(journal), Some(recorder)),
        None => (None, None),
    };
    let inputs = generated_inputs(task, context.config);
    if let Some(recorder) = &mut recorder {
        for (number, input) in inputs.iter().enumerate() {
            recorder.input(&task.id, number, Arc::clone(input))?;
        }
    }
    let n_inputs = inputs.len();
    let trials = Arc::new(Trials::new(
        Arc::clone(context.sandbox),
        Arc::clone(task),
        time_limit,
        inputs,
    ));

    let n_samples = context.config.n_samples.unwrap_or(MAX_SAMPLES);
    let n_known = known.len() as u64;
    let ask = Ask {
        task: Arc::clone(task),
        n_samples: Some(n_samples),
        seed: context.config.seed_of("sampler", &task.id),
        have: Arc::new(known.iter().map(|it| it.index).collect()),
        interrupt: context.interrupt.clone(),
    };
    let known = stream::iter(known)
        .take_while(|_| std::future::ready(!context.interrupt.is_set()))
        .map(|it| Ok((it, true)));
    let mut samples = known.chain(sampler.samples(ask).map(|it| it.map(|it| (it, false))));
    let mut sampler_failure = None;
    let mut is_open = true;
    let mut running = FuturesUnordered::new();
    let mut order = InOrder::new();
    let mut arrivals = Arrivals::new(context, trials);
    let mut tally = Tally::new(task);
    loop {
        tokio::select! {
            // What is finished first, so that as little as possible waits in memory.
            biased;
            Some(finished) = running.next() => {
                let (index, arrival) = finished?;
                order.finish(index, arrival);
            }
            sampled = samples.next(), if is_open && running.len() < context.workers.capacity() => {
                let (sampled, is_known) = match sampled {
                    Some(Ok(it)) => it,
                    Some(Err(error)) => {
                        sampler_failure = Some(error);
                        is_open = false;
                        continue;
                    }
                    None => {
                        is_open = false;
                        continue;
                    }
                };
                let index = sampled.index;
                if index >= n_samples {
                    continue;
                }
                if index > order.due() + MAX_AHEAD + n_known || !order.begin(index) {
                    return Err(EngineError::Config(format!(
                        "sampler `{}` gave sample {index} twice or too early",
                        sampler.name()
                    )));
                }
                context.observer.event(Event::Sampled {
                    problem: &task.id,
                    n_tokens: sampled.lineage.n_tokens,
                    is_known,
                });
                let sampled = admitted(sampled, task, context);
                if !is_known && let Some(journal) = &mut journal {
                    journal.write(&task.id, &sampled)?;
                }
                tally.sampling.count(&sampled.lineage);
                match arrivals.arrive(sampled, &tally.first_of_source) {
                    Arrived::Through(arrival) => order.finish(index, arrival),
                    Arrived::Work(work) => running.push(work),
                }
            }
            else => break,
        }
        while let Some(arrival) = order.pop() {
            arrivals.forget(&arrival);
            tally.take(arrival, recorder.as_deref_mut(), context.observer)?;
        }
    }
    drop(running);
    for arrival in order.into_rest() {
        tally.take(arrival, recorder.as_deref_mut(), context.observer)?;
    }
    let stop_reason = if sampler_failure.is_some() {
        StopReason::SamplerFailed
    } else if context.interrupt.is_set() {
        StopReason::Interrupted
    } else if tally.n_candidates == n_samples {
        StopReason::SamplesReached
    } else {
        StopReason::SamplesExhausted
    };

    let matrix = matrix(n_inputs, &tally.survivors);
    let clusters = cluster(&matrix);
    let rule = AlphaCode;
    let picks = rule.pick(&matrix, &clusters, context.config.n_submissions);
    let funnel = tally.funnel.into_counts(tally.n_candidates);
    let mut warnings = warnings(task, n_inputs, context.config, &tally.no_toolchain);
    warnings.extend(sampler_failure.as_ref().map(SamplerError::in_full));
    warnings.extend(diversity_warning(&funnel));
    Ok(Found {
        funnel,
        n_candidates: tally.n_candidates,
        warnings,
        survivors: tally.survivors,
        clusters,
        picks,
        rule: rule.name().to_owned(),
        n_inputs,
        cost: tally.cost,
        sampling: tally.sampling,
        stop_reason,
        sampler_failure,
        backstops: tally.backstops,
        timings: tally.timings,
    })
}

/// Makes the inputs on which survivors are told apart.
pub(crate) fn generated_inputs(task: &Task, config: &SearchConfig) -> Vec<Arc<[u8]>> {
    let public: Vec<&[u8]> = task.public_tests.iter().map(|it| &*it.input).collect();
    let seed = config.seed_of("inputs", &task.id);
    mutate::mutated_inputs(&public, config.n_inputs, seed)
        .into_iter()
        .map(Into::into)
        .collect()
}

/// Turns a sample that may not become a candidate into one that says why.
fn admitted(sampled: Sampled, task: &Task, context: &SearchContext<'_>) -> Sampled {
    let Ok(sample) = &sampled.sample else {
        return sampled;
    };
    let asked = &context.config.languages;
    let n_bytes = sample.source.len() as u64;
    let limit = task
        .limits
        .source_bytes
        .min(context.sandbox.options().compile_limits.source_bytes);
    let (reason, detail) = if !asked.is_empty() && !asked.contains(&sample.language) {
        let detail = format!("language `{}` was not asked for", sample.language);
        (RejectReason::LanguageNotAsked, detail)
    } else if sample.source.trim_ascii().is_empty() {
        (RejectReason::EmptySource, "source is empty".to_owned())
    } else if n_bytes > limit {
        let detail = format!("source has {n_bytes} bytes: the limit is {limit}");
        (RejectReason::SourceTooLarge, detail)
    } else {
        return sampled;
    };
    let id = sample.id.clone();
    let rejected = Rejected {
        id: id.unwrap_or_else(|| sampled.place.to_string()),
        reason,
        detail,
    };
    Sampled {
        sample: Err(rejected),
        ..sampled
    }
}

/// A sample that is through.
enum Arrival {
    Rejected(Place, Rejected),
    /// A candidate whose source was counted already: it was not tried.
    Duplicate(Candidate, Digest),
    Evaluated(Candidate, Digest, Arc<Evaluation>),
}

/// What becomes of a sample that has just arrived.
enum Arrived<F> {
    /// It is through.
    Through(Arrival),
    /// Its evaluation, which the workers do.
    Work(F),
}

/// Puts samples to work as they arrive: each source once, whichever of its candidates comes first.
struct Arrivals<'a> {
    context: &'a SearchContext<'a>,
    trials: Arc<Trials>,
    /// Sources that are being evaluated, or were, and whose first candidate is not counted yet.
    under_way: HashMap<Digest, Arc<OnceCell<Arc<Evaluation>>>>,
}

impl<'a> Arrivals<'a> {
    fn new(context: &'a SearchContext<'a>, trials: Arc<Trials>) -> Self {
        Self {
            context,
            trials,
            under_way: HashMap::new(),
        }
    }

    fn arrive(
        &mut self,
        sampled: Sampled,
        counted: &HashMap<Digest, Place>,
    ) -> Arrived<impl Future<Output = Result<(u64, Arrival), EngineError>> + use<'a>> {
        let candidate = match sampled.sample {
            Ok(sample) => Candidate {
                place: sampled.place,
                lineage: sampled.lineage,
                sample,
            },
            Err(rejected) => return Arrived::Through(Arrival::Rejected(sampled.place, rejected)),
        };
        let source = candidate.source_digest();
        if counted.contains_key(&source) {
            return Arrived::Through(Arrival::Duplicate(candidate, source));
        }
        let evaluation = Arc::clone(self.under_way.entry(source).or_default());
        let trials = Arc::clone(&self.trials);
        let workers = self.context.workers;
        Arrived::Work(async move {
            let (language, text) = (candidate.sample.language, &candidate.sample.source);
            let evaluation = evaluation
                .get_or_try_init(|| async {
                    let text = Arc::clone(text);
                    let work = move || trials.evaluate(language, &text);
                    let evaluation = workers.run(candidate.name(), work).await??;
                    Ok::<_, EngineError>(Arc::new(evaluation))
                })
                .await?;
            let evaluation = Arc::clone(evaluation);
            Ok((
                sampled.index,
                Arrival::Evaluated(candidate, source, evaluation),
            ))
        })
    }

    /// Lets go of the evaluation of a source that is counted from now on.
    fn forget(&mut self, arrival: &Arrival) {
        if let Arrival::Evaluated(_, source, _) = arrival {
            self.under_way.remove(source);
        }
    }
}

/// The running account of a search. Looks only at what came before.
struct Tally {
    problem: String,
    funnel: Funnel,
    n_candidates: u64,
    sampling: SamplingReport,
    survivors: Vec<Survivor>,
    /// The place of the earliest candidate with a source.
    first_of_source: HashMap<Digest, Place>,
    /// The survivor that a source came out as, if it did.
    row_of_source: HashMap<Digest, usize>,
    /// The earliest candidate that came out as an artifact, and its row if it survived.
    first_of_artifact: HashMap<Digest, (String, Option<usize>)>,
    /// What survivors did, one digest for all inputs: as many as there are clusters.
    behaviours: HashSet<Digest>,
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
            sampling: SamplingReport::default(),
            survivors: Vec::new(),
            first_of_source: HashMap::new(),
            row_of_source: HashMap::new(),
            first_of_artifact: HashMap::new(),
            behaviours: HashSet::new(),
            cost: Cost::default(),
            backstops: Vec::new(),
            no_toolchain: BTreeMap::new(),
            timings: ProblemTimings {
                problem: task.id.clone(),
                ..ProblemTimings::default()
            },
        }
    }

    /// Counts a sample, records what became of it and tells of it.
    fn take(
        &mut self,
        arrival: Arrival,
        recorder: Option<&mut Recorder>,
        observer: &dyn Observer,
    ) -> Result<(), EngineError> {
        let (row, stage_rows, dropped_at) = self.count(arrival);
        if let Some(recorder) = recorder {
            recorder.candidate(row)?;
            for row in stage_rows {
                recorder.stage(row)?;
            }
        }
        observer.event(Event::CandidateDone {
            problem: &self.problem,
            dropped_at,
            n_clusters: self.behaviours.len(),
        });
        Ok(())
    }

    /// Counts a sample, and returns what is to be recorded of it and where it was dropped.
    fn count(&mut self, arrival: Arrival) -> (CandidateRow, Vec<StageRow>, Option<Stage>) {
        self.n_candidates += 1;
        match arrival {
            Arrival::Rejected(place, rejected) => {
                let row = self.row(place, rejected.id);
                self.dropped(row, Stage::Sample, rejected.reason.name(), rejected.detail)
            }
            Arrival::Duplicate(candidate, source) => self.duplicate(&candidate, source),
            Arrival::Evaluated(candidate, source, evaluation) => {
                if self.first_of_source.contains_key(&source) {
                    return self.duplicate(&candidate, source);
                }
                self.first_of_source.insert(source, candidate.place);
                self.evaluated(candidate, source, &evaluation)
            }
        }
    }

    fn duplicate(
        &mut self,
        candidate: &Candidate,
        source: Digest,
    ) -> (CandidateRow, Vec<StageRow>, Option<Stage>) {
        if let Some(row) = self.row_of_source.get(&source) {
            self.survivors[*row].weight += 1;
        }
        let row = self.row_of(candidate, source);
        let detail = format!("same source as candidate {}", self.first_of_source[&source]);
        self.dropped(row, Stage::Source, "duplicate_source", detail)
    }

    fn evaluated(
        &mut self,
        candidate: Candidate,
        source: Digest,
        evaluation: &Evaluation,
    ) -> (CandidateRow, Vec<StageRow>, Option<Stage>) {
        self.timings.compile_cpu_time += evaluation.compile_cpu_time;
        self.timings.n_stored += u64::from(evaluation.was_stored);
        self.timings.n_compiled += u64::from(!evaluation.was_stored);
        let row = self.row_of(&candidate, source);
        match &evaluation.outcome {
            Outcome::NoToolchain(detail) => {
                let language = candidate.sample.language.name();
                *self.no_toolchain.entry(language.to_owned()).or_default() += 1;
                self.dropped(row, Stage::Compile, "no_toolchain", detail.clone())
            }
            Outcome::NotCompiled(failure) => {
                if !failure.is_deterministic() {
                    self.backstops.push(candidate.name());
                }
                let reason = compile_reason(failure.kind);
                self.dropped(row, Stage::Compile, reason, failure.text.clone())
            }
            Outcome::Tried(trial) => self.tried(candidate, source, row, Arc::clone(trial)),
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
        self.behaviours.insert(trial.behaviour());
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

/// Says so where a sampler repeats itself.
fn diversity_warning(funnel: &[StageCount]) -> Option<String> {
    let count = |stage| funnel.iter().find(|it| it.stage == stage);
    let (n, n_new) = count(Stage::Source).map(|it| (it.n_in, it.n_out))?;
    if count(Stage::Sample)?.n_in == 0 {
        return Some("the sampler gave no candidates".to_owned());
    }
    (n >= MIN_DIVERSITY_PROGRAMS && n_new * PROGRAMS_PER_NEW <= n).then(|| {
        format!(
            "only {n_new} of {n} programs are distinct: the sampler repeats itself; \
             a higher temperature may help"
        )
    })
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
