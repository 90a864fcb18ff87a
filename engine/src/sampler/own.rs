//! A sampler made of any function that gives an iterator.

use futures_util::{StreamExt, stream, stream::BoxStream};
use riddle_problems::Task;

use super::{Ask, Sampled, Sampler, SamplerError};
use crate::Sample;

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

    fn samples(&self, ask: Ask) -> BoxStream<'_, Result<Sampled, SamplerError>> {
        let samples = (0..).zip((self.samples)(&ask.task));
        let mut samples = samples.map(|(index, sample)| Sampled::new(index, Ok(sample)));
        stream::iter(std::iter::from_fn(move || {
            samples
                .find(|it| ask.is_over(it.index) || ask.wants(it.index))
                .filter(|it| !ask.is_over(it.index))
                .map(Ok)
        }))
        .boxed()
    }
}
