//! One worker: a single-threaded context over the shared model, with slots that each write one sample.
//!
//! A prompt is evaluated once and its cache copied to each slot; a slot that is done takes the next
//! sample at once. Does not know who wants the samples or what becomes of them.

use std::{num::NonZeroU32, sync::Arc};

use llama_cpp_2::{
    context::{LlamaContext, params::LlamaContextParams},
    llama_batch::LlamaBatch,
    token::LlamaToken,
};

use super::{
    draw::{Draw, Drawn},
    model::Model,
};
use crate::SamplerError;

/// Tokens that are evaluated in one go, at most.
const BATCH_TOKENS: u32 = 512;
/// Contexts are made in steps of so many tokens, so that a prompt that is a little longer fits as well.
const CONTEXT_STEP: usize = 256;
/// The sequence that holds the prompt; slots come after it.
const PROMPT_SEQUENCE: i32 = 0;

/// One sample to be written.
#[derive(Clone, Debug)]
pub(super) struct Order<T> {
    /// Whatever the sample is to carry back.
    pub(super) tag: T,
    /// The prompt.
    pub(super) prompt: Arc<[LlamaToken]>,
    /// Texts that end the sample.
    pub(super) stop: Arc<[String]>,
    pub(super) temperature: f64,
    pub(super) top_p: f64,
    pub(super) seed: u64,
    /// Tokens of the answer, at most.
    pub(super) max_tokens: usize,
}

/// A sample that was written.
#[derive(Clone, Debug)]
pub(super) struct Written<T> {
    pub(super) tag: T,
    pub(super) text: String,
    pub(super) n_tokens: u64,
    pub(super) logprob: f64,
    /// Whether it came to its end, and was not cut at the limit of tokens.
    pub(super) is_finished: bool,
}

/// Where orders come from and samples go to.
pub(super) trait Desk<T> {
    /// Returns the next order, if there is one now.
    fn next(&mut self) -> Result<Option<Order<T>>, SamplerError>;

    /// Takes a sample. Returns false if no more are wanted.
    fn deliver(&mut self, written: Written<T>) -> bool;

    /// Returns true if nothing is wanted any more, what is under way included.
    fn is_cancelled(&self) -> bool;
}

/// Writes samples until the desk has no more orders or is cancelled.
pub(super) fn work<T>(
    model: &Model,
    n_slots: usize,
    desk: &mut impl Desk<T>,
) -> Result<(), SamplerError> {
    let mut next = desk.next()?;
    while let Some(order) = next.take() {
        if desk.is_cancelled() {
            return Ok(());
        }
        let n_tokens = order.prompt.len() + order.max_tokens;
        let mut bench = Bench::new(model, n_slots, n_tokens)?;
        next = bench.write(order, desk)?;
    }
    Ok(())
}

/// A context and its slots.
struct Bench<'a, T> {
    model: &'a Model,
    context: LlamaContext<'a>,
    batch: LlamaBatch<'a>,
    /// Tokens that one sequence holds.
    n_tokens: usize,
    slots: Vec<Option<Slot<T>>>,
    /// The prompt that is in the prompt's sequence, and the scores of what comes after it.
    prompt: Arc<[LlamaToken]>,
    scores: Vec<f32>,
}

/// A sample that is being written.
struct Slot<T> {
    order: Order<T>,
    draw: Draw,
    text: Vec<u8>,
    logprob: f64,
    n_tokens: usize,
    /// The token that was drawn last and not evaluated yet.
    last: LlamaToken,
}

/// How it goes on with a slot.
#[derive(Clone, Copy, PartialEq)]
enum Step {
    GoOn,
    Finished,
    Cut,
}

