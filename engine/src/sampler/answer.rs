//! From a model's answer to a sample: the code in it, or why there is none.

use riddle_sandbox::Digest;

use super::{
    Sampled,
    extract::{Asked, NoCode, extract},
};
use crate::{Lineage, Place, Prompt, PromptBody, Rejected, Sample};

/// What a model answered.
pub(super) struct Answer {
    pub(super) text: String,
    /// Whether it came to its end, and was not cut off.
    pub(super) is_finished: bool,
    /// Log-probability of the text under the model, if known.
    pub(super) logprob: Option<f64>,
}

/// Returns a digest of what was asked, in hexadecimal digits.
pub(super) fn digest_of(prompt: &Prompt) -> String {
    let mut parts: Vec<&[u8]> = Vec::new();
    match &prompt.body {
        PromptBody::Chat(messages) => {
            for message in messages {
                parts.extend([message.role.name().as_bytes(), message.content.as_bytes()]);
            }
        }
        PromptBody::Text { prompt, suffix } => {
            parts.extend([
                prompt.as_bytes(),
                suffix.as_deref().unwrap_or("").as_bytes(),
            ]);
        }
    }
    parts.push(prompt.prefill.as_bytes());
    Digest::of_parts("riddle 2026-11-24 prompt", &parts).to_string()
}

/// Makes a sample of an answer to a prompt.
pub(super) fn sampled(
    index: u64,
    place: Place,
    prompt: &Prompt,
    answer: &Answer,
    mut lineage: Lineage,
) -> Sampled {
    let asked = Asked::by(prompt, answer.is_finished);
    let sample = match extract(&answer.text, &asked) {
        Ok(extracted) => {
            lineage.truncated = extracted.truncated;
            Ok(Sample {
                id: None,
                language: extracted.language,
                source: extracted.source.into_bytes().into(),
                logprob: answer.logprob,
            })
        }
        Err(NoCode { reason, detail }) => Err(Rejected {
            id: place.to_string(),
            reason,
            detail,
        }),
    };
    Sampled {
        index,
        place,
        lineage,
        sample,
    }
}
