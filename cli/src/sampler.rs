//! Where candidates come from: the arguments that say it, and the sampler that they come to.
//!
//! Shared by `solve` and `prompt`; a resumed run has its sampler from the manifest instead.

use std::{path::PathBuf, time::Duration};

use clap::{Args, ValueEnum};
use riddle_engine::{
    LocalConfig, OpenaiConfig, Prefill, PromptConfig, PromptForm, RatingRange, SamplerConfig,
    SamplingConfig, ServerConfig, sandbox::Language,
};

use crate::{args::seconds, errors::UsageError};

/// Samples that are asked of a model for each problem where no number is given.
const DEFAULT_MODEL_SAMPLES: u64 = 256;

/// Where candidates come from.
#[derive(Args, Debug)]
pub(crate) struct SamplerArgs {
    /// Where candidates come from [default: replay]
    #[arg(long, value_name = "NAME", value_enum, help_heading = "Candidates")]
    sampler: Option<SamplerName>,
    /// Candidates to replay: a JSONL file, or a folder of programs
    #[arg(long, value_name = "PATH", help_heading = "Candidates")]
    candidates: Option<PathBuf>,
    /// Candidates to take for each problem [default: all of a pool, 256 of a model]
    #[arg(long, value_name = "N", help_heading = "Candidates")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    samples: Option<u64>,
    /// Languages to take, separated by commas [default: all; a model is asked for Python]
    #[arg(
        long,
        value_name = "LANGUAGE",
        value_delimiter = ',',
        help_heading = "Candidates"
    )]
    languages: Vec<Language>,
    #[command(flatten)]
    model: ModelArgs,
    #[command(flatten)]
    server: ServerArgs,
    #[command(flatten)]
    prompt: PromptArgs,
}

/// Where candidates come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum SamplerName {
    /// Candidates that somebody else sampled
    Replay,
    /// A language model in this process
    Local,
    /// A model behind an OpenAI-compatible server: vLLM, llama.cpp, Ollama, or a paid one
    Openai,
}

/// How a model samples.
#[derive(Args, Debug)]
struct ModelArgs {
    /// The model: a GGUF file for `local` [default: the one that `riddle setup` fetches], a name for
    /// `openai` [default: the first that the server lists]
    #[arg(long, value_name = "MODEL", help_heading = "Model")]
    model: Option<String>,
    /// Temperature, or LOW..HIGH for one of its own for each sample of `local` and request of `openai`
    #[arg(long, value_name = "T", default_value = "0.8", help_heading = "Model")]
    #[arg(value_parser = temperatures)]
    temperature: (f64, f64),
    /// Share of the probability that tokens are drawn from
    #[arg(long, value_name = "P", default_value_t = 0.95, help_heading = "Model")]
    top_p: f64,
    /// Tokens of an answer, at most
    #[arg(long, value_name = "N", default_value_t = 512, help_heading = "Model")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    max_tokens: u32,
    /// Samples of one request, which share a prompt
    #[arg(long, value_name = "N", default_value_t = 32, help_heading = "Model")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    choices: u32,
    /// Samples that one thread of `local` writes at a time; memory is in proportion
    #[arg(long, value_name = "N", default_value_t = 32, help_heading = "Model")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=255))]
    slots: u32,
}

/// A model server.
#[derive(Args, Debug)]
struct ServerArgs {
    /// Where the server is
    #[arg(
        long,
        value_name = "URL",
        default_value = "http://127.0.0.1:8080/v1",
        help_heading = "Server"
    )]
    base_url: String,
    /// Environment variable that holds the key
    #[arg(
        long,
        value_name = "NAME",
        default_value = "OPENAI_API_KEY",
        help_heading = "Server"
    )]
    key_env: String,
    /// Requests at a time
    #[arg(long, value_name = "N", default_value_t = 4, help_heading = "Server")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1024))]
    concurrency: u32,
    /// Time that one request may take
    #[arg(
        long,
        value_name = "SECONDS",
        default_value = "600",
        help_heading = "Server"
    )]
    #[arg(value_parser = seconds)]
    request_timeout: Duration,
    /// How often a request that failed is tried again
    #[arg(long, value_name = "N", default_value_t = 5, help_heading = "Server")]
    retries: u32,
    /// How the server is told how the answer begins
    #[arg(
        long,
        value_name = "WAY",
        value_enum,
        default_value_t = PrefillWay::Message,
        help_heading = "Server"
    )]
    prefill: PrefillWay,
    /// Price of a million tokens of prompts and of answers; the cost is then told
    #[arg(long, value_name = "IN,OUT", help_heading = "Server", value_parser = prices)]
    prices: Option<(f64, f64)>,
}

