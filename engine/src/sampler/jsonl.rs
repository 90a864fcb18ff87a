//! One candidate as one line of JSON: what the replay sampler reads and the journal writes.
//!
//! Fields: `problem`, `source` (or `source_base64` where the text is not UTF-8), `language`, and
//! optionally `id`, `logprob`. The journal adds `request` and `choice`, and writes a sample that was
//! no candidate with `rejected` and `detail` in the place of the source, so that a journal replays to
//! the same report.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use riddle_sandbox::Language;
use serde::{Deserialize, Serialize};

use crate::{Candidate, Place, RejectReason, Rejected, Sample};

/// One line, as it is written. Fields that we do not know are ignored: pools carry much of their own.
#[derive(Serialize, Deserialize)]
pub(crate) struct Line {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) problem: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    request: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    choice: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    logprob: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rejected: Option<RejectReason>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source_base64: Option<String>,
}

impl Line {
    /// Reads a line; the error says what is wrong with it.
    pub(crate) fn parse(line: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(line.trim_ascii_end()).map_err(|error| {
            // The line's own number is the caller's to tell.
            let text = error.to_string();
            match text.rsplit_once(" at line 1 ") {
                Some((what, column)) => format!("broken JSON: {what} at {column}"),
                None => format!("broken JSON: {text}"),
            }
        })
    }

    /// Makes a sample of it. `name` is used where the line has no `id`.
    pub(crate) fn into_sample(self, name: &str) -> Result<Sample, Rejected> {
        let reject = |id: Option<String>, reason, detail: String| Rejected {
            id: id.unwrap_or_else(|| name.to_owned()),
            reason,
            detail,
        };
        if let Some(reason) = self.rejected {
            return Err(reject(self.id, reason, self.detail.unwrap_or_default()));
        }
        let Some(language) = self.language else {
            let detail = "field `language` is missing".to_owned();
            return Err(reject(self.id, RejectReason::Unreadable, detail));
        };
        let language: Language = match language.parse() {
            Ok(language) => language,
            Err(error) => {
                return Err(reject(
                    self.id,
                    RejectReason::UnknownLanguage,
                    format!("{error}"),
                ));
            }
        };
        let source = match (self.source, self.source_base64) {
            (Some(source), None) => source.into_bytes(),
            (None, Some(text)) => match BASE64.decode(text) {
                Ok(source) => source,
                Err(error) => {
                    let detail = format!("field `source_base64`: {error}");
                    return Err(reject(self.id, RejectReason::Unreadable, detail));
                }
            },
            (None, None) => {
                let detail = "field `source` is missing".to_owned();
                return Err(reject(self.id, RejectReason::Unreadable, detail));
            }
            (Some(_), Some(_)) => {
                let detail = "fields `source` and `source_base64` exclude each other".to_owned();
                return Err(reject(self.id, RejectReason::Unreadable, detail));
            }
        };
        Ok(Sample {
            id: Some(self.id.unwrap_or_else(|| name.to_owned())),
            language,
            source: source.into(),
            logprob: self.logprob,
        })
    }
}

/// Returns the line of a candidate, without its line feed.
pub(crate) fn line_of_candidate(problem: &str, candidate: &Candidate) -> String {
    let Sample {
        id,
        language,
        source,
        logprob,
    } = &candidate.sample;
    let (text, base64) = match std::str::from_utf8(source) {
        Ok(text) => (Some(text.to_owned()), None),
        Err(_) => (None, Some(BASE64.encode(source))),
    };
    to_text(&Line {
        problem: Some(problem.to_owned()),
        id: id.clone(),
        request: Some(candidate.place.request),
        choice: Some(candidate.place.choice),
        language: Some(language.name().to_owned()),
        logprob: *logprob,
        rejected: None,
        detail: None,
        source: text,
        source_base64: base64,
    })
}

/// Returns the line of a sample that was no candidate.
pub(crate) fn line_of_rejected(problem: &str, place: Place, rejected: &Rejected) -> String {
    to_text(&Line {
        problem: Some(problem.to_owned()),
        id: Some(rejected.id.clone()),
        request: Some(place.request),
        choice: Some(place.choice),
        language: None,
        logprob: None,
        rejected: Some(rejected.reason),
        detail: Some(rejected.detail.clone()),
        source: None,
        source_base64: None,
    })
}

fn to_text(line: &Line) -> String {
    serde_json::to_string(line).expect("a line is plain data")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PLACE: Place = Place {
        request: 3,
        choice: 1,
    };

    fn read(line: &str) -> Result<Sample, Rejected> {
        Line::parse(line.as_bytes()).unwrap().into_sample("line 7")
    }

    #[track_caller]
    fn check_rejected(line: &str, reason: RejectReason, detail: &str) {
        let rejected = read(line).unwrap_err();
        assert_eq!((rejected.reason, &*rejected.detail), (reason, detail));
        // The journal keeps it as it is.
        let written = line_of_rejected("p", PLACE, &rejected);
        assert_eq!(read(&written).unwrap_err(), rejected);
    }

    #[test]
    fn what_is_missing_is_named() {
        use RejectReason::{UnknownLanguage, Unreadable};
        check_rejected(
            r#"{"source":""}"#,
            Unreadable,
            "field `language` is missing",
        );
        check_rejected(
            r#"{"language":"c"}"#,
            Unreadable,
            "field `source` is missing",
        );
        check_rejected(
            r#"{"language":"java","source":""}"#,
            UnknownLanguage,
            "unknown language `java`: expected one of c, cpp, python, rust, go, wasm",
        );
        check_rejected(
            r#"{"language":"c","source_base64":"?"}"#,
            Unreadable,
            "field `source_base64`: Invalid symbol 63, offset 0.",
        );
    }

    #[test]
    fn broken_json_says_where() {
        let error = Line::parse(b"{\"source\": \"abc\n").err();
        assert_eq!(
            error.as_deref(),
            Some("broken JSON: EOF while parsing a string at column 15")
        );
        assert!(Line::parse(b"[1]").is_err());
        assert!(Line::parse(b"\xff").is_err());
    }

    #[test]
    fn unknown_fields_are_ignored() {
        let sample = read(r#"{"language":"c++","source":"x","model":"m","score":1}"#).unwrap();
        assert_eq!(sample.language, Language::Cpp);
        assert_eq!(sample.id.as_deref(), Some("line 7"));
    }

    proptest! {
        #[test]
        fn any_source_reads_back_as_it_was(
            source in proptest::collection::vec(any::<u8>(), 0..200),
            logprob in proptest::option::of(-1e6..0f64),
        ) {
            let sample = Sample {
                id: Some("x".to_owned()),
                language: Language::Python,
                source: source.into(),
                logprob,
            };
            let candidate = Candidate { place: PLACE, sample: sample.clone() };
            let line = line_of_candidate("p", &candidate);
            prop_assert!(!line.contains('\n'));
            prop_assert_eq!(read(&line).unwrap(), sample);
        }

        #[test]
        fn any_bytes_are_read_or_refused(line in proptest::collection::vec(any::<u8>(), 0..100)) {
            if let Ok(line) = Line::parse(&line) {
                let _ = line.into_sample("x");
            }
        }
    }
}
