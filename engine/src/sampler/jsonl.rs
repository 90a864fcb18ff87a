//! One candidate as one line of JSON: what the replay sampler reads and the journal writes.
//!
//! Fields: `problem`, `source` (or `source_base64` where the text is not UTF-8), `language`, and
//! optionally `id`, `logprob`. The journal adds `index`, `request`, `choice` and `lineage`, and writes a
//! sample that was no candidate with `rejected` and `detail` in the place of the source, so that a
//! journal replays to the same report, whatever the order in which its samples arrived.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use riddle_sandbox::Language;
use serde::{Deserialize, Serialize};

use super::Sampled;
use crate::{Lineage, Place, RejectReason, Rejected, Sample};

/// One line, as it is written. Fields that we do not know are ignored: pools carry much of their own.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Line {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) problem: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    index: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    request: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    choice: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    logprob: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lineage: Option<Lineage>,
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

    /// Returns the index that the journal gave the sample; other pools have none.
    pub(crate) fn index(&self) -> Option<u64> {
        self.index
    }

    /// Returns the line without the place that a journal gave it.
    pub(crate) fn of_a_pool(self) -> Self {
        Self {
            index: None,
            ..self
        }
    }

    /// Makes a sample of it. A line of a pool takes `index` for its own and `name` for its missing
    /// `id`; a line of a journal says both itself.
    pub(crate) fn into_sampled(mut self, index: u64, name: &str) -> Sampled {
        let place = match (self.index, self.request, self.choice) {
            (Some(_), Some(request), Some(choice)) => Some(Place { request, choice }),
            _ => None,
        };
        let lineage = self.lineage.take().unwrap_or_default();
        let unnamed = match place {
            Some(_) => None,
            None => Some(name.to_owned()),
        };
        let fallback = place.map_or_else(|| name.to_owned(), |it| it.to_string());
        let sample = self.into_sample(unnamed, &fallback);
        Sampled {
            lineage,
            place: place.unwrap_or(Place {
                request: index,
                choice: 0,
            }),
            ..Sampled::new(index, sample)
        }
    }

    /// `unnamed` is the id of a sample without one, `name` what a rejected one goes by.
    fn into_sample(self, unnamed: Option<String>, name: &str) -> Result<Sample, Rejected> {
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
            id: self.id.or(unnamed),
            language,
            source: source.into(),
            logprob: self.logprob,
        })
    }
}

/// Returns the line of a sample, without its line feed.
pub(crate) fn line_of(problem: &str, sampled: &Sampled) -> String {
    let mut line = Line {
        problem: Some(problem.to_owned()),
        index: Some(sampled.index),
        request: Some(sampled.place.request),
        choice: Some(sampled.place.choice),
        lineage: (sampled.lineage != Lineage::default()).then(|| sampled.lineage.clone()),
        ..Line::default()
    };
    match &sampled.sample {
        Ok(Sample {
            id,
            language,
            source,
            logprob,
        }) => {
            line.id.clone_from(id);
            line.language = Some(language.name().to_owned());
            line.logprob = *logprob;
            match std::str::from_utf8(source) {
                Ok(text) => line.source = Some(text.to_owned()),
                Err(_) => line.source_base64 = Some(BASE64.encode(source)),
            }
        }
        Err(rejected) => {
            line.id = Some(rejected.id.clone());
            line.rejected = Some(rejected.reason);
            line.detail = Some(rejected.detail.clone());
        }
    }
    serde_json::to_string(&line).expect("a line is plain data")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A sample as a live sampler gives it.
    fn sampled(sample: Result<Sample, Rejected>) -> Sampled {
        Sampled {
            index: 25,
            place: Place {
                request: 3,
                choice: 1,
            },
            lineage: Lineage {
                model: Some("m".to_owned()),
                temperature: Some(0.1 + 0.2),
                n_tokens: 7,
                ..Lineage::default()
            },
            sample,
        }
    }

    fn read(line: &str) -> Sampled {
        let line = Line::parse(line.as_bytes()).unwrap();
        let index = line.index().unwrap_or(6);
        line.into_sampled(index, "line 7")
    }

    /// What the journal writes reads back as it was.
    #[track_caller]
    fn check_journalled(sample: Result<Sample, Rejected>) {
        let written = sampled(sample);
        let line = line_of("p", &written);
        assert!(!line.contains('\n'));
        let back = read(&line);
        assert_eq!((back.index, back.place), (written.index, written.place));
        assert_eq!(back.lineage, written.lineage);
        assert_eq!(back.sample, written.sample);
    }

    #[track_caller]
    fn check_rejected(line: &str, reason: RejectReason, detail: &str) {
        let rejected = read(line).sample.unwrap_err();
        assert_eq!((rejected.reason, &*rejected.detail), (reason, detail));
        check_journalled(Err(rejected));
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
        let sample = read(r#"{"language":"c++","source":"x","model":"m","score":1}"#);
        assert_eq!(
            sample.place,
            Place {
                request: 6,
                choice: 0
            }
        );
        let sample = sample.sample.unwrap();
        assert_eq!(sample.language, Language::Cpp);
        assert_eq!(sample.id.as_deref(), Some("line 7"));
    }

    proptest! {
        #[test]
        fn any_source_reads_back_as_it_was(
            id in proptest::option::of("[a-z]{0,3}"),
            source in proptest::collection::vec(any::<u8>(), 0..200),
            logprob in proptest::option::of(-1e6..0f64),
        ) {
            check_journalled(Ok(Sample {
                id,
                language: Language::Python,
                source: source.into(),
                logprob,
            }));
        }

        #[test]
        fn any_bytes_are_read_or_refused(line in proptest::collection::vec(any::<u8>(), 0..100)) {
            if let Ok(line) = Line::parse(&line) {
                let _ = line.into_sampled(0, "x");
            }
        }
    }
}
