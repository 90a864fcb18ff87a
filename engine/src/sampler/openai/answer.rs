//! The JSON of an answer, read as leniently as it can be.
//!
//! Does not know HTTP. Fields are read one by one: one of a wrong type is as good as missing, and costs
//! a choice only where that has no text without it.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::Choice;

/// Choices that are looked at in one answer.
pub(super) const MAX_CHOICES: u32 = 4096;
/// Bytes of a body that a message shows.
const SHOWN_BYTES: usize = 100;

/// What one body held: the choices asked for, by index.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Part {
    pub(super) choices: Vec<Choice>,
    pub(super) n_prompt_tokens: u64,
    pub(super) model: Option<String>,
}

/// Why a body is no answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NoAnswer {
    /// It is not what the endpoint is to give; the text says why.
    Broken(String),
    /// It is an error, whatever the status said: by a status of its own, if it has one.
    Error(Option<u16>, String),
}

#[derive(Deserialize)]
struct WireAnswer<'a> {
    #[serde(borrow)]
    choices: Option<&'a RawValue>,
    #[serde(borrow)]
    usage: Option<&'a RawValue>,
    #[serde(borrow)]
    model: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct WireUsage<'a> {
    #[serde(borrow)]
    prompt_tokens: Option<&'a RawValue>,
    #[serde(borrow)]
    completion_tokens: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct WireChoice<'a> {
    #[serde(borrow)]
    index: Option<&'a RawValue>,
    #[serde(borrow)]
    message: Option<&'a RawValue>,
    #[serde(borrow)]
    text: Option<&'a RawValue>,
    #[serde(borrow)]
    finish_reason: Option<&'a RawValue>,
    #[serde(borrow)]
    logprobs: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Content<'a> {
    #[serde(borrow)]
    content: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct TextPart<'a> {
    #[serde(borrow)]
    text: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct WireLogprobs<'a> {
    #[serde(borrow)]
    content: Option<&'a RawValue>,
    #[serde(borrow)]
    token_logprobs: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Token {
    logprob: Option<f64>,
}

/// Reads a value of a type, or nothing if it is of another.
fn read<'a, T: Deserialize<'a>>(raw: Option<&'a RawValue>) -> Option<T> {
    serde_json::from_str(raw?.get()).ok()
}

/// Reads a body as an answer to a request for `n` choices. At least one choice is in it.
///
/// Choices go by their indices; those beyond `n` are left out. Where two have the same index or one
/// has none, all go by their order.
pub(super) fn parse(body: &[u8], n: u32) -> Result<Part, NoAnswer> {
    let broken = |what: &str| NoAnswer::Broken(what.to_owned());
    let answer: WireAnswer<'_> = match serde_json::from_slice(body) {
        Ok(answer) => answer,
        Err(error) => {
            let begins = String::from_utf8_lossy(&body[..body.len().min(SHOWN_BYTES)]);
            return Err(NoAnswer::Broken(format!(
                "it is broken JSON ({error}), which begins `{begins}`"
            )));
        }
    };
    if answer.error.is_some() {
        let (status, text) = error_of(body);
        return Err(NoAnswer::Error(status, text));
    }
    let choices: Vec<&RawValue> =
        read(answer.choices).ok_or_else(|| broken("it has no list `choices`"))?;
    if choices.is_empty() {
        return Err(broken("its `choices` are empty"));
    }
    let choices: Vec<Option<(Option<u32>, Choice, bool)>> = choices
        .into_iter()
        .take(MAX_CHOICES as usize)
        .map(|it| choice_of(&read(Some(it))?))
        .collect();

    let mut indices: Vec<_> = choices.iter().flatten().map(|it| it.0).collect();
    indices.sort_unstable();
    let n_given = indices.len();
    indices.dedup();
    let by_order = indices.len() < n_given || indices.contains(&None);

    let mut kept: Vec<_> = (0..)
        .zip(choices)
        .filter_map(|(order, it)| {
            let (index, mut choice, has_tokens) = it?;
            choice.index = if by_order { order } else { index? };
            (choice.index < n).then_some((choice, has_tokens))
        })
        .collect();
    if kept.is_empty() {
        return Err(broken("none of its `choices` can be read"));
    }
    kept.sort_by_key(|it| it.0.index);

    let usage: Option<WireUsage<'_>> = read(answer.usage);
    let count = |of: fn(&WireUsage<'_>) -> Option<u64>| usage.as_ref().and_then(of).unwrap_or(0);
    share_tokens(&mut kept, count(|it| read(it.completion_tokens)));
    Ok(Part {
        choices: kept.into_iter().map(|it| it.0).collect(),
        n_prompt_tokens: count(|it| read(it.prompt_tokens)),
        model: read(answer.model),
    })
}

