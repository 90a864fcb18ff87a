//! What a run leaves on disk: one folder with everything needed to read, replay or resume it.
//!
//! ```text
//! manifest.json      resolved settings, seeds, versions, digests
//! candidates.jsonl   every sample in order, written before it is used; itself replay input
//! run.sqlite         each candidate's fate and each execution's result
//! report.json        the answer: identical for identical candidates, settings and seed
//! timings.json       all that is measured in seconds
//! submissions/       the picked programs, ready to send
//! ```
//!
//! Nothing here decides anything.

mod blob;
mod database;
mod folder;
mod journal;
mod reader;

pub use self::{
    blob::{BlobError, unpack},
    folder::{FORMAT_VERSION, ProblemOrigin, RunFiles, RunManifest},
};
pub(crate) use self::{
    blob::{ExecutionRecord, ending_name, ending_of, pack},
    database::{CandidateRow, PARTING, PartingRows, Recorder, StageRow, VerdictRow},
    folder::{RunFolder, TaskManifest, task_digest},
    journal::{Journal, Samples, hold, journalled},
    reader::{CandidateRecord, InputRecord, RunDatabase},
};
