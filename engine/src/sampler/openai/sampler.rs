//! The `openai` sampler: requests planned, sent several at a time, and turned into samples.
//!
//! Knows plans, prompts and places; how one call is made is the client's. A request that fails costs its
//! samples; a server that is gone ends the sampling, and the run can be resumed.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use futures_util::{
    StreamExt,
    future::ready,
    stream::{self, BoxStream},
};
use riddle_problems::Task;
use tokio::task::AbortHandle;

use super::{Call, CallError, CallKind, Client, Message, OpenaiConfig, Prefill};
use crate::{
    Conditioning, Lineage, MAX_AHEAD, Place, Prompt, PromptBody, PromptConfig, PromptForm,
    PromptWriter, RejectReason, Rejected,
    sampler::{
        Ask, Sampled, Sampler, SamplerConfig, SamplerError,
        answer::{self, Answer, digest_of},
        plan::{index_of, requests, seed_of},
    },
};

/// Requests at a time, at most.
const MAX_CONCURRENCY: u32 = 1024;
/// After so many requests in a row have failed for good, the server is taken to be gone.
const MAX_FAILURES_IN_A_ROW: usize = 8;

/// Samples from an OpenAI-compatible server.
pub struct OpenaiSampler {
    config: OpenaiConfig,
    writer: PromptWriter,
    /// The model, by the server's own account where the settings name none.
    model: String,
    client: OnceLock<Client>,
    /// Why the server is not asked any more.
    gone: Mutex<Option<SamplerError>>,
}

/// An unbroken run of missing choices of one request: one call.
#[derive(Clone, Debug)]
struct Part {
    request: u64,
    first: u32,
    n: u32,
}

/// What a call came to.
enum Outcome {
    Answered(Vec<Sampled>),
    /// Its samples are lost, for this reason.
    Lost(Vec<Sampled>, String),
    /// The server went away: some came, the rest can be asked for another time.
    Cut(Vec<Sampled>, SamplerError),
    Failed(SamplerError),
}

impl OpenaiSampler {
    /// Looks whether the server is there.
    ///
    /// # Errors
    ///
    /// Returns an error if it is not, or if the settings cannot be.
    pub fn open(config: &OpenaiConfig) -> Result<Self, SamplerError> {
        if !(1..=MAX_CONCURRENCY).contains(&config.concurrency) {
            return Err(SamplerError::new(format!(
                "there cannot be {} requests at a time: 1 to {MAX_CONCURRENCY} are possible",
                config.concurrency
            )));
        }
        // What is wrong with the settings is told before the server is asked.
        let mut sampler = Self::with(config, OnceLock::new(), String::new())?;
        // The client's connections live as long as the runtime that it is first used on: the searches have
        // another.
        let checked =
            crate::workers::block_on(async { Client::new(&config.server)?.check().await });
        sampler.model = checked.map_err(|error| {
            SamplerError::new("could not look for the server").with_source(error)
        })??;
        // A resumed run asks the same model, whatever the server lists first by then.
        sampler.config.server.model.clone_from(&sampler.model);
        Ok(sampler)
    }

    pub(super) fn with(
        config: &OpenaiConfig,
        client: OnceLock<Client>,
        model: String,
    ) -> Result<Self, SamplerError> {
        config.sampling.check()?;
        let mut writer = PromptWriter::open(&config.sampling.prompt)?;
        if config.server.prefill == Prefill::None && writer.form() == PromptForm::Chat {
            // Where an answer cannot be begun, nothing of its beginning may shape it.
            writer = PromptWriter::open(&PromptConfig {
                prefill: false,
                ..config.sampling.prompt.clone()
            })?;
        }
        Ok(Self {
            config: config.clone(),
            writer,
            model,
            client,
            gone: Mutex::new(None),
        })
    }

    fn client(&self) -> Result<Client, SamplerError> {
        if let Some(client) = self.client.get() {
            return Ok(client.clone());
        }
        let client = Client::new(&self.config.server)?;
        Ok(self.client.get_or_init(|| client).clone())
    }

    fn gone(&self) -> Option<SamplerError> {
        let gone = self.gone.lock().unwrap_or_else(PoisonError::into_inner);
        gone.clone()
    }

    async fn call(&self, ask: &Ask, part: Part) -> Outcome {
        match self.try_call(ask, &part).await {
            Ok(outcome) => outcome,
            Err(error) => Outcome::Failed(error),
        }
    }

