//! What a search is asked to do. Plain data: it goes into the manifest as it is.

use std::time::Duration;

use riddle_sandbox::Language;
use serde::{Deserialize, Serialize};

use crate::{InputWay, SameOutput};

/// The settings of a search that shape its result.
///
/// The number of threads is not among them: it shapes only the time that a search takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchConfig {
    /// Candidates to take from the sampler for each problem. Default: all that it has.
    pub n_samples: Option<u64>,
    /// Submissions to pick, at most. Default: 10.
    pub n_submissions: usize,
    /// Inputs to generate for clustering. Default: 50, as AlphaCode used.
    pub n_inputs: usize,
    /// How they are made. Default: inferred; of runs from before there was a choice: mutations.
    #[serde(default = "InputWay::of_old")]
    pub inputs: InputWay,
    /// Inputs to look for besides, at most, that part survivors which do the same on those. Default: 50; of runs from
    /// before there was a choice: none.
    #[serde(default)]
    pub n_parting_inputs: usize,
    /// Whether picked programs run on inputs as large as the statement allows, to foretell which will be too slow. Default:
    /// true; of runs from before there was a choice: false.
    #[serde(default)]
    pub foretells_growth: bool,
    /// When two outputs on an input are the same. Default: by the checker's form; of runs from before there was a
    /// choice: by their bytes.
    #[serde(default = "SameOutput::of_old")]
    pub same_output: SameOutput,
    /// Whether inputs on which most survivors fail part programs, too. Default: false; of runs from before there was a
    /// choice: true.
    #[serde(default = "yes")]
    pub failing_inputs_vote: bool,
    /// The name of the selection rule, one of [`riddle_clustering::rules::NAMES`]. Default: the first
    /// of them; of runs from before there was a choice: `alphacode`.
    #[serde(default = "alphacode")]
    pub rule: String,
    /// Languages to take; the others are dropped. Default: none named, which is all.
    pub languages: Vec<Language>,
    /// The seed of everything random: generated inputs, what guests see as randomness. Default: 0.
    pub seed: u64,
    /// The time limit of a problem that states none and has no accepted programs to derive it from.
    /// Default: 2 s.
    #[serde(rename = "default_time_limit_seconds", with = "crate::clock::seconds")]
    pub default_time_limit: Duration,
}

impl Default for SearchConfig {
    fn default() -> Self {
        Self {
            n_samples: None,
            n_submissions: 10,
            n_inputs: 50,
            inputs: InputWay::default(),
            n_parting_inputs: 50,
            foretells_growth: true,
            same_output: SameOutput::default(),
            failing_inputs_vote: false,
            rule: riddle_clustering::rules::NAMES[0].to_owned(),
            languages: Vec::new(),
            seed: 0,
            default_time_limit: Duration::from_secs(2),
        }
    }
}

/// What runs were made with before there was a choice.
fn yes() -> bool {
    true
}

/// What runs were made with before there was a choice.
fn alphacode() -> String {
    "alphacode".to_owned()
}

impl SearchConfig {
    /// Returns the seed of one use, derived by name, so that a new use does not move the others.
    pub fn seed_of(&self, purpose: &str, problem: &str) -> u64 {
        let digest = riddle_sandbox::Digest::of_parts(
            "riddle 2026-11-22 seed",
            &[
                &self.seed.to_le_bytes(),
                purpose.as_bytes(),
                problem.as_bytes(),
            ],
        );
        u64::from_le_bytes(std::array::from_fn(|index| digest.0[index]))
    }
}