/// Reads one choice, with its index and whether its tokens were counted; `None` if it has no text.
fn choice_of(wire: &WireChoice<'_>) -> Option<(Option<u32>, Choice, bool)> {
    let text = match (wire.message, wire.text) {
        (Some(message), _) => text_of(read::<Content<'_>>(Some(message))?.content)?,
        (None, Some(text)) => read(Some(text))?,
        // Both null: the model was silent. Both missing cannot be told from that.
        (None, None) => String::new(),
    };
    let logprobs = read(wire.logprobs).and_then(|it| logprobs_of(&it));
    let finish_reason: Option<String> = read(wire.finish_reason);
    let choice = Choice {
        index: 0,
        text,
        finished: finish_reason.as_deref() == Some("stop"),
        logprob: logprobs.and_then(|it| it.0),
        n_tokens: logprobs.map_or(0, |it| it.1),
    };
    Some((read(wire.index), choice, logprobs.is_some()))
}

/// Reads the content of a message: a text, its parts, or none where the model only thought or refused.
fn text_of(content: Option<&RawValue>) -> Option<String> {
    let Some(content) = content else {
        return Some(String::new());
    };
    if let Some(text) = read(Some(content)) {
        return Some(text);
    }
    let parts: Vec<&RawValue> = read(Some(content))?;
    let texts = parts.into_iter().filter_map(|it| {
        let part = read::<TextPart<'_>>(Some(it)).and_then(|it| read::<String>(it.text));
        part.or_else(|| read(Some(it)))
    });
    Some(texts.collect())
}

/// Returns the sum over a choice's tokens, where all are told, and their number: of the list of a chat
/// or of that of a completion, whichever the endpoint was.
fn logprobs_of(wire: &WireLogprobs<'_>) -> Option<(Option<f64>, u64)> {
    let tokens: Vec<Option<f64>> = match read::<Vec<Token>>(wire.content) {
        Some(tokens) => tokens.into_iter().map(|it| it.logprob).collect(),
        None => read(wire.token_logprobs)?,
    };
    let sum: Option<f64> = tokens.iter().copied().sum();
    let sum = sum.filter(|it| it.is_finite() && !tokens.is_empty());
    Some((sum, tokens.len() as u64))
}

/// Gives the choices whose tokens were not counted an equal share of those left, the first ones the
/// odd ones.
fn share_tokens(choices: &mut [(Choice, bool)], n_tokens: u64) {
    let counted = choices.iter().map(|it| it.0.n_tokens);
    let left = n_tokens.saturating_sub(counted.fold(0, u64::saturating_add));
    let n = choices.iter().filter(|it| !it.1).count() as u64;
    let uncounted = choices.iter_mut().filter(|it| !it.1);
    for (order, (choice, _)) in (0..n).zip(uncounted) {
        choice.n_tokens = left / n + u64::from(order < left % n);
    }
}

#[derive(Deserialize)]
struct WireError<'a> {
    #[serde(borrow)]
    error: Option<&'a RawValue>,
    #[serde(borrow)]
    message: Option<&'a RawValue>,
    #[serde(borrow)]
    detail: Option<&'a RawValue>,
    #[serde(borrow)]
    code: Option<&'a RawValue>,
}

/// Reads what a server says of an error, with the status that the text itself names: the shapes of
/// OpenAI, vLLM and FastAPI, or else the whole text.
pub(super) fn error_of(body: &[u8]) -> (Option<u16>, String) {
    fn text(raw: Option<&RawValue>) -> Option<String> {
        raw.map(|it| read(raw).unwrap_or_else(|| it.get().to_owned()))
    }
    let whole = || String::from_utf8_lossy(body).into_owned();
    let Ok(outer) = serde_json::from_slice::<WireError<'_>>(body) else {
        return (None, whole());
    };
    let inner = read::<WireError<'_>>(outer.error);
    let code = inner.as_ref().and_then(|it| it.code).or(outer.code);
    let said = text(inner.as_ref().and_then(|it| it.message))
        .or_else(|| text(outer.error))
        .or_else(|| text(outer.message))
        .or_else(|| text(outer.detail));
    let status = read(code).or_else(|| read::<String>(code)?.parse().ok());
    let said = match read::<String>(code) {
        Some(code) => format!("{} ({code})", said.unwrap_or_else(whole)),
        None => said.unwrap_or_else(whole),
    };
    (status, said)
}

/// Reads the first model that a server lists, of the list as OpenAI has it.
pub(super) fn first_model(body: &[u8]) -> Result<Option<String>, NoAnswer> {
    #[derive(Deserialize)]
    struct Models<'a> {
        #[serde(borrow)]
        data: Option<&'a RawValue>,
    }
    #[derive(Deserialize)]
    struct Model<'a> {
        #[serde(borrow)]
        id: Option<&'a RawValue>,
    }
    let models: Models<'_> = serde_json::from_slice(body).map_err(|error| {
        NoAnswer::Broken(format!("its list of models is broken JSON ({error})"))
    })?;
    let models: Vec<&RawValue> = read(models.data).unwrap_or_default();
    Ok(models
        .into_iter()
        .filter_map(|it| read(read::<Model<'_>>(Some(it))?.id))
        .find(|it: &String| !it.is_empty()))
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
