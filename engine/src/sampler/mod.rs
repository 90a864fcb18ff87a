//! Where candidates come from.
//!
//! A sampler turns a [`Task`] (never its private tests) into a stream of samples. It does not judge,
//! deduplicate or record; the search does.

pub(crate) mod extract;
mod folder;
mod jsonl;
mod own;
mod replay;

use futures_util::stream::BoxStream;
use riddle_problems::Task;

pub(crate) use self::jsonl::{line_of_candidate, line_of_rejected};
pub use self::{own::OwnSampler, replay::Replay};
use crate::{Rejected, Sample};

/// A source of candidates.
pub trait Sampler {
    /// Returns the sampler's name, for the manifest.
    fn name(&self) -> &str;

    /// Returns how many samples it has for a task, where that is known.
    fn n_samples(&self, task: &Task) -> Option<u64>;

    /// Returns the samples for a task, in the order of their places.
    ///
    /// The stream may end early; the search stops asking when it has enough. A sample that cannot be
    /// a candidate is a [`Rejected`], and the stream goes on.
    fn samples<'a>(&'a self, task: &'a Task) -> BoxStream<'a, Result<Sample, Rejected>>;
}