    async fn try_call(&self, ask: &Ask, part: &Part) -> Result<Outcome, SamplerError> {
        let client = self.client()?;
        let sampling = &self.config.sampling;
        let conditioning = self.writer.conditioning(&ask.task, ask.seed, part.request);
        let prompt = self.writer.write(&ask.task, &conditioning)?;
        // Choice i of a request has its seed plus i, wherever the part begins.
        let origin = Place {
            request: part.request,
            choice: 0,
        };
        let seed = (seed_of(ask, "draw", origin) & super::MAX_SEED) + u64::from(part.first);
        let call = Call {
            kind: kind(&prompt),
            n: part.n,
            seed: Some(seed),
            temperature: sampling.temperature(ask, origin),
            top_p: sampling.top_p,
            max_tokens: sampling.max_tokens,
            stop: prompt.stop.clone(),
            interrupt: ask.interrupt.clone(),
        };
        let temperature = call.temperature;
        let answered = match calling(client, call).await {
            Ok(answered) => answered,
            // It was not tried again: its samples are missing, not lost.
            Err(CallError::Request(_)) if ask.interrupt.is_set() => {
                return Ok(Outcome::Answered(Vec::new()));
            }
            Err(CallError::Request(detail)) => {
                let choices = part.first..part.first + part.n;
                let lost = choices.map(|it| self.lost(part.request, it, &detail));
                return Ok(Outcome::Lost(lost.collect(), detail));
            }
            Err(CallError::Server(error)) => {
                let mut gone = self.gone.lock().unwrap_or_else(PoisonError::into_inner);
                return Err(gone.get_or_insert(error).clone());
            }
        };
        let digest = digest_of(&prompt);
        let mut missing: BTreeSet<u32> = (0..part.n).collect();
        let mut samples = Vec::new();
        for choice in answered.choices {
            missing.remove(&choice.index);
            let place = Place {
                request: part.request,
                choice: part.first + choice.index,
            };
            let Conditioning { rating, tags, .. } = conditioning.clone();
            let lineage = Lineage {
                model: Some(answered.model.clone().unwrap_or_else(|| self.model.clone())),
                parent: None,
                prompt: Some(digest.clone()),
                seed: Some((seed + u64::from(choice.index)) & super::MAX_SEED),
                temperature: Some(temperature),
                rating,
                tags,
                // Told once, by the first choice that came.
                n_prompt_tokens: if samples.is_empty() {
                    answered.n_prompt_tokens
                } else {
                    0
                },
                n_tokens: choice.n_tokens,
                truncated: false,
            };
            let answer = Answer {
                text: choice.text,
                is_finished: choice.finished,
                logprob: choice.logprob,
            };
            let index = index_of(place, sampling.n_choices);
            samples.push(answer::sampled(index, place, &prompt, &answer, lineage));
        }
        if answered.is_cut {
            return Ok(match answered.missing {
                Some(detail) if !ask.interrupt.is_set() => {
                    let mut gone = self.gone.lock().unwrap_or_else(PoisonError::into_inner);
                    let error = gone.get_or_insert_with(|| SamplerError::new(detail));
                    Outcome::Cut(samples, error.clone())
                }
                _ => Outcome::Answered(samples),
            });
        }
        let detail = answered
            .missing
            .unwrap_or_else(|| "the server gave no such choice".to_owned());
        let lost = missing
            .into_iter()
            .map(|it| self.lost(part.request, part.first + it, &detail));
        samples.extend(lost);
        Ok(Outcome::Answered(samples))
    }

    /// Makes the sample of a choice that did not come.
    fn lost(&self, request: u64, choice: u32, detail: &str) -> Sampled {
        let place = Place { request, choice };
        let rejected = Rejected {
            id: place.to_string(),
            reason: RejectReason::RequestFailed,
            detail: detail.to_owned(),
        };
        Sampled {
            place,
            ..Sampled::new(
                index_of(place, self.config.sampling.n_choices),
                Err(rejected),
            )
        }
    }
}