/// How a server is told how the answer begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum PrefillWay {
    /// By a last message of the assistant
    Message,
    /// The same, and the fields that vLLM wants
    Vllm,
    /// Not at all
    None,
}

/// What a model is asked.
#[derive(Args, Debug)]
struct PromptArgs {
    /// Family of prompts, or a template file of your own [default: instruct; few-shot for the embedded model]
    #[arg(long, value_name = "NAME|FILE", help_heading = "Prompt")]
    template: Option<String>,
    /// Form of the prompt: chat, completion or infill [default: the template's first]
    #[arg(long, value_name = "FORM", help_heading = "Prompt", value_parser = form)]
    form: Option<PromptForm>,
    /// Languages to ask for, LANGUAGE or LANGUAGE=WEIGHT, separated by commas [default: as --languages]
    #[arg(
        long,
        value_name = "MIX",
        value_delimiter = ',',
        help_heading = "Prompt"
    )]
    #[arg(value_parser = weighted)]
    mix: Vec<(Language, f64)>,
    /// Ask for a rating drawn from LOW..HIGH in steps of 100, as AlphaCode did
    #[arg(long, value_name = "LOW..HIGH", help_heading = "Prompt", value_parser = ratings)]
    ratings: Option<RatingRange>,
    /// Ask for tags drawn from the most popular ones, as AlphaCode did
    #[arg(long, help_heading = "Prompt")]
    random_tags: bool,
    /// Show no worked example
    #[arg(long, help_heading = "Prompt")]
    no_example: bool,
    /// Do not begin the answer with a code fence
    #[arg(long, help_heading = "Prompt")]
    no_prefill: bool,
}

impl SamplerArgs {
    /// Returns the languages to take.
    pub(crate) fn languages(&self) -> &[Language] {
        &self.languages
    }

    /// Returns the samples to take; none for all that there are.
    pub(crate) fn n_samples(&self) -> Option<u64> {
        let default = match self.name() {
            SamplerName::Replay => None,
            SamplerName::Local | SamplerName::Openai => Some(DEFAULT_MODEL_SAMPLES),
        };
        self.samples.or(default)
    }

    /// Returns the sampler's settings.
    pub(crate) fn config(&self) -> Result<SamplerConfig, UsageError> {
        match (self.name(), &self.candidates) {
            (SamplerName::Replay, Some(candidates)) => Ok(SamplerConfig::Replay {
                candidates: candidates.clone(),
            }),
            (SamplerName::Replay, None) => Err(UsageError::new("no candidates are named")
                .with_hint("pass a pool by `--candidates PATH`, or a model by `--sampler local`")),
            (SamplerName::Local | SamplerName::Openai, Some(_)) => Err(UsageError::new(
                "`--candidates` goes with `--sampler replay`, not with a model",
            )),
            (SamplerName::Local, None) => Ok(SamplerConfig::Local(LocalConfig {
                model: self.model.model.as_ref().map(PathBuf::from),
                n_slots: self.model.slots,
                sampling: self.sampling(),
            })),
            (SamplerName::Openai, None) => Ok(SamplerConfig::Openai(OpenaiConfig {
                server: self.server.config(self.model.model.clone()),
                concurrency: self.server.concurrency,
                prices: self.server.prices,
                sampling: self.sampling(),
            })),
        }
    }

    /// Returns the settings of the prompt.
    pub(crate) fn prompt(&self) -> PromptConfig {
        let is_embedded = self.name() == SamplerName::Local && self.model.model.is_none();
        let family = if is_embedded { "few-shot" } else { "instruct" };
        let mut config = self.prompt.config(&self.languages, family);
        if self.name() == SamplerName::Openai && self.server.prefill == PrefillWay::None {
            config.prefill = false;
        }
        config
    }

    fn name(&self) -> SamplerName {
        self.sampler.unwrap_or(SamplerName::Replay)
    }

