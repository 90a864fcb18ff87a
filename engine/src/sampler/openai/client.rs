//! The client: a logical call, asked in as many parts as the server takes.
//!
//! Does not know how a request travels; the exchange does.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, OnceLock},
};

use reqwest::StatusCode;

use super::{
    Answer, Call, CallError, CallKind, Choice, Prefill, ServerConfig,
    answer::{self, MAX_CHOICES, Part},
    body::limit_of,
    exchange::{Exchange, Failure},
    key::Key,
    learned::Learned,
    request,
    retry::Pace,
};
use crate::{Interrupt, SamplerError};

/// A client of one server. Cheap to clone: copies share connections and what was learned.
#[derive(Clone)]
pub(crate) struct Client(Arc<Inner>);

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the model, by which a server could give us the key back.
        let mut f = f.debug_struct("Client");
        f.field("exchange", &self.0.exchange)
            .finish_non_exhaustive()
    }
}

struct Inner {
    exchange: Exchange,
    prefill: Prefill,
    /// The model that is asked for, once it is known.
    model: OnceLock<String>,
    learned: Learned,
}

impl Client {
    /// Makes a client, with the key that the environment holds now. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// Returns an error if the address is none, or the key cannot be sent.
    pub(crate) fn new(config: &ServerConfig) -> Result<Self, SamplerError> {
        Self::with(config, Key::from_env(&config.key_env)?, Pace::default())
    }

    pub(super) fn with(config: &ServerConfig, key: Key, pace: Pace) -> Result<Self, SamplerError> {
        let model = OnceLock::new();
        if !config.model.is_empty() {
            model.get_or_init(|| config.model.clone());
        }
        Ok(Self(Arc::new(Inner {
            exchange: Exchange::new(config, key, pace)?,
            prefill: config.prefill,
            model,
            learned: Learned::new(config.logprobs),
        })))
    }

    /// Makes sure that the server is there, and returns the model that it will be asked for. Waits
    /// while the server loads its model.
    ///
    /// # Errors
    ///
    /// Returns an error if the server is not there, refuses us, or lists no model where none is named.
    pub(crate) async fn check(&self) -> Result<String, SamplerError> {
        let exchange = &self.0.exchange;
        let listed = exchange
            .ask(
                &["models"],
                None,
                limit_of(0, 0),
                &Interrupt::new(),
                answer::first_model,
            )
            .await;
        let listed = match (listed, self.0.model.get()) {
            (Ok(listed), _) => listed,
            // Not every server lists its models.
            (Err(failure), Some(_)) if is_no_endpoint(&failure) => None,
            (Err(failure), _) => {
                return Err(match exchange.error_of(&failure) {
                    CallError::Server(error) => error,
                    CallError::Request(detail) => {
                        SamplerError::new(format!("could not list the server's models: {detail}"))
                    }
                });
            }
        };
        let model = match (self.0.model.get(), listed) {
            (Some(model), _) => model,
            (None, Some(listed)) => self.0.model.get_or_init(|| listed),
            (None, None) => {
                return Err(SamplerError::new("the server lists no model").with_hint("name one"));
            }
        };
        Ok(exchange.key().redact(model))
    }

    /// Asks for the choices of a call. If some cannot be had, those that can be are the answer.
    ///
    /// # Errors
    ///
    /// Returns an error if no choice can be had.
    pub(crate) async fn call(&self, call: &Call) -> Result<Answer, CallError> {
        if self.0.model.get().is_none() {
            self.check().await.map_err(CallError::Server)?;
        }
        let learned = &self.0.learned;
        let mut answer = Answer::default();
        let mut choices: BTreeMap<u32, Choice> = BTreeMap::new();
        // Each turn brings a choice or halves this, or ends the loop.
        let mut at_once = MAX_CHOICES;
        while let Some((first, n_missing)) = first_gap(&choices, call.n) {
            if call.interrupt.is_set() {
                answer.is_cut = true;
                break;
            }
            let most = at_once.min(learned.n_at_once());
            let n = n_missing.min(most);
            match self.part(call, first, n).await {
                Ok(part) => {
                    // A server that gives the first few gives no more at once.
                    let n_given = u32::try_from(part.choices.len()).unwrap_or(n);
                    let gives_first = part.choices.iter().map(|it| it.index).eq(0..n_given);
                    if n_given < n && gives_first {
                        learned.gives_only(n_given);
                    } else if n == at_once && at_once < MAX_CHOICES {
                        learned.gives_only(n);
                    }
                    answer.n_prompt_tokens =
                        answer.n_prompt_tokens.saturating_add(part.n_prompt_tokens);
                    answer.model = part.model.or(answer.model);
                    for mut choice in part.choices {
                        choice.index += first;
                        choices.entry(choice.index).or_insert(choice);
                    }
                }
                Err(failure) if failure.is_bad_request() && n > 1 => at_once = n / 2,
                Err(failure) => {
                    let error = self.0.exchange.error_of(&failure);
                    if choices.is_empty() {
                        return Err(error);
                    }
                    answer.missing = Some(match error {
                        CallError::Server(error) => {
                            answer.is_cut = true;
                            error.in_full()
                        }
                        CallError::Request(detail) => {
                            answer.is_cut = call.interrupt.is_set();
                            detail
                        }
                    });
                    break;
                }
            }
        }
        let key = self.0.exchange.key();
        answer.model = answer.model.map(|it| key.detail(&it));
        answer.choices = choices.into_values().collect();
        for choice in &mut answer.choices {
            choice.text = key.redact_program(std::mem::take(&mut choice.text));
        }
        Ok(answer)
    }

    /// Asks for `n` choices of a call from `first` on, in the words that the server takes.
    async fn part(&self, call: &Call, first: u32, n: u32) -> Result<Part, Failure> {
        let Inner {
            exchange,
            prefill,
            model,
            learned,
        } = &*self.0;
        let model = model.get().map_or("", String::as_str);
        let (endpoint, is_chat) = match &call.kind {
            CallKind::Chat { .. } => (&["chat", "completions"][..], true),
            CallKind::Completion { .. } => (&["completions"][..], false),
        };
        loop {
            let dialect = learned.dialect();
            let body = request::body_of(call, model, first, n, dialect, *prefill);
            let limit = limit_of(n, call.max_tokens);
            let asked = exchange
                .ask(endpoint, Some(&body), limit, &call.interrupt, |it| {
                    answer::parse(it, n)
                })
                .await;
            let failure = match asked {
                Ok(part) => return Ok(part),
                Err(failure) => failure,
            };
            // Ends, since a server that refused a wording is not asked in it again.
            let said = failure.refused_wording();
            if !said.is_some_and(|it| learned.learn_from(it, dialect, is_chat)) {
                return Err(failure);
            }
        }
    }
}

/// Returns whether a server does not know an endpoint.
fn is_no_endpoint(failure: &Failure) -> bool {
    failure.refusal().is_some_and(|it| {
        matches!(
            it,
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED
        )
    })
}

/// Returns where the first gap among the first `n` indices begins, and how many are missing in a row.
fn first_gap(choices: &BTreeMap<u32, Choice>, n: u32) -> Option<(u32, u32)> {
    let mut begin = 0;
    for &index in choices.keys() {
        if index > begin {
            return Some((begin, index - begin));
        }
        begin = index + 1;
    }
    (begin < n).then(|| (begin, n - begin))
}
