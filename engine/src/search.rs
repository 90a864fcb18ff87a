//! The search over one problem's candidates: from the sampler to the picks.
//!
//! Samples are journalled as they arrive, then compiled and tried in parallel, and counted in the order
//! of their index; everything is decided on that order. Sees the [`Task`] only: private tests are
//! another type, and another file's.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use futures_util::{
    StreamExt,
    stream::{self, FuturesUnordered},
};
use riddle_clustering::{
    Ballot, Behaviours, Cluster, ExecutionMatrix, MatrixView, Observation, Pick, Plan,
    SelectionRule, cluster,
    rules::{self, Extras},
};
use riddle_problems::Task;
use riddle_sandbox::Sandbox;

use crate::{
    Ask, Candidate, EngineError, Event, InputWay, Interrupt, MAX_AHEAD, Observer, ProblemTimings,
    Sampled, Sampler, SamplerError, SearchConfig, Stage, StageCount, StopReason, Workers,
    arrivals::{Arrivals, Arrived, admitted},
    evaluate::{Trial, Trials},
    inputs::{
        Inputs, Parted, behave_alone,
        growth::{Growth, growth},
        part, voting,
    },
    judging::Judges,
    order::InOrder,
    record::{ExecutionRecord, Journal, PartingRows, Recorder},
    report::{Cost, SamplingReport},
    tally::Tally,
};

