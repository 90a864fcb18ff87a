//! What the workers are given to write for one problem, and how a text becomes a sample.
//!
//! Knows prompts, places and extraction; not how a model writes.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use llama_cpp_2::token::LlamaToken;
use tokio::sync::mpsc;

use super::{
    model::Model,
    worker::{Desk, Order, Written},
};
use crate::{
    Conditioning, Lineage, MAX_AHEAD, Place, Prompt, PromptBody, PromptWriter, SamplerError,
    sampler::{
        Ask, Sampled, SamplingConfig,
        answer::{Answer, digest_of, sampled},
        plan::{Request, index_of, requests, seed_of},
    },
};

/// Tokens that must be left for an answer.
const MIN_ANSWER_TOKENS: usize = 64;

/// What all workers of a problem share.
pub(super) struct Desks {
    ask: Ask,
    model: Arc<Model>,
    writer: Arc<PromptWriter>,
    sampling: SamplingConfig,
    open: Mutex<Open>,
    has_failed: AtomicBool,
}

/// What is still to be given out, and what was given out and has not come back.
struct Open {
    requests: Box<dyn Iterator<Item = Request> + Send>,
    /// The request that is being given out.
    current: Option<(Arc<Question>, Vec<u32>)>,
    under_way: BTreeSet<u64>,
}

/// A request as the model sees it.
struct Question {
    number: u64,
    prompt: Prompt,
    digest: String,
    tokens: Arc<[LlamaToken]>,
    stop: Arc<[String]>,
    max_tokens: usize,
    conditioning: Conditioning,
}

/// What a sample carries while it is written.
#[derive(Clone)]
pub(super) struct Tag {
    question: Arc<Question>,
    place: Place,
    seed: u64,
    temperature: f64,
}

impl Desks {
    pub(super) fn new(
        ask: Ask,
        model: Arc<Model>,
        writer: Arc<PromptWriter>,
        sampling: SamplingConfig,
    ) -> Self {
        let requests = Box::new(requests(&ask, sampling.n_choices));
        Self {
            ask,
            model,
            writer,
            sampling,
            open: Mutex::new(Open {
                requests,
                current: None,
                under_way: BTreeSet::new(),
            }),
            has_failed: AtomicBool::new(false),
        }
    }

