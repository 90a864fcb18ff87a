//! How live samplers divide their work: requests of several choices that share a prompt, each choice with
//! its own place, seed and temperature.
//!
//! Pure: what is asked follows from the ask and the settings, never from what arrived when.

use std::ops::Range;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use riddle_sandbox::Digest;
use serde::{Deserialize, Serialize};

use super::{Ask, SamplerError};
use crate::{Place, PromptConfig};

/// The highest temperature that servers take.
const MAX_TEMPERATURE: f64 = 2.0;
/// Tokens of an answer, at most.
const MAX_TOKENS: u32 = 131_072;
/// Choices of a request, at most.
const MAX_CHOICES: u32 = 4096;

/// How a live sampler samples. Plain data: it goes into the manifest as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SamplingConfig {
    /// What is asked.
    pub prompt: PromptConfig,
    /// The lowest and the highest temperature; each sample draws its own between them, as AlphaCode 2
    /// does. Default: 0.8 and 0.8.
    pub temperature: (f64, f64),
    /// The share of probability that the tokens drawn from make up. Default: 0.95.
    pub top_p: f64,
    /// Tokens of an answer, at most. Default: 512.
    pub max_tokens: u32,
    /// Choices of one request, which share one prompt. Default: 32.
    pub n_choices: u32,
}

impl Default for SamplingConfig {
    fn default() -> Self {
        Self {
            prompt: PromptConfig::default(),
            temperature: (0.8, 0.8),
            top_p: 0.95,
            max_tokens: 512,
            n_choices: 32,
        }
    }
}

impl SamplingConfig {
    /// Refuses settings that cannot be.
    pub(super) fn check(&self) -> Result<(), SamplerError> {
        let (low, high) = self.temperature;
        let refuse = |what: String| Err(SamplerError::new(what));
        if !(0.0..=MAX_TEMPERATURE).contains(&low) || !(low..=MAX_TEMPERATURE).contains(&high) {
            return refuse(format!(
                "temperature {low}..{high} is out of range: 0 to {MAX_TEMPERATURE} is possible"
            ));
        }
        if !(self.top_p > 0.0 && self.top_p <= 1.0) {
            return refuse(format!(
                "top-p {} is out of range: more than 0 and at most 1 is possible",
                self.top_p
            ));
        }
        if !(1..=MAX_TOKENS).contains(&self.max_tokens) {
            return refuse(format!(
                "an answer cannot have {} tokens: 1 to {MAX_TOKENS} are possible",
                self.max_tokens
            ));
        }
        if !(1..=MAX_CHOICES).contains(&self.n_choices) {
            return refuse(format!(
                "a request cannot have {} choices: 1 to {MAX_CHOICES} are possible",
                self.n_choices
            ));
        }
        Ok(())
    }

    /// Returns the temperature of a sample.
    pub(super) fn temperature(&self, ask: &Ask, place: Place) -> f64 {
        let (low, high) = self.temperature;
        if low >= high {
            return low;
        }
        let mut random = ChaCha8Rng::seed_from_u64(seed_of(ask, "temperature", place));
        // Hundredths: what is written down is what was asked for.
        (random.random_range(low..=high) * 100.0).round() / 100.0
    }
}

/// A request, and which of its choices are missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Request {
    /// Its number, from 0.
    pub(super) number: u64,
    /// The missing choices, in unbroken runs.
    pub(super) missing: Vec<Range<u32>>,
}

/// Returns the requests that an ask comes to, `n_choices` samples each, without those that are all there.
pub(super) fn requests(
    ask: &Ask,
    n_choices: u32,
) -> impl Iterator<Item = Request> + Send + 'static {
    let ask = ask.clone();
    (0..)
        .take_while({
            let ask = ask.clone();
            move |number| !ask.is_over(number * u64::from(n_choices))
        })
        .map(move |number| {
            let mut missing: Vec<Range<u32>> = Vec::new();
            for choice in 0..n_choices {
                if !ask.wants(number * u64::from(n_choices) + u64::from(choice)) {
                    continue;
                }
                match missing.last_mut() {
                    Some(run) if run.end == choice => run.end += 1,
                    _ => missing.push(choice..choice + 1),
                }
            }
            Request { number, missing }
        })
        .filter(|it| !it.missing.is_empty())
}

/// Returns the index of a sample.
pub(super) fn index_of(place: Place, n_choices: u32) -> u64 {
    place.request * u64::from(n_choices) + u64::from(place.choice)
}

/// Returns the seed of one use of one sample, derived by name.
pub(super) fn seed_of(ask: &Ask, purpose: &str, place: Place) -> u64 {
    let digest = Digest::of_parts(
        "riddle 2026-11-24 sample seed",
        &[
            &ask.seed.to_le_bytes(),
            purpose.as_bytes(),
            &place.request.to_le_bytes(),
            &place.choice.to_le_bytes(),
        ],
    );
    u64::from_le_bytes(std::array::from_fn(|index| digest.0[index]))
}