impl<'a, T> Bench<'a, T> {
    /// Makes a context whose sequences hold `n_tokens` each. Its memory is in proportion to that times
    /// the slots.
    fn new(model: &'a Model, n_slots: usize, n_tokens: usize) -> Result<Self, SamplerError> {
        let n_tokens = n_tokens.next_multiple_of(CONTEXT_STEP);
        let n_sequences = n_slots + 1;
        let count = |n: usize| u32::try_from(n).expect("slots and tokens are counted in thousands");
        let params = LlamaContextParams::default()
            .with_n_ctx(NonZeroU32::new(count(n_tokens * n_sequences)))
            .with_n_seq_max(count(n_sequences))
            .with_n_batch(BATCH_TOKENS)
            .with_n_ubatch(BATCH_TOKENS)
            .with_n_threads(1)
            .with_n_threads_batch(1)
            .with_kv_unified(false)
            .with_no_perf(true);
        Ok(Self {
            model,
            context: model.context(params)?,
            batch: LlamaBatch::new(BATCH_TOKENS as usize, 1),
            n_tokens,
            slots: (0..n_slots).map(|_| None).collect(),
            prompt: Arc::from([]),
            scores: Vec::new(),
        })
    }

    /// Writes samples until there are no more orders, or until one does not fit, which is returned.
    fn write(
        &mut self,
        first: Order<T>,
        desk: &mut impl Desk<T>,
    ) -> Result<Option<Order<T>>, SamplerError> {
        let mut next = Some(first);
        loop {
            for index in 0..self.slots.len() {
                while self.slots[index].is_none() {
                    let order = match next.take() {
                        Some(order) => Some(order),
                        None => desk.next()?,
                    };
                    let Some(order) = order else { break };
                    if order.prompt.len() + order.max_tokens > self.n_tokens {
                        // It waits until the others are done and a larger context can be made.
                        next = Some(order);
                        break;
                    }
                    self.begin(index, order)?;
                    if !self.deliver_if_done(index, desk) {
                        return Ok(None);
                    }
                }
            }
            if self.slots.iter().all(Option::is_none) {
                return Ok(next);
            }
            if desk.is_cancelled() {
                return Ok(None);
            }
            self.step()?;
            for index in 0..self.slots.len() {
                if !self.deliver_if_done(index, desk) {
                    return Ok(None);
                }
            }
        }
    }

    /// Puts an order into a free slot, and draws its first token from the prompt's scores.
    fn begin(&mut self, index: usize, order: Order<T>) -> Result<(), SamplerError> {
        if self.prompt != order.prompt {
            self.evaluate(&order.prompt)?;
        }
        let sequence = sequence_of(index);
        self.clear(sequence)?;
        self.context
            .kv_cache_seq_cp(PROMPT_SEQUENCE, sequence, None, None)
            .map_err(|error| fault("copy a prompt", error))?;
        let draw = Draw::new(order.temperature, order.top_p, order.seed);
        let mut slot = Slot {
            order,
            draw,
            text: Vec::new(),
            logprob: 0.0,
            n_tokens: 0,
            last: LlamaToken(0),
        };
        let drawn = slot.draw.draw(&self.scores);
        slot.take(drawn);
        self.slots[index] = Some(slot);
        Ok(())
    }

    /// Evaluates a prompt into its sequence.
    fn evaluate(&mut self, prompt: &Arc<[LlamaToken]>) -> Result<(), SamplerError> {
        self.clear(PROMPT_SEQUENCE)?;
        // In case of a fault nothing is there.
        self.prompt = Arc::from([]);
        let last = prompt.len() - 1;
        for (number, part) in prompt.chunks(BATCH_TOKENS as usize).enumerate() {
            self.batch.clear();
            for (index, token) in part.iter().enumerate() {
                let position = number * BATCH_TOKENS as usize + index;
                let wanted = position == last;
                self.add(*token, position, PROMPT_SEQUENCE, wanted)?;
            }
            self.decode()?;
        }
        self.scores.clear();
        let scores = self.context.get_logits_ith(self.batch.n_tokens() - 1);
        self.scores.extend_from_slice(scores);
        self.prompt = Arc::clone(prompt);
        Ok(())
    }

