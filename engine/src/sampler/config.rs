//! How to open a sampler: data that a run's manifest keeps, so that the run can be resumed.
//!
//! Never holds a key.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{OpenaiSampler, Replay, Sampler, SamplerError, SamplingConfig, ServerConfig};
use crate::{EngineError, PromptWriter, SamplingReport};

/// The command that builds Riddle with a language model in process.
pub const BUILD_LOCAL: &str = "scripts/with-llama cargo build --release -p riddle --features local";

/// A sampler of ours and its settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum SamplerConfig {
    /// Candidates that somebody else sampled.
    Replay {
        /// The pool: a JSONL file or a folder.
        candidates: PathBuf,
    },
    /// A language model in process.
    Local(LocalConfig),
    /// A model behind an OpenAI-compatible server.
    Openai(OpenaiConfig),
}

/// A model behind an OpenAI-compatible server, and how to sample from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenaiConfig {
    /// The server.
    pub server: ServerConfig,
    /// Requests at a time. Default: 4.
    pub concurrency: u32,
    /// The price of a million tokens of prompts and of answers, in any currency. Default: none, which
    /// is not told.
    pub prices: Option<(f64, f64)>,
    /// How to sample.
    pub sampling: SamplingConfig,
}

impl Default for OpenaiConfig {
    fn default() -> Self {
        Self {
            server: ServerConfig::default(),
            concurrency: 4,
            prices: None,
            sampling: SamplingConfig::default(),
        }
    }
}

/// A model in process, and how to sample from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocalConfig {
    /// The GGUF file. Default: the model that `riddle setup` fetches.
    pub model: Option<PathBuf>,
    /// Samples that one worker writes at a time, from 1 to 255: more share the work of reading the
    /// model's weights, and take memory in proportion. Default: 32.
    pub n_slots: u32,
    /// How to sample.
    pub sampling: SamplingConfig,
}

impl Default for LocalConfig {
    fn default() -> Self {
        Self {
            model: None,
            n_slots: 32,
            sampling: SamplingConfig::default(),
        }
    }
}

impl SamplerConfig {
    /// Opens the sampler: for problems of these ids, with the toolchains' cache folder, and on as many
    /// threads, if it needs any.
    ///
    /// # Errors
    ///
    /// Returns an error if the pool, the model or the server cannot be used, or this Riddle was built
    /// without the embedded model.
    pub fn open(
        &self,
        problems: &[&str],
        cache: &Path,
        n_workers: usize,
    ) -> Result<Box<dyn Sampler>, EngineError> {
        Ok(match self {
            Self::Replay { candidates } => Box::new(Replay::open(candidates, problems)?),
            Self::Local(config) => local(config, cache, n_workers)?,
            Self::Openai(config) => Box::new(OpenaiSampler::open(config)?),
        })
    }

    /// Returns what a report's tokens cost, where the settings tell the prices.
    pub fn price(&self, sampling: &SamplingReport) -> Option<f64> {
        #[expect(
            clippy::cast_precision_loss,
            reason = "tokens are fewer than 2^53, and it is for people"
        )]
        let millions = |n: u64| n as f64 / 1e6;
        match self {
            Self::Openai(config) => config.prices.map(|(prompt, answer)| {
                millions(sampling.n_prompt_tokens) * prompt + millions(sampling.n_tokens) * answer
            }),
            Self::Replay { .. } | Self::Local(_) => None,
        }
    }

    /// Changes each path in it.
    pub(crate) fn map_paths(&mut self, map: impl Fn(&Path) -> PathBuf) {
        let (path, prompt) = match self {
            Self::Replay { candidates } => (Some(candidates), None),
            Self::Local(config) => (config.model.as_mut(), Some(&mut config.sampling.prompt)),
            Self::Openai(config) => (None, Some(&mut config.sampling.prompt)),
        };
        if let Some(path) = path {
            *path = map(path);
        }
        if let Some(prompt) = prompt
            && !PromptWriter::families().contains(&prompt.template.as_str())
        {
            let path = map(Path::new(&prompt.template));
            prompt.template = path.to_string_lossy().into_owned();
        }
    }
}

#[cfg(feature = "local")]
fn local(
    config: &LocalConfig,
    cache: &Path,
    n_workers: usize,
) -> Result<Box<dyn Sampler>, SamplerError> {
    Ok(Box::new(super::LocalSampler::open(
        config, cache, n_workers,
    )?))
}

#[cfg(not(feature = "local"))]
fn local(_: &LocalConfig, _: &Path, _: usize) -> Result<Box<dyn Sampler>, SamplerError> {
    Err(
        SamplerError::new("this Riddle was built without the embedded model")
            .with_hint(format!("build it by `{BUILD_LOCAL}`")),
    )
}
