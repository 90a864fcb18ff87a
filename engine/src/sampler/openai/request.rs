//! The JSON of a request to either endpoint.
//!
//! Does not know what servers take; [`Dialect`] says how this one is spoken to.

use serde::Serialize;

use super::{Call, CallKind, Prefill};

/// The largest seed that is sent: llama-server reads 32 bits, of which all ones mean "draw one".
pub(crate) const MAX_SEED: u64 = i32::MAX as u64;

/// How requests to this server are worded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    /// Whether log-probabilities are asked for.
    pub(super) logprobs: bool,
    /// Whether `max_tokens` of a chat goes by its newer name.
    pub(super) max_completion_tokens: bool,
}

#[derive(Default, Serialize)]
struct Request<'a> {
    model: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    messages: Vec<WireMessage<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suffix: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    n: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    temperature: f64,
    top_p: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    stop: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    logprobs: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_logprobs: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    continue_final_message: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    add_generation_prompt: Option<bool>,
}

#[derive(Serialize)]
struct WireMessage<'a> {
    role: &'a str,
    content: &'a str,
}

/// Returns the body of a request for `n` choices of a call, the first of which is its choice `first`.
pub(super) fn body_of(
    call: &Call,
    model: &str,
    first: u32,
    n: u32,
    dialect: Dialect,
    how: Prefill,
) -> Vec<u8> {
    let mut request = Request {
        model,
        // Servers that give one choice refuse the field, even if it says so.
        n: (n > 1).then_some(n),
        seed: call.seed.map(|it| (it & MAX_SEED) + u64::from(first)),
        temperature: call.temperature,
        top_p: call.top_p,
        stop: &call.stop,
        ..Request::default()
    };
    let n_tokens = Some(call.max_tokens);
    match &call.kind {
        CallKind::Chat { messages, prefill } => {
            let messages = messages.iter().map(|it| WireMessage {
                role: &it.role,
                content: &it.content,
            });
            request.messages = messages.collect();
            if !prefill.is_empty() && how != Prefill::None {
                request.messages.push(WireMessage {
                    role: "assistant",
                    content: prefill,
                });
                if how == Prefill::Vllm {
                    request.continue_final_message = Some(true);
                    request.add_generation_prompt = Some(false);
                }
            }
            if dialect.max_completion_tokens {
                request.max_completion_tokens = n_tokens;
            } else {
                request.max_tokens = n_tokens;
            }
            if dialect.logprobs {
                request.logprobs = Some(true.into());
                // Not 0, for which llama-server gives none; without it, it gives twenty a token.
                request.top_logprobs = Some(1);
            }
        }
        CallKind::Completion { prompt, suffix } => {
            request.prompt = Some(prompt);
            request.suffix = suffix.as_deref();
            request.max_tokens = n_tokens;
            request.logprobs = dialect.logprobs.then(|| 1.into());
        }
    }
    serde_json::to_vec(&request).expect("a request is plain data")
}
