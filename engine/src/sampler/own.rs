//! A sampler made of any function that gives an iterator.

use futures_util::{StreamExt, stream, stream::BoxStream};
use riddle_problems::Task;

use super::Sampler;
use crate::{Rejected, Sample};

/// Samples by a function of the user's: for each task, an iterator of samples.
pub struct OwnSampler<F> {
    samples: F,
}

impl<F, I> OwnSampler<F>
where
    F: Fn(&Task) -> I,
    I: Iterator<Item = Sample> + Send + 'static,
{
    /// Makes a sampler of a function.
    pub fn new(samples: F) -> Self {
        Self { samples }
    }
}

impl<F, I> Sampler for OwnSampler<F>
where
    F: Fn(&Task) -> I,
    I: Iterator<Item = Sample> + Send + 'static,
{
    fn name(&self) -> &'static str {
        "own"
    }

    fn n_samples(&self, task: &Task) -> Option<u64> {
        match (self.samples)(task).size_hint() {
            (least, Some(most)) if least == most => Some(least as u64),
            _ => None,
        }
    }

    fn samples<'a>(&'a self, task: &'a Task) -> BoxStream<'a, Result<Sample, Rejected>> {
        stream::iter((self.samples)(task).map(Ok)).boxed()
    }
}
