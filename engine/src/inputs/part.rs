//! The search for inputs that part survivors, on the workers: what [`Splitter`] asks for is run, and what all programs
//! did on what it keeps is returned.
//!
//! Begins when the last sample is through. Decides nothing itself.

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures_util::{StreamExt, TryStreamExt, stream};
use riddle_clustering::{EndingClass, ExecutionMatrix};
use riddle_problems::inputs::blend::Origin;
use riddle_sandbox::{Digest, SandboxError};

use super::{Inputs, split::Splitter};
use crate::{
    EngineError, Event, Sample,
    evaluate::limits,
    judging::{Judges, run_input},
    record::ExecutionRecord,
    search::{SearchContext, Survivor},
};

/// What a search for inputs came to.
#[derive(Default)]
pub(crate) struct Parted {
    /// The inputs that were found, each with what every survivor did on it, in the order of rows.
    pub(crate) inputs: Vec<(Arc<[u8]>, Origin, Vec<ExecutionRecord>)>,
    /// Executions, those included that came to nothing.
    pub(crate) n_executions: u64,
    pub(crate) fuel: u64,
    pub(crate) cpu_time: Duration,
    /// Rows of survivors that the backstop ended.
    pub(crate) backstops: Vec<usize>,
}

/// Looks for inputs that part survivors which did the same on `inputs`. An interrupt ends it early, with what was found.
pub(crate) async fn part(
    context: &SearchContext<'_>,
    judges: &Arc<Judges>,
    time_limit: Duration,
    inputs: &Inputs,
    matrix: &ExecutionMatrix,
    survivors: &[Survivor],
) -> Result<Parted, EngineError> {
    let (task, config) = (judges.task(), context.config);
    let mut parted = Parted::default();
    if config.n_parting_inputs == 0 || inputs.all.is_empty() || survivors.len() < 2 {
        return Ok(parted);
    }
    context.observer.event(Event::LookingForInputs {
        problem: &task.id,
        n_programs: survivors.len(),
    });
    let public: Vec<Arc<[u8]>> = (task.public_tests.iter())
        .map(|it| Arc::clone(&it.input))
        .collect();
    let mut splitter = Splitter::new(
        matrix,
        &inputs.contents(),
        &public,
        inputs.grammar.as_deref().ok(),
        config.n_parting_inputs,
        config.seed_of("parting inputs", &task.id),
    );
    // What programs did on inputs that may yet be kept.
    let mut done: HashMap<(usize, Digest), ExecutionRecord> = HashMap::new();
    while let Some(asked) = splitter.ask() {
        if context.interrupt.is_set() {
            break;
        }
        let asked_inputs: Arc<[Arc<[u8]>]> = asked.inputs.clone().into();
        let digests: Vec<Digest> = asked.inputs.iter().map(|it| Digest::of(it)).collect();
        let rows = stream::iter(&asked.rows).map(|row| {
            let survivor = &survivors[*row];
            let (judges, inputs) = (Arc::clone(judges), Arc::clone(&asked_inputs));
            let (sample, same) = (survivor.candidate.sample.clone(), config.same_output);
            let work = move || run(&judges, &sample, time_limit, &inputs, same);
            context.workers.run(survivor.candidate.name(), work)
        });
        let did: Vec<_> = rows
            .buffered(context.workers.capacity())
            .try_collect::<Vec<_>>()
            .await?;
        let mut observations = Vec::new();
        for (row, did) in asked.rows.iter().zip(did) {
            let did = did?;
            parted.cpu_time += did.iter().map(|it| it.1).sum();
            if did.iter().any(|it| it.0.ending == EndingClass::Unknown) {
                parted.backstops.push(*row);
            }
            for (input, (record, _)) in digests.iter().zip(&did) {
                done.insert((*row, *input), *record);
            }
            observations.push(did.iter().map(|it| it.0.observation()).collect());
        }
        splitter.tell(&observations);
        let in_use = splitter.in_use();
        done.retain(|(_, input), _| in_use.contains(input));
    }
    let (found, n_executions, fuel) = splitter.finish();
    (parted.n_executions, parted.fuel) = (n_executions, fuel);
    for it in found {
        let digest = Digest::of(&it.content);
        let records = (0..survivors.len()).map(|row| done[&(row, digest)]);
        let records = records.collect();
        parted.inputs.push((it.content, it.origin, records));
    }
    Ok(parted)
}

/// Runs one program on some inputs; with each goes the CPU time.
fn run(
    judges: &Judges,
    sample: &Sample,
    time_limit: Duration,
    inputs: &[Arc<[u8]>],
    same: super::SameOutput,
) -> Result<Vec<(ExecutionRecord, Duration)>, SandboxError> {
    let (sandbox, task) = (judges.sandbox(), judges.task());
    // It compiled before, so that a failure now is the store's or the machine's fault.
    let program = sandbox.compile(sample.language, &sample.source)?.outcome;
    let Ok(program) = program else {
        return Ok(vec![
            (ExecutionRecord::not_run(), Duration::ZERO);
            inputs.len()
        ]);
    };
    let limits = limits(task, time_limit, sample.language);
    let run = |input: &Arc<[u8]>| {
        let execution = run_input(sandbox, task, &program, &limits, Arc::clone(input))?;
        let record = ExecutionRecord::of_behaviour(&execution, task, same);
        Ok((record, execution.cpu_time))
    };
    inputs.iter().map(run).collect()
}
