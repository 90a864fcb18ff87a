//! OpenAI-compatible servers: a sampler, and below it a client that makes one logical call and gives its
//! choices.
//!
//! The client does not know what is asked or why: prompts, plans and places are `sampler.rs`'s.
//!
//! ```text
//! Call ─► client (parts) ─► request ─► exchange (retries) ─► body (bounded) ─► answer (lenient) ─► Answer
//! ```
//!
//! No ready-made client crate serves: servers are trusted with nothing here. Bodies are bounded, both
//! shapes of log-probabilities are read, one wrong field does not cost the others, `n` is asked in the
//! parts that a server takes, retries are repeatable, and the key is kept out of every text.

mod answer;
mod body;
mod client;
mod config;
mod exchange;
mod key;
mod learned;
mod request;
mod retry;
mod sampler;

#[cfg(test)]
mod bad_server;
#[cfg(test)]
mod client_tests;
#[cfg(test)]
mod real_server;
#[cfg(test)]
mod sampler_tests;

use self::{client::Client, request::MAX_SEED};
pub use self::{
    config::{Prefill, ServerConfig},
    sampler::OpenaiSampler,
};
use super::{OpenaiConfig, SamplerError};
use crate::Interrupt;

/// One logical call: a prompt that is answered `n` times.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// What is asked.
    pub(crate) kind: CallKind,
    /// Choices wanted. More than a server takes at once are asked for in parts.
    pub(crate) n: u32,
    /// The seed of choice 0; choice i has this one plus i. Reduced modulo [`MAX_SEED`] + 1, since
    /// servers hold seeds in 32 bits. Default: the server draws one.
    pub(crate) seed: Option<u64>,
    /// The sampling temperature.
    pub(crate) temperature: f64,
    /// Probability mass that tokens are drawn from, from 0 to 1.
    pub(crate) top_p: f64,
    /// Tokens that a choice may have.
    pub(crate) max_tokens: u32,
    /// Texts that end a choice, and are not part of it.
    pub(crate) stop: Vec<String>,
    /// Once it is set, nothing more is asked for: neither further parts nor again.
    pub(crate) interrupt: Interrupt,
}

/// What is asked, by the endpoint that takes it.
#[derive(Clone, Debug)]
pub(crate) enum CallKind {
    /// A conversation.
    Chat {
        /// What was said so far.
        messages: Vec<Message>,
        /// How the answer begins already; [`Prefill`] says how it is sent. Some servers repeat it in
        /// the answer. Default: empty, no such beginning.
        prefill: String,
    },
    /// A text to be continued.
    Completion {
        /// The text.
        prompt: String,
        /// What comes after the answer, for servers that fill in.
        suffix: Option<String>,
    },
}

/// One message of a conversation.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    /// Who speaks: `system`, `user` or `assistant`.
    pub(crate) role: String,
    /// What is said.
    pub(crate) content: String,
}

/// What a server answered.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Answer {
    /// The choices that the server gave: by index, each below `n`, each once.
    pub(crate) choices: Vec<Choice>,
    /// Why choices are missing, if any are, in one line that may be journalled.
    pub(crate) missing: Option<String>,
    /// Whether choices are missing because the server is gone or the interrupt was set: they were not
    /// refused, and can be asked for another time.
    pub(crate) is_cut: bool,
    /// Tokens of the prompt, summed over the requests that the call took.
    pub(crate) n_prompt_tokens: u64,
    /// The model, by the server's own account.
    pub(crate) model: Option<String>,
}

/// One choice of an answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Choice {
    /// Its index in the call.
    pub(crate) index: u32,
    /// What the model wrote; empty if it wrote no text.
    pub(crate) text: String,
    /// Whether the model came to an end, or to a stop text, by itself.
    pub(crate) finished: bool,
    /// Log-probability of the text, summed over its tokens, if the server tells those of all.
    pub(crate) logprob: Option<f64>,
    /// Tokens of the text; 0 if the server does not tell.
    pub(crate) n_tokens: u64,
}

/// Why a call gave nothing.
#[derive(Clone, Debug)]
pub(crate) enum CallError {
    /// The server cannot be reached, or refuses us altogether: asking on is useless.
    Server(SamplerError),
    /// This request failed for good, and costs its samples only. One line that may be journalled.
    Request(String),
}