/// Samples that are taken of a sampler without an end, where no number was asked for: as many as
/// AlphaCode drew for one problem.
const MAX_SAMPLES: u64 = 1_000_000;
/// Samples that wait for one of a lower index, from which on no more are taken until it is through.
const MAX_WAITING: usize = 8192;
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
    /// The estimated chance that each pick is right, and that one of them is.
    pub(crate) probabilities: Vec<f64>,
    pub(crate) solved_probability: f64,
    /// How the fuel of each pick grows.
    pub(crate) growths: Vec<Option<Growth>>,
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
    judges: &Arc<Judges>,
    time_limit: Duration,
    sampler: &dyn Sampler,
    known: Vec<Sampled>,
    records: Option<&mut Records>,
) -> Result<Found, EngineError> {
    let (mut journal, mut recorder) = match records {
        Some(Records { journal, recorder }) => (Some(journal), Some(recorder)),
        None => (None, None),
    };
    rule(context.config, Vec::new())?;
    let mut inputs = Inputs::of(task, context.config);
    if let Some(recorder) = &mut recorder {
        for (number, input) in inputs.all.iter().enumerate() {
            let content = Arc::clone(&input.content);
            recorder.input(&task.id, number, content, &input.origin.to_string())?;
        }
        // Those that an earlier session looked for go by what it saw; this one may see more.
        recorder.parting(parting_rows(task, &inputs, &Parted::default(), &[]))?;
    }
    let n_inputs = inputs.all.len();
    let trials = Arc::new(Trials::new(
        Arc::clone(judges),
        time_limit,
        inputs.contents(),
        context.config.same_output,
    ));

    let n_there = sampler.n_samples(task);
    let n_samples = context.config.n_samples.or(n_there).unwrap_or(MAX_SAMPLES);
    let n_known = known.len() as u64;
    let ask = Ask {
        task: Arc::clone(task),
        n_samples: Some(n_samples),
        seed: context.config.seed_of("sampler", &task.id),
        have: Arc::new(known.iter().map(|it| it.index).collect()),
        interrupt: context.interrupt.clone(),
    };
    let known = stream::iter(known).map(|it| Ok((it, true)));
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
            // A slow candidate makes those after it wait here, and from some number on not come at all.
            sampled = samples.next(), if is_open
                && running.len() < context.workers.capacity()
                && (order.n_waiting() < MAX_WAITING || !order.is_due_begun()) =>
            {
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
                if index > order.missing() + MAX_AHEAD + n_known || !order.begin(index) {
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
                    Arrived::Through(arrival) => order.finish(index, *arrival),
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
    let mut matrix = matrix(n_inputs, &tally.survivors);
    let parted = part(
        context,
        judges,
        time_limit,
        &inputs,
        &matrix,
        &tally.survivors,
    )
    .await?;
    if let Some(recorder) = &mut recorder {
        recorder.parting(parting_rows(task, &inputs, &parted, &tally.survivors))?;
    }
    tally.count_parting(&parted);
    for (_, _, records) in &parted.inputs {
        let observations: Vec<Observation> =
            records.iter().map(ExecutionRecord::observation).collect();
        matrix.push_input(&observations);
    }
    let mut warnings = warnings(task, &inputs, context.config, &tally.no_toolchain);
    inputs.extend(&parted);
    let n_inputs = inputs.all.len();
    let voting = voting(&matrix, context.config.failing_inputs_vote);
    let view = MatrixView::new(&matrix).inputs(&voting);
    let clusters = cluster(view);
    let behaviours = Behaviours::of(view);
    let ballot = Ballot::of_clusters(&behaviours, &clusters);
    let rule = rule(context.config, logprobs(&tally.survivors))?;
    let Plan {
        picks,
        probabilities,
        solved_probability,
        ..
    } = Plan::new(&*rule, &ballot, context.config.n_submissions);
    let picked: Vec<&Survivor> = picks.iter().map(|it| &tally.survivors[it.row]).collect();
    let grammar = inputs.grammar.as_deref().ok();
    let (growths, n, fuel) = growth(context, judges, time_limit, grammar, &picked).await?;
    tally.cost.n_fruitless += n;
    tally.cost.fuel_fruitless += fuel;
    for (rank, growth) in (1..).zip(&growths) {
        let warning = growth.as_ref().and_then(Growth::warning);
        warnings.extend(warning.map(|it| format!("submission {rank} may be too slow: it {it}")));
    }
    // Only now: an interrupt also ends the search for inputs, and what is foretold.
    let stop_reason = if sampler_failure.is_some() {
        StopReason::SamplerFailed
    } else if context.interrupt.is_set() {
        StopReason::Interrupted
    } else if tally.n_candidates == n_samples
        && (context.config.n_samples.is_some() || n_there.is_none())
    {
        StopReason::SamplesReached
    } else {
        StopReason::SamplesExhausted
    };
    let funnel = tally.funnel.into_counts(tally.n_candidates);
    if voting.len() < n_inputs {
        warnings.push(format!(
            "most survivors fail on {} of {n_inputs} generated inputs: these do not vote",
            n_inputs - voting.len()
        ));
    }
    warnings.extend(sampler_failure.as_ref().map(SamplerError::in_full));
    warnings.extend(diversity_warning(&funnel));
    Ok(Found {
        funnel,
        n_candidates: tally.n_candidates,
        warnings,
        survivors: tally.survivors,
        clusters,
        picks,
        probabilities,
        solved_probability,
        growths,
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

/// Returns what is recorded of inputs that were looked for.
fn parting_rows(
    task: &Task,
    generated: &Inputs,
    parted: &Parted,
    survivors: &[Survivor],
) -> PartingRows {
    let artifacts = survivors.iter().map(|it| it.trial.artifact);
    let records = |row: usize| parted.inputs.iter().map(|it| it.2[row]).collect();
    PartingRows {
        problem: task.id.clone(),
        first: generated.all.len(),
        inputs: (parted.inputs.iter())
            .map(|it| (Arc::clone(&it.0), it.1.to_string()))
            .collect(),
        results: (artifacts.enumerate())
            .filter(|_| !parted.inputs.is_empty())
            .map(|(row, artifact)| (artifact, records(row)))
            .collect(),
    }
}

/// Returns the rule that the settings name.
fn rule(config: &SearchConfig, logprobs: Vec<f64>) -> Result<Box<dyn SelectionRule>, EngineError> {
    let extras = Extras {
        seed: config.seed,
        logprobs,
        ..Extras::default()
    };
    rules::by_name(&config.rule, &extras).ok_or_else(|| {
        EngineError::Config(format!(
            "there is no selection rule `{}`: expected one of `{}`",
            config.rule,
            rules::NAMES.join("`, `")
        ))
    })
}

/// Returns the log probability of each survivor; none where no sampler told.
fn logprobs(survivors: &[Survivor]) -> Vec<f64> {
    let logprobs = survivors.iter().map(|it| it.candidate.sample.logprob);
    if logprobs.clone().all(|it| it.is_none()) {
        return Vec::new();
    }
    logprobs.map(|it| it.unwrap_or(f64::NAN)).collect()
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

fn matrix(n_inputs: usize, survivors: &[Survivor]) -> ExecutionMatrix {
    let mut matrix = ExecutionMatrix::new(n_inputs);
    for survivor in survivors {
        let row: Vec<Observation> = survivor
            .trial
            .behaviours
            .iter()
            .map(ExecutionRecord::observation)
            .collect();
        matrix.push_row(survivor.weight, &row);
    }
    matrix
}

fn warnings(
    task: &Task,
    inputs: &Inputs,
    config: &SearchConfig,
    no_toolchain: &BTreeMap<String, u64>,
) -> Vec<String> {
    let mut warnings = Vec::new();
    if task.public_tests.is_empty() {
        warnings.push(
            "problem has no public tests: every candidate that compiles is a survivor".to_owned(),
        );
    } else if !behave_alone(task) {
        warnings.push(format!(
            "no inputs are generated: survivors are not told apart ({})",
            task.judging
        ));
    } else if inputs.all.len() < config.n_inputs {
        let n_inputs = inputs.all.len();
        warnings.push(format!(
            "only {n_inputs} of {} generated inputs are distinct: clusters are coarse",
            config.n_inputs
        ));
    }
    if let Err(reason) = &inputs.grammar
        && config.inputs == InputWay::Inferred
        && !inputs.all.is_empty()
    {
        warnings.push(format!("inputs are mutations alone: {reason}"));
    }
    if !task.includes.is_empty() {
        warnings.push("candidates are compiled without the package's own files".to_owned());
    }
    for (language, n) in no_toolchain {
        let candidates = if *n == 1 { "candidate" } else { "candidates" };
        warnings.push(format!(
            "{n} {candidates} in `{language}` dropped: it has no toolchain here"
        ));
    }
    warnings
}
