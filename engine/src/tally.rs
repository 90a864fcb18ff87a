//! The running account of a search: each sample counted in the order of its index, and what is recorded of it.
//!
//! Looks only at what came before. Runs nothing.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use riddle_problems::{Task, Verdict};
use riddle_sandbox::{CompileFailureKind, Digest};

use crate::{
    Candidate, EngineError, Event, Observer, Place, ProblemTimings, Stage,
    arrivals::Arrival,
    evaluate::{Evaluation, Outcome, Trial},
    funnel::Funnel,
    inputs::Parted,
    record::{CandidateRow, ExecutionRecord, Recorder, StageRow},
    report::{Cost, SamplingReport},
    search::Survivor,
};

/// Bytes of a compiler's message that the database keeps.
const KEPT_DETAIL_BYTES: usize = 400;

/// The running account of a search. Looks only at what came before.
pub(crate) struct Tally {
    problem: String,
    pub(crate) funnel: Funnel,
    pub(crate) n_candidates: u64,
    pub(crate) sampling: SamplingReport,
    pub(crate) survivors: Vec<Survivor>,
    /// The place of the earliest candidate with a source.
    pub(crate) first_of_source: HashMap<Digest, Place>,
    /// The survivor that a source came out as, if it did.
    row_of_source: HashMap<Digest, usize>,
    /// The earliest candidate that came out as an artifact, and its row if it survived.
    first_of_artifact: HashMap<Digest, (String, Option<usize>)>,
    /// What survivors did, one digest for all inputs: as many as there are clusters.
    behaviours: HashSet<Digest>,
    pub(crate) cost: Cost,
    pub(crate) backstops: Vec<String>,
    pub(crate) no_toolchain: BTreeMap<String, u64>,
    pub(crate) timings: ProblemTimings,
}

impl Tally {
    pub(crate) fn new(task: &Task) -> Self {
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
    pub(crate) fn take(
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

    /// Counts what it took to look for inputs.
    pub(crate) fn count_parting(&mut self, parted: &Parted) {
        let records = || parted.inputs.iter().flat_map(|it| &it.2);
        let n = records().count() as u64;
        let fuel: u64 = records().map(|it| it.fuel).sum();
        self.cost.n_executions += n;
        self.cost.fuel += fuel;
        self.cost.n_fruitless += parted.n_executions - n;
        self.cost.fuel_fruitless += parted.fuel - fuel;
        self.timings.execute_cpu_time += parted.cpu_time;
        for row in &parted.backstops {
            let name = self.survivors[*row].candidate.name();
            if !self.backstops.contains(&name) {
                self.backstops.push(name);
            }
        }
    }

    /// Counts a sample, and returns what is to be recorded of it and where it was dropped.
    fn count(&mut self, arrival: Arrival) -> (CandidateRow, Vec<StageRow>, Option<Stage>) {
        self.n_candidates += 1;
        match arrival {
            Arrival::Rejected(place, rejected) => {
                let row = self.row(place, rejected.id);
                self.dropped(row, Stage::Sample, rejected.reason.name(), &rejected.detail)
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
        self.dropped(row, Stage::Source, "duplicate_source", &detail)
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
                self.dropped(row, Stage::Compile, "no_toolchain", detail)
            }
            Outcome::NotCompiled(failure) => {
                if !failure.is_deterministic() {
                    self.backstops.push(candidate.name());
                }
                let reason = compile_reason(failure.kind);
                self.dropped(row, Stage::Compile, reason, &failure.text)
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
            return self.dropped(row, Stage::Artifact, "duplicate_artifact", &detail);
        }
        self.timings.execute_cpu_time += trial.execute_cpu_time;
        self.cost.n_executions += trial.records().count() as u64;
        self.cost.fuel += trial.records().map(|it| it.fuel).sum::<u64>();
        self.cost.n_cancelled += trial.n_cancelled;
        self.cost.n_linked_statically += u64::from(trial.is_static);
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
            let (row, _, stage) = self.dropped(row, Stage::PublicTests, verdict.as_str(), &detail);
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
        detail: &str,
    ) -> (CandidateRow, Vec<StageRow>, Option<Stage>) {
        self.funnel.drop_at(stage, reason);
        let detail = kept_detail(detail).to_owned();
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

/// Returns as much of a detail as the database keeps.
pub(crate) fn kept_detail(detail: &str) -> &str {
    &detail[..detail.floor_char_boundary(KEPT_DETAIL_BYTES)]
}

/// Returns the reason by which a failed compilation is counted.
pub(crate) fn compile_reason(kind: CompileFailureKind) -> &'static str {
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
