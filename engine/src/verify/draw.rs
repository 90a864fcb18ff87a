//! Which of a problem's records are compared: a share of them, drawn by a seed.
//!
//! Whether a record is drawn depends on seed, share and what the record is of, never on the order in which
//! records come. Runs nothing.

use std::collections::{BTreeMap, HashMap};

use riddle_sandbox::Digest;

use super::report::{Mismatch, VerifyReport};
use crate::{
    EngineError, Place,
    record::{CandidateRecord, ExecutionRecord, RunDatabase},
};

/// Executions of a problem that are drawn at least, about, where it has so many: a small share of a small
/// run would say nothing.
const MIN_DRAWN: f64 = 20.0;

/// A candidate that is compiled again, and what of its program is run again.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) candidate: CandidateRecord,
    pub(super) executions: Vec<Drawn>,
}

/// An execution that was drawn.
#[derive(Debug)]
pub(super) struct Drawn {
    pub(super) stage: String,
    /// Its place among the stage's executions, from 0.
    pub(super) index: usize,
    /// Executions that the stage has.
    pub(super) n_recorded: usize,
    pub(super) record: ExecutionRecord,
}

/// Draws a share of a problem's records, by the candidates that they belong to. What is recorded and drawn
/// is counted in `report`, and so are records that cannot be read.
pub(super) fn draw(
    database: &RunDatabase,
    problem: &str,
    share: f64,
    seed: u64,
    report: &mut VerifyReport,
) -> Result<BTreeMap<Place, Job>, EngineError> {
    let mut n_executions = 0;
    database.each_stage(problem, |it| {
        n_executions += it.results.map_or(0, |it| it.len() as u64);
    })?;
    report.executions.n_recorded = n_executions;
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    let least = MIN_DRAWN / n_executions.max(1) as f64;
    let share = share.max(least.min(1.0));
    let is_drawn = |parts: &[&[u8]]| {
        let seed = seed.to_le_bytes();
        let parts = [&[&seed[..], problem.as_bytes()], parts].concat();
        let digest = Digest::of_parts("riddle 2026-11-25 verified record", &parts);
        let number = u32::from_le_bytes(std::array::from_fn(|index| digest.0[index]));
        share >= 1.0 || f64::from(number) < share * 2f64.powi(32)
    };

    let mut first_of_artifact = HashMap::<Digest, Place>::new();
    let mut jobs = BTreeMap::new();
    let mut others = BTreeMap::new();
    database.each_candidate(problem, |candidate| {
        report.compilations.n_recorded += 1;
        let place = candidate.place;
        let is_first = candidate
            .artifact
            .is_some_and(|artifact| *first_of_artifact.entry(artifact).or_insert(place) == place);
        let (request, choice) = (place.request.to_le_bytes(), place.choice.to_le_bytes());
        let job = Job {
            candidate,
            executions: Vec::new(),
        };
        if is_drawn(&[b"compile", &request, &choice]) {
            jobs.insert(place, job);
        } else if is_first {
            others.insert(place, job);
        }
    })?;
    database.each_stage(problem, |row| {
        let unreadable = |recorded: String| Mismatch {
            problem: problem.to_owned(),
            candidate: None,
            place: None,
            stage: row.stage.clone(),
            number: None,
            test: None,
            field: "record".to_owned(),
            recorded,
            seen: format!("program {}", row.artifact),
        };
        let records = match &row.results {
            Ok(records) => records,
            Err(error) => {
                report.executions.n_recorded += 1;
                report.executions.n_drawn += 1;
                report.executions.compared(false);
                report.differs(unreadable(error.to_string()));
                return;
            }
        };
        let drawn: Vec<Drawn> = (records.iter().enumerate())
            .filter(|(index, _)| {
                let number = (*index as u64).to_le_bytes();
                is_drawn(&[b"execute", &row.artifact.0, row.stage.as_bytes(), &number])
            })
            .map(|(index, record)| Drawn {
                stage: row.stage.clone(),
                index,
                n_recorded: records.len(),
                record: *record,
            })
            .collect();
        if drawn.is_empty() {
            return;
        }
        report.executions.n_drawn += drawn.len() as u64;
        let Some(place) = first_of_artifact.get(&row.artifact) else {
            let reason = "no candidate came out as their program";
            report.not_comparable(reason, drawn.len() as u64, 0);
            return;
        };
        if let Some(job) = others.remove(place) {
            jobs.insert(*place, job);
        }
        let job = jobs
            .get_mut(place)
            .expect("each artifact's first is in one");
        job.executions.extend(drawn);
    })?;
    report.compilations.n_drawn = jobs.len() as u64;
    Ok(jobs)
}
