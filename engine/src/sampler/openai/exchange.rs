//! One request to one endpoint, tried until it is answered or there is no more use in it.
//!
//! Does not know what is asked: bodies go in, what a reader makes of the answer's body comes out.

use std::{
    error::Error,
    sync::{
        Once,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use reqwest::{
    Response, StatusCode, Url,
    header::{AUTHORIZATION, CONTENT_TYPE, LOCATION},
    redirect::Policy,
};

use super::{
    CallError, ServerConfig,
    answer::{self, NoAnswer},
    body::{self, BodyFault},
    config::is_loopback,
    key::Key,
    retry::{self, Class, Pace},
};
use crate::{Interrupt, SamplerError};

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);
/// Connections that wait for the next request.
const MAX_IDLE_CONNECTIONS: usize = 64;

/// The way to one server.
#[derive(Debug)]
pub(super) struct Exchange {
    http: reqwest::Client,
    base: Url,
    key: Key,
    key_env: String,
    timeout: Duration,
    max_retries: u32,
    pace: Pace,
    /// Whether anything ever came back: a server that never answered is not waited for.
    was_there: AtomicBool,
}

/// Why a request gave nothing.
#[derive(Debug)]
pub(super) struct Failure {
    kind: Kind,
    /// What happened, without the key; a server's own words in full.
    text: String,
    /// How long the server asks us to wait.
    after: Option<Duration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// There is no connection.
    Unreachable,
    /// No request of ours will be taken.
    Refused(StatusCode),
    /// The server is about to be there.
    Loading,
    /// It may go better another time.
    Again,
    /// The server does not take this request.
    Bad,
    /// What comes back is of no use, and would be so again.
    Useless,
}

impl Failure {
    fn new(kind: Kind, text: impl Into<String>) -> Self {
        Self {
            kind,
            text: text.into(),
            after: None,
        }
    }

    /// Returns true if the server refused this request for what is in it.
    pub(super) fn is_bad_request(&self) -> bool {
        self.kind == Kind::Bad
    }

    /// Returns the status by which the server refuses us altogether.
    pub(super) fn refusal(&self) -> Option<StatusCode> {
        match self.kind {
            Kind::Refused(status) => Some(status),
            _ => None,
        }
    }

    /// Returns the server's words if they may be about what a request asks for.
    pub(super) fn refused_wording(&self) -> Option<&str> {
        // OpenAI's own refuses log-probabilities with 403.
        let about_it = matches!(self.kind, Kind::Bad | Kind::Refused(StatusCode::FORBIDDEN));
        about_it.then_some(&*self.text)
    }
}

impl Exchange {
    /// Makes the way to a server. Nothing is sent yet.
    pub(super) fn new(config: &ServerConfig, key: Key, pace: Pace) -> Result<Self, SamplerError> {
        /// reqwest brings no cryptography of its own; an application's choice comes first.
        static CRYPTOGRAPHY: Once = Once::new();
        CRYPTOGRAPHY.call_once(|| {
            drop(rustls::crypto::ring::default_provider().install_default());
        });
        let base = config.base()?;
        let mut http = reqwest::Client::builder()
            .user_agent(concat!("riddle/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(config.request_timeout)
            .pool_max_idle_per_host(MAX_IDLE_CONNECTIONS)
            // Retries are ours, so that they are counted.
            .retry(reqwest::retry::never());
        if base.scheme() == "http" {
            // Slim images have no certificates, which would fail even servers that need none.
            http = http.tls_certs_only([]);
        }
        if is_loopback(&base) {
            http = http.no_proxy();
        }
        let http = http.build().map_err(|error| {
            SamplerError::new(format!("could not set up HTTP: {}", cause_of(&error)))
        })?;
        Ok(Self {
            http,
            base,
            key,
            key_env: config.key_env.clone(),
            timeout: config.request_timeout,
            max_retries: config.max_retries,
            pace,
            was_there: AtomicBool::new(false),
        })
    }

    /// Returns the key, which nothing may tell.
    pub(super) fn key(&self) -> &Key {
        &self.key
    }

    /// Sends a body to an endpoint, or gets the endpoint if there is none, until `read` makes something
    /// of an answer of at most `limit` bytes.
    pub(super) async fn ask<T>(
        &self,
        endpoint: &[&str],
        body: Option<&[u8]>,
        limit: usize,
        interrupt: &Interrupt,
        read: impl Fn(&[u8]) -> Result<T, NoAnswer>,
    ) -> Result<T, Failure> {
        let url = super::config::endpoint(&self.base, endpoint);
        let (mut n_retries, mut n_waits, mut loading) = (0, 0, Duration::ZERO);
        loop {
            let tried = self.attempt(&url, body, limit).await;
            let mut failure = match tried.and_then(|it| read(&it).map_err(|it| self.no_answer(it)))
            {
                Ok(it) => return Ok(it),
                Err(failure) => failure,
            };
            let delay = self
                .pace
                .delay(body.unwrap_or_default(), n_waits, failure.after);
            let goes_on = match failure.kind {
                Kind::Loading => {
                    // A wait of nothing would never add up to the limit.
                    loading += delay.max(Duration::from_millis(1));
                    loading <= self.pace.loading
                }
                Kind::Again => n_retries < self.max_retries,
                Kind::Unreachable => n_retries < self.max_retries && self.was_there.load(Relaxed),
                Kind::Refused(_) | Kind::Bad | Kind::Useless => false,
            };
            if !goes_on || interrupt.is_set() {
                if n_retries > 0 {
                    failure.text = format!("{}, after {} tries", failure.text, n_retries + 1);
                }
                return Err(failure);
            }
            n_retries += u32::from(failure.kind != Kind::Loading);
            n_waits += 1;
            tokio::time::sleep(delay).await;
        }
    }

    /// Tries once, and returns the body of a good answer.
    async fn attempt(
        &self,
        url: &Url,
        body: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<u8>, Failure> {
        let mut request = match body {
            Some(body) => self
                .http
                .post(url.clone())
                .header(CONTENT_TYPE, "application/json")
                .body(body.to_owned()),
            None => self.http.get(url.clone()),
        };
        if let Some(key) = self.key.header() {
            request = request.header(AUTHORIZATION, key);
        }
        let response = request.send().await.map_err(|it| self.fault(&it))?;
        self.was_there.store(true, Relaxed);
        let status = response.status();
        if retry::class(status) != Class::Good {
            return Err(self.refusal(status, response).await);
        }
        body::read(response, limit).await.map_err(|it| match it {
            BodyFault::TooLarge(limit) => Failure::new(
                Kind::Useless,
                format!("the answer goes on after {limit} bytes, which is the limit"),
            ),
            BodyFault::Cut(error) => self.fault(&error),
        })
    }

    /// Says what a status and the body that came with it mean.
    async fn refusal(&self, status: StatusCode, response: Response) -> Failure {
        let after = retry::retry_after(response.headers());
        let location = response.headers().get(LOCATION);
        let location = location.map(|it| String::from_utf8_lossy(it.as_bytes()).into_owned());
        let (_, mut said) = answer::error_of(&body::read_error(response).await);
        if let Some(location) = location.filter(|_| status.is_redirection()) {
            said = format!("redirects to `{location}`, which is not followed");
        }
        Failure {
            after,
            ..self.of_status(status, &said)
        }
    }

    /// Says what a body means that is no answer.
    fn no_answer(&self, why: NoAnswer) -> Failure {
        match why {
            NoAnswer::Broken(what) => Failure::new(
                Kind::Again,
                format!("the answer is not one: {}", self.key.redact(&what)),
            ),
            NoAnswer::Error(status, said) => {
                let status = status.and_then(|it| StatusCode::from_u16(it).ok());
                match status.filter(|it| retry::class(*it) != Class::Good) {
                    Some(status) => self.of_status(status, &said),
                    None => Failure::new(
                        Kind::Again,
                        format!("the answer is an error: {}", self.key.redact(&said)),
                    ),
                }
            }
        }
    }

    fn of_status(&self, status: StatusCode, said: &str) -> Failure {
        let kind = match retry::class(status) {
            // OpenAI's own for an account without money, which waiting does not help.
            _ if said.contains("insufficient_quota") => Kind::Refused(status),
            Class::Refused => Kind::Refused(status),
            Class::Bad => Kind::Bad,
            Class::Good | Class::Again => {
                let loading = status == StatusCode::SERVICE_UNAVAILABLE
                    && said.to_ascii_lowercase().contains("loading");
                if loading { Kind::Loading } else { Kind::Again }
            }
        };
        let said = self.key.redact(said);
        Failure::new(kind, format!("status {}: {said}", status.as_u16()))
    }

    /// Says what a fault on the way means.
    fn fault(&self, error: &reqwest::Error) -> Failure {
        if error.is_connect() {
            Failure::new(Kind::Unreachable, self.key.redact(&cause_of(error)))
        } else if error.is_timeout() {
            Failure::new(
                Kind::Again,
                format!("no answer within {} s", self.timeout.as_secs_f64()),
            )
        } else {
            Failure::new(Kind::Again, self.key.redact(&cause_of(error)))
        }
    }

    /// Makes an error of a failure, its text cut to a short line.
    pub(super) fn error_of(&self, failure: &Failure) -> CallError {
        let text = self.key.detail(&failure.text);
        let server = self.key.detail(self.base.as_str());
        let fault = |what: &str| SamplerError::new(format!("{what} `{server}`: {text}"));
        CallError::Server(match failure.kind {
            Kind::Unreachable => fault("could not reach the server")
                .with_hint("start the server, or name another address"),
            Kind::Refused(StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => {
                fault("refused by the server").with_hint(format!(
                    "the key is taken from the environment variable `{}`",
                    self.key_env
                ))
            }
            Kind::Refused(_) => fault("refused by the server")
                .with_hint("are address and model right? most addresses end in `/v1`"),
            _ => return CallError::Request(text),
        })
    }
}

/// Returns the innermost cause: the layers above it say only that a request failed, and name the address.
fn cause_of(error: &reqwest::Error) -> String {
    let mut cause = error.source();
    while let Some(inner) = cause.and_then(Error::source) {
        cause = Some(inner);
    }
    cause.map_or_else(|| "the request failed".to_owned(), ToString::to_string)
}