    fn sampling(&self) -> SamplingConfig {
        SamplingConfig {
            prompt: self.prompt(),
            temperature: self.model.temperature,
            top_p: self.model.top_p,
            max_tokens: self.model.max_tokens,
            n_choices: self.model.choices,
        }
    }
}

impl ServerArgs {
    fn config(&self, model: Option<String>) -> ServerConfig {
        ServerConfig {
            base_url: self.base_url.clone(),
            model: model.unwrap_or_default(),
            key_env: self.key_env.clone(),
            request_timeout: self.request_timeout,
            max_retries: self.retries,
            prefill: match self.prefill {
                PrefillWay::Message => Prefill::Message,
                PrefillWay::Vllm => Prefill::Vllm,
                PrefillWay::None => Prefill::None,
            },
            ..ServerConfig::default()
        }
    }
}

impl PromptArgs {
    /// Returns the settings of the prompt, `languages` being those to take and `family` the template where
    /// none is named.
    fn config(&self, languages: &[Language], family: &str) -> PromptConfig {
        let mut mix = self.mix.clone();
        if mix.is_empty() {
            mix = languages.iter().map(|it| (*it, 1.0)).collect();
        }
        if mix.is_empty() {
            mix = PromptConfig::default().languages;
        }
        PromptConfig {
            template: self.template.clone().unwrap_or_else(|| family.to_owned()),
            form: self.form,
            languages: mix,
            ratings: self.ratings,
            random_tags: self.random_tags,
            example: !self.no_example,
            prefill: !self.no_prefill,
        }
    }
}

/// Reads `0.8` or `0.2..1.0`.
fn temperatures(text: &str) -> Result<(f64, f64), String> {
    let number = |text: &str| {
        text.parse()
            .map_err(|_| "expected a number, or LOW..HIGH".to_owned())
    };
    match text.split_once("..") {
        Some((low, high)) => Ok((number(low)?, number(high)?)),
        None => number(text).map(|it| (it, it)),
    }
}

/// Reads `0.15,0.60`.
fn prices(text: &str) -> Result<(f64, f64), String> {
    let expected = || "expected two prices, such as 0.15,0.60".to_owned();
    let price = |text: &str| {
        let price = text.parse().ok();
        price
            .filter(|it: &f64| it.is_finite() && *it >= 0.0)
            .ok_or_else(expected)
    };
    let (prompt, answer) = text.split_once(',').ok_or_else(expected)?;
    Ok((price(prompt)?, price(answer)?))
}

/// Reads `800..3500`.
fn ratings(text: &str) -> Result<RatingRange, String> {
    let expected = || "expected LOW..HIGH, whole numbers".to_owned();
    let (first, last) = text.split_once("..").ok_or_else(expected)?;
    Ok(RatingRange {
        first: first.parse().map_err(|_| expected())?,
        last: last.parse().map_err(|_| expected())?,
        step: RatingRange::ALPHACODE.step,
    })
}

/// Reads `cpp` or `cpp=2`.
fn weighted(text: &str) -> Result<(Language, f64), String> {
    let (name, weight) = text.split_once('=').unwrap_or((text, "1"));
    let language = name.parse().map_err(|error| format!("{error}"))?;
    let weight = weight
        .parse()
        .map_err(|_| format!("weight `{weight}` is not a number"))?;
    Ok((language, weight))
}

fn form(text: &str) -> Result<PromptForm, String> {
    match text {
        "chat" => Ok(PromptForm::Chat),
        "completion" => Ok(PromptForm::Completion),
        "infill" => Ok(PromptForm::Infill),
        _ => Err("expected chat, completion or infill".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_weights_are_read() {
        assert_eq!(temperatures("0.8"), Ok((0.8, 0.8)));
        assert_eq!(temperatures("0.2..1"), Ok((0.2, 1.0)));
        assert!(temperatures("warm").is_err());
        assert_eq!(weighted("cpp=2"), Ok((Language::Cpp, 2.0)));
        assert_eq!(weighted("py"), Ok((Language::Python, 1.0)));
        assert!(weighted("cpp=x").is_err() && weighted("java").is_err());
        assert_eq!(ratings("800..3500"), Ok(RatingRange::ALPHACODE));
        assert!(ratings("800").is_err());
        assert_eq!(prices("0.15,0.6"), Ok((0.15, 0.6)));
        assert!(prices("1").is_err() && prices("1,-1").is_err());
    }
}
