//! Which server is asked, and how: the part of a run's manifest that opens the client again.
//!
//! Never holds a key: only the name of the environment variable that does.

use std::time::Duration;

use reqwest::Url;
use serde::{Deserialize, Serialize};

use crate::{SamplerError, clock::seconds};

/// An OpenAI-compatible server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerConfig {
    /// Where it is; `/v1` may be left out where nothing else follows the host.
    /// Default: `http://127.0.0.1:8080/v1`, where llama-server listens.
    pub base_url: String,
    /// The model. Default: empty, the first that the server lists.
    pub model: String,
    /// The environment variable that holds the key. Without it no key is sent.
    /// Default: `OPENAI_API_KEY`.
    pub key_env: String,
    /// How long one request may take, to the last byte of its answer, in seconds. Default: 600 s.
    #[serde(with = "seconds")]
    pub request_timeout: Duration,
    /// How often a request that failed is tried again. Default: 5.
    pub max_retries: u32,
    /// Whether log-probabilities are asked for, of servers that give them. Default: true.
    pub logprobs: bool,
    /// How the beginning of an answer is sent. Default: `message`.
    pub prefill: Prefill,
}

/// How a server is told to continue an answer that has begun.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Prefill {
    /// As a last message by the assistant: llama-server and most others.
    #[default]
    Message,
    /// The same, with the two fields that vLLM wants and others refuse.
    Vllm,
    /// Not at all: the server would begin a new answer, or refuse.
    None,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            base_url: "http://127.0.0.1:8080/v1".to_owned(),
            model: String::new(),
            key_env: "OPENAI_API_KEY".to_owned(),
            request_timeout: Duration::from_secs(600),
            max_retries: 5,
            logprobs: true,
            prefill: Prefill::default(),
        }
    }
}

impl ServerConfig {
    /// Reads the address. What is wrong with it is told without the address, which may hold a secret.
    pub(super) fn base(&self) -> Result<Url, SamplerError> {
        let fault = |what: &str| {
            SamplerError::new(format!("`base_url` {what}"))
                .with_hint("an address is such as `http://127.0.0.1:8080/v1`")
        };
        let mut url =
            Url::parse(&self.base_url).map_err(|error| fault(&format!("is none: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(fault("is neither http nor https"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(fault(
                "holds a user or a password: it is kept in the run's manifest",
            ));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(fault("goes on after its path"));
        }
        if url.path() == "/" {
            url.set_path("/v1");
        }
        Ok(url)
    }
}

/// Returns whether an address is on this machine, where no proxy can reach it for us.
pub(super) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let ip = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost" || ip.is_ok_and(|it| it.is_loopback())
}

/// Returns the address of an endpoint.
pub(super) fn endpoint(base: &Url, parts: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(parts);
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(text: &str) -> Result<Url, SamplerError> {
        ServerConfig {
            base_url: text.to_owned(),
            ..ServerConfig::default()
        }
        .base()
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let url = endpoint(&base(text).unwrap(), &["chat", "completions"]);
        assert_eq!(url.as_str(), expected);
    }

    #[track_caller]
    fn check_refused(text: &str, expected: &str) {
        assert_eq!(base(text).unwrap_err().to_string(), expected);
    }

    #[test]
    fn an_address_needs_no_slash_and_no_version() {
        let expected = "http://h:1/v1/chat/completions";
        for text in [
            "http://h:1",
            "http://h:1/",
            "http://h:1/v1",
            "http://h:1/v1/",
        ] {
            check(text, expected);
        }
        check("https://h/api/v2/", "https://h/api/v2/chat/completions");
        check("http://[::1]:8080", "http://[::1]:8080/v1/chat/completions");
    }

    #[test]
    fn an_address_that_holds_a_secret_or_is_none_is_refused_and_not_shown() {
        check_refused(
            "http://u:secret@h/v1",
            "`base_url` holds a user or a password: it is kept in the run's manifest",
        );
        check_refused(
            "http://h/v1?key=secret",
            "`base_url` goes on after its path",
        );
        check_refused("file:///v1", "`base_url` is neither http nor https");
        check_refused("h/v1", "`base_url` is none: relative URL without a base");
    }

    #[test]
    fn loopback_is_known() {
        for (text, expected) in [
            ("http://127.0.0.2:1", true),
            ("http://localhost", true),
            ("http://[::1]:2", true),
            ("http://example.org", false),
            ("http://10.0.0.1", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(text).unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn a_config_reads_back_and_unknown_fields_are_refused() {
        let config = ServerConfig {
            model: "m".to_owned(),
            prefill: Prefill::Vllm,
            ..ServerConfig::default()
        };
        let text = serde_json::to_string(&config).unwrap();
        assert_eq!(serde_json::from_str::<ServerConfig>(&text).unwrap(), config);
        assert_eq!(
            serde_json::from_str::<ServerConfig>("{}").unwrap(),
            ServerConfig::default()
        );
        assert!(serde_json::from_str::<ServerConfig>(r#"{"key":"x"}"#).is_err());
    }
}
