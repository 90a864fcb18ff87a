//! Candidates: the programs to be judged, and their place in a search.
//!
//! A candidate's place is (problem, request, choice), never the moment at which it arrived, so that
//! everything decided by order is decided the same each time.

use std::{fmt, sync::Arc};

use riddle_sandbox::{Digest, Language};
use serde::{Deserialize, Serialize};

/// Where a candidate stands among those of its problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Index of the request to the sampler, from 0.
    pub request: u64,
    /// Index of the choice within the request's answer, from 0.
    pub choice: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.request, self.choice)
    }
}

/// What a sampler gives: the text of a program, and what is known about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// A name for people. Need not be unique. Default: the place.
    pub id: Option<String>,
    /// The language.
    pub language: Language,
    /// The source text. Bytes, since contest programs are not always UTF-8.
    pub source: Arc<[u8]>,
    /// Log-probability of the text under the model that wrote it, if known.
    pub logprob: Option<f64>,
}

impl Sample {
    /// Returns a sample of which nothing more is known.
    pub fn new(language: Language, source: impl AsRef<[u8]>) -> Self {
        Self {
            id: None,
            language,
            source: source.as_ref().into(),
            logprob: None,
        }
    }
}

/// How a sample came about, as far as its sampler tells. Nothing is decided by it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Lineage {
    /// The model that wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The candidate that it was made from, for samplers that mend and vary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Digest of the prompt, in hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
    /// The seed that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// The sampling temperature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// The rating that the prompt asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<u32>,
    /// The tags that the prompt asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Tokens of the prompt, counted once for all choices of a request.
    #[serde(skip_serializing_if = "is_zero")]
    pub n_prompt_tokens: u64,
    /// Tokens of the answer.
    #[serde(skip_serializing_if = "is_zero")]
    pub n_tokens: u64,
    /// Whether the answer was cut off before its end.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// A sample that cannot become a candidate, and why.
///
/// Data and not an error: the other samples go on, and the funnel counts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// A name for people: a path, or a line of a file.
    pub id: String,
    /// The kind, by which the funnel counts it.
    pub reason: RejectReason,
    /// What exactly was wrong, as a fragment.
    pub detail: String,
}

/// Why a sample is no candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RejectReason {
    /// The record could not be read.
    Unreadable,
    /// The language is none that we know.
    UnknownLanguage,
    /// The language is not among those asked for.
    LanguageNotAsked,
    /// The model's answer has no program in it.
    NoCode,
    /// The source is empty, or white space only.
    EmptySource,
    /// The source is larger than the problem or the compiler allows.
    SourceTooLarge,
    /// The request to the model failed, and so did its retries.
    RequestFailed,
}

impl RejectReason {
    /// Returns the name used in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::UnknownLanguage => "unknown_language",
            Self::LanguageNotAsked => "language_not_asked",
            Self::NoCode => "no_code",
            Self::EmptySource => "empty_source",
            Self::SourceTooLarge => "source_too_large",
            Self::RequestFailed => "request_failed",
        }
    }
}

/// One program to be judged.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Where it stands.
    pub place: Place,
    /// How it came about.
    pub lineage: Lineage,
    /// What the sampler gave.
    pub sample: Sample,
}

impl Candidate {
    /// Returns the name that reports use: the sample's own, or its place.
    pub fn name(&self) -> String {
        self.sample
            .id
            .clone()
            .unwrap_or_else(|| self.place.to_string())
    }

    /// Returns the digest of language and normalised source.
    pub fn source_digest(&self) -> Digest {
        Digest::of_parts(
            "riddle 2026-11-22 candidate source",
            &[
                self.sample.language.name().as_bytes(),
                &normalised(&self.sample.source),
            ],
        )
    }
}

/// Returns a source without what cannot change its meaning in any language: a byte-order mark, the
/// carriage returns of line ends, white space at the very end.
///
/// Comments and white space at the end of a line stay: they can matter (inside a string that spans
/// lines). Sources that differ in them mostly meet again as one artifact.
fn normalised(source: &[u8]) -> Vec<u8> {
    let source = source.strip_prefix(b"\xef\xbb\xbf").unwrap_or(source);
    let mut out = Vec::with_capacity(source.len());
    for (index, &byte) in source.iter().enumerate() {
        if byte == b'\r' && source.get(index + 1) == Some(&b'\n') {
            continue;
        }
        out.push(byte);
    }
    out.truncate(out.trim_ascii_end().len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(language: Language, source: &[u8]) -> Digest {
        Candidate {
            place: Place {
                request: 0,
                choice: 0,
            },
            lineage: Lineage::default(),
            sample: Sample::new(language, source),
        }
        .source_digest()
    }

    #[track_caller]
    fn check(one: &[u8], other: &[u8], equal: bool) {
        let [one, other] = [one, other].map(|it| digest(Language::Cpp, it));
        assert_eq!(one == other, equal);
    }

    #[test]
    fn line_ends_marks_and_trailing_space_do_not_matter() {
        check(b"int main(){}\r\n", b"\xef\xbb\xbfint main(){}\n\n ", true);
    }

    #[test]
    fn all_else_matters() {
        check(b"a \nb", b"a\nb", false);
        check(b"a\rb", b"ab", false);
        check(b" a", b"a", false);
    }

    #[test]
    fn the_same_text_in_two_languages_is_two_candidates() {
        assert_ne!(digest(Language::C, b"x"), digest(Language::Cpp, b"x"));
    }
}