impl Sampler for OpenaiSampler {
    fn name(&self) -> &'static str {
        "openai"
    }

    fn n_samples(&self, _: &Task) -> Option<u64> {
        None
    }

    fn config(&self) -> Option<SamplerConfig> {
        Some(SamplerConfig::Openai(self.config.clone()))
    }

    fn samples(&self, ask: Ask) -> BoxStream<'_, Result<Sampled, SamplerError>> {
        if let Some(error) = self.gone() {
            return stream::iter([Err(error)]).boxed();
        }
        let n_choices = self.config.sampling.n_choices;
        // Calls are made window by window, so that one that hangs holds up no more than a window.
        let window = usize::try_from((MAX_AHEAD / u64::from(n_choices)).max(1)).unwrap_or(1);
        let concurrency = self.config.concurrency as usize;
        let parts = requests(&ask, n_choices).flat_map(|request| {
            let number = request.number;
            request.missing.into_iter().map(move |run| Part {
                request: number,
                first: run.start,
                n: run.end - run.start,
            })
        });
        let ask = Arc::new(ask);
        stream::iter(parts)
            .chunks(window)
            .flat_map(move |window| {
                let ask = Arc::clone(&ask);
                stream::iter(window)
                    .take_while({
                        let ask = Arc::clone(&ask);
                        move |_| ready(!ask.interrupt.is_set())
                    })
                    .map(move |part| {
                        let ask = Arc::clone(&ask);
                        async move { self.call(&ask, part).await }
                    })
                    .buffer_unordered(concurrency)
            })
            .map(Some)
            .chain(stream::iter([None]))
            .scan(Row::default(), |row, outcome| {
                ready(Some(row.take(outcome)))
            })
            .flat_map(stream::iter)
            .boxed()
    }
}

/// Failures in a row: samples are given up for lost only once a later request shows that the server is
/// still there. Otherwise they are missing, and a resumed run asks for them again.
#[derive(Default)]
struct Row {
    held: Vec<Sampled>,
    n_failures: usize,
    has_answered: bool,
}

impl Row {
    /// Takes what a call came to, or the end, and returns what is known now.
    fn take(&mut self, outcome: Option<Outcome>) -> Vec<Result<Sampled, SamplerError>> {
        match outcome {
            Some(Outcome::Failed(error)) => {
                self.held.clear();
                vec![Err(error)]
            }
            Some(Outcome::Cut(samples, error)) => {
                self.held.clear();
                samples.into_iter().map(Ok).chain([Err(error)]).collect()
            }
            Some(Outcome::Lost(samples, detail)) => {
                self.held.extend(samples);
                self.n_failures += 1;
                if self.n_failures < MAX_FAILURES_IN_A_ROW {
                    return Vec::new();
                }
                self.give_up(&detail)
            }
            Some(Outcome::Answered(samples)) => {
                self.n_failures = 0;
                self.has_answered = true;
                self.held.drain(..).chain(samples).map(Ok).collect()
            }
            None if self.has_answered => self.held.drain(..).map(Ok).collect(),
            None => match self.held.last().map(|it| it.sample.clone()) {
                Some(Err(rejected)) => self.give_up(&rejected.detail),
                _ => Vec::new(),
            },
        }
    }

    fn give_up(&mut self, detail: &str) -> Vec<Result<Sampled, SamplerError>> {
        self.held.clear();
        let n = std::mem::take(&mut self.n_failures);
        let requests = if n == 1 {
            "request"
        } else {
            "requests in a row"
        };
        vec![Err(SamplerError::new(format!(
            "{n} {requests} failed: {detail}"
        )))]
    }
}

/// Makes a call on a task of its own, which goes on while the search is busy with what came before: an answer
/// that nobody reads would run into its timeout. Dropping this ends the call.
async fn calling(client: Client, call: Call) -> Result<super::Answer, CallError> {
    let task = tokio::spawn(async move { client.call(&call).await });
    let _end = AbortOnDrop(task.abort_handle());
    match task.await {
        Ok(answered) => answered,
        Err(error) => Err(CallError::Server(
            SamplerError::new("internal fault in a call").with_source(error),
        )),
    }
}

struct AbortOnDrop(AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn kind(prompt: &Prompt) -> CallKind {
    match &prompt.body {
        PromptBody::Chat(messages) => CallKind::Chat {
            messages: messages
                .iter()
                .map(|it| Message {
                    role: it.role.name().to_owned(),
                    content: it.content.clone(),
                })
                .collect(),
            prefill: prompt.prefill.clone(),
        },
        PromptBody::Text {
            prompt: text,
            suffix,
        } => CallKind::Completion {
            prompt: format!("{text}{}", prompt.prefill),
            suffix: suffix.clone(),
        },
    }
}