    /// Evaluates the last token of every slot and draws the next.
    fn step(&mut self) -> Result<(), SamplerError> {
        self.batch.clear();
        for index in 0..self.slots.len() {
            if let Some(slot) = &self.slots[index] {
                let position = slot.order.prompt.len() + slot.n_tokens - 1;
                let token = slot.last;
                self.add(token, position, sequence_of(index), true)?;
            }
        }
        self.decode()?;
        let taken = self.slots.iter_mut().flatten();
        for (row, slot) in (0..).zip(taken) {
            let drawn = slot.draw.draw(self.context.get_logits_ith(row));
            slot.take(drawn);
        }
        Ok(())
    }

    /// Hands a sample over if its slot is done. Returns false if no more are wanted.
    fn deliver_if_done(&mut self, index: usize, desk: &mut impl Desk<T>) -> bool {
        let Some(slot) = &mut self.slots[index] else {
            return true;
        };
        let step = slot.look(self.model);
        if step == Step::GoOn {
            return true;
        }
        let slot = self.slots[index].take().expect("it was there just now");
        desk.deliver(Written {
            tag: slot.order.tag,
            text: String::from_utf8_lossy(&slot.text).into_owned(),
            n_tokens: slot.n_tokens as u64,
            logprob: slot.logprob,
            is_finished: step == Step::Finished,
        })
    }

    fn add(
        &mut self,
        token: LlamaToken,
        position: usize,
        sequence: i32,
        wanted: bool,
    ) -> Result<(), SamplerError> {
        let position = i32::try_from(position).expect("contexts are counted in thousands");
        self.batch
            .add(token, position, &[sequence], wanted)
            .map_err(|error| fault("fill a batch", error))
    }

    fn decode(&mut self) -> Result<(), SamplerError> {
        self.context
            .decode(&mut self.batch)
            .map_err(|error| fault("evaluate the model", error))
    }

    fn clear(&mut self, sequence: i32) -> Result<(), SamplerError> {
        self.context
            .kv_cache_seq_rm(sequence, None, None)
            .map_err(|error| fault("clear a slot", error))
    }
}

impl<T> Slot<T> {
    /// Takes the next token of the sample.
    fn take(&mut self, drawn: Drawn) {
        self.last = LlamaToken(i32::try_from(drawn.token).expect("vocabularies are small"));
        self.logprob += drawn.logprob;
        self.n_tokens += 1;
    }

    /// Writes the last token down and says whether the sample is done.
    fn look(&mut self, model: &Model) -> Step {
        if model.is_end(self.last) {
            return Step::Finished;
        }
        let old = self.text.len();
        model.push_piece(self.last, &mut self.text);
        if let Some(at) = stop_at(&self.text, old, &self.order.stop) {
            self.text.truncate(at);
            return Step::Finished;
        }
        if self.n_tokens >= self.order.max_tokens {
            return Step::Cut;
        }
        Step::GoOn
    }
}

/// Returns where the first stop text begins, of those that end in what came after the first `old` bytes.
fn stop_at(text: &[u8], old: usize, stop: &[String]) -> Option<usize> {
    let found = stop.iter().filter(|it| !it.is_empty()).filter_map(|stop| {
        let from = (old + 1).saturating_sub(stop.len());
        let place = text[from..]
            .windows(stop.len())
            .position(|it| it == stop.as_bytes());
        Some(from + place?)
    });
    found.min()
}

fn sequence_of(slot: usize) -> i32 {
    i32::try_from(slot).expect("slots are few") + PROMPT_SEQUENCE + 1
}

fn fault(action: &str, error: impl std::error::Error + Send + Sync + 'static) -> SamplerError {
    SamplerError::new(format!("could not {action}")).with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(old: &str, new: &str, expected: Option<usize>) {
        let stop = ["\n```".to_owned(), "<|end|>".to_owned(), String::new()];
        let text = format!("{old}{new}");
        assert_eq!(stop_at(text.as_bytes(), old.len(), &stop), expected);
    }

    #[test]
    fn a_stop_text_is_found_across_tokens() {
        check("print(1)", "\n```", Some(8));
        check("print(1)\n``", "`", Some(8));
        check("print(1)\n", "```python", Some(8));
        check("print(1)\n``", "x", None);
        check("", "<|end|>\n```", Some(0));
        check("", "", None);
    }
}