    fn next(&self) -> Result<Option<Order<Tag>>, SamplerError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let (question, choice) = loop {
            if let Some((question, choices)) = &mut open.current
                && let Some(choice) = choices.pop()
            {
                break (Arc::clone(question), choice);
            }
            let Some(request) = open.requests.next() else {
                return Ok(None);
            };
            let mut choices: Vec<u32> = request.missing.into_iter().flatten().collect();
            choices.reverse();
            open.current = Some((Arc::new(self.question(request.number)?), choices));
        };
        let place = Place {
            request: question.number,
            choice,
        };
        let index = index_of(place, self.sampling.n_choices);
        // Only a sample that is far behind all others makes the others wait.
        if open
            .under_way
            .first()
            .is_some_and(|first| first + MAX_AHEAD <= index)
        {
            if let Some((_, choices)) = &mut open.current {
                choices.push(choice);
            }
            return Ok(None);
        }
        open.under_way.insert(index);
        let tag = Tag {
            place,
            seed: seed_of(&self.ask, "draw", place),
            temperature: self.sampling.temperature(&self.ask, place),
            question,
        };
        Ok(Some(Order {
            prompt: Arc::clone(&tag.question.tokens),
            stop: Arc::clone(&tag.question.stop),
            temperature: tag.temperature,
            top_p: self.sampling.top_p,
            seed: tag.seed,
            max_tokens: tag.question.max_tokens,
            tag,
        }))
    }

    fn question(&self, number: u64) -> Result<Question, SamplerError> {
        let task = &self.ask.task;
        let conditioning = self.writer.conditioning(task, self.ask.seed, number);
        let prompt = self.writer.write(task, &conditioning)?;
        let text = match &prompt.body {
            PromptBody::Chat(messages) => self.model.chat(messages)? + &prompt.prefill,
            PromptBody::Text {
                suffix: Some(_), ..
            } => {
                return Err(SamplerError::new(
                    "a model in process is given one text, and this template has a suffix apart",
                )
                .with_hint(
                    "take a template that writes the tokens of infilling itself, such as `deepseek-coder`",
                ));
            }
            PromptBody::Text {
                prompt: text,
                suffix: None,
            } => text.clone() + &prompt.prefill,
        };
        let tokens = self.model.tokens(&text);
        let context = self.model.context_tokens();
        let room = context.saturating_sub(tokens.len());
        if tokens.is_empty() || room < MIN_ANSWER_TOKENS {
            return Err(SamplerError::new(format!(
                "the prompt for problem `{}` has {} tokens: the context of the model `{}` holds \
                 {context}, of which an answer needs {MIN_ANSWER_TOKENS}",
                task.id,
                tokens.len(),
                self.model.name()
            ))
            .with_hint("pass a model with a larger context by `--model PATH`"));
        }
        Ok(Question {
            number,
            digest: digest_of(&prompt),
            stop: prompt.stop.clone().into(),
            max_tokens: room.min(self.sampling.max_tokens as usize),
            tokens: tokens.into(),
            prompt,
            conditioning,
        })
    }

    /// Makes a sample of what a worker wrote.
    fn sampled(&self, written: Written<Tag>) -> Sampled {
        let Tag {
            question,
            place,
            seed,
            temperature,
        } = written.tag;
        let lineage = Lineage {
            model: Some(self.model.name().to_owned()),
            parent: None,
            prompt: Some(question.digest.clone()),
            seed: Some(seed),
            temperature: Some(temperature),
            rating: question.conditioning.rating,
            tags: question.conditioning.tags.clone(),
            // The prompt is evaluated once for all choices.
            n_prompt_tokens: if place.choice == 0 {
                question.tokens.len() as u64
            } else {
                0
            },
            n_tokens: written.n_tokens,
            truncated: false,
        };
        let answer = Answer {
            text: written.text,
            is_finished: written.is_finished,
            logprob: Some(written.logprob),
        };
        let index = index_of(place, self.sampling.n_choices);
        sampled(index, place, &question.prompt, &answer, lineage)
    }
}

/// One worker's way to the desks.
pub(super) struct Counter {
    desks: Arc<Desks>,
    sender: mpsc::Sender<Result<Sampled, SamplerError>>,
}

impl Counter {
    pub(super) fn new(
        desks: Arc<Desks>,
        sender: mpsc::Sender<Result<Sampled, SamplerError>>,
    ) -> Self {
        Self { desks, sender }
    }

    /// Tells the search that it cannot go on, and the other workers to stop.
    pub(super) fn fail(&self, error: SamplerError) {
        if !self.desks.has_failed.swap(true, Ordering::Relaxed) {
            // Nobody listens any more if the search was abandoned.
            drop(self.sender.blocking_send(Err(error)));
        }
    }
}

impl Desk<Tag> for Counter {
    fn next(&mut self) -> Result<Option<Order<Tag>>, SamplerError> {
        if self.is_cancelled() {
            return Ok(None);
        }
        self.desks.next()
    }

    fn deliver(&mut self, written: Written<Tag>) -> bool {
        let sampled = self.desks.sampled(written);
        let index = sampled.index;
        let is_wanted = self.sender.blocking_send(Ok(sampled)).is_ok();
        let mut open = self
            .desks
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        open.under_way.remove(&index);
        is_wanted
    }

    fn is_cancelled(&self) -> bool {
        self.desks.ask.interrupt.is_set()
            || self.desks.has_failed.load(Ordering::Relaxed)
            || self.sender.is_closed()
    }
}
