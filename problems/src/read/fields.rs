//! Typed access to the fields of a YAML or JSON file, with errors that name file and field.
//!
//! Knows nothing of what a field is for. Fields nobody asks for are ignored: other tools' formats
//! grow.

use serde_json::Value;
use serde_saphyr::{DuplicateKeyPolicy, Options};

use super::tree::{Tree, without_bom};
use crate::error::{LoadError, LoadErrorKind};

/// How much of a wrong value an error shows, in characters.
const SHOWN_CHARS: usize = 40;

/// A file that was parsed. Fields are named by their path, parts joined by dots.
pub(super) struct Fields<'a> {
    tree: &'a Tree,
    file: String,
    /// What stands before the name of every field in an error: empty, or ends in a dot.
    above: String,
    root: Value,
}

impl<'a> Fields<'a> {
    pub(super) fn from_yaml(tree: &'a Tree, file: &str, bytes: &[u8]) -> Result<Self, LoadError> {
        let root = serde_saphyr::from_slice_with_options(without_bom(bytes), yaml_options())
            .map_err(|err| {
                let line = err
                    .location()
                    .map_or(1, |it| usize::try_from(it.line()).unwrap_or(1));
                syntax_error(tree, file, line, &err.to_string())
            })?;
        Self::new(tree, file, root)
    }

    pub(super) fn from_json(tree: &'a Tree, file: &str, bytes: &[u8]) -> Result<Self, LoadError> {
        let root = serde_json::from_slice(without_bom(bytes))
            .map_err(|err| syntax_error(tree, file, err.line().max(1), &err.to_string()))?;
        Self::new(tree, file, root)
    }

    fn new(tree: &'a Tree, file: &str, root: Value) -> Result<Self, LoadError> {
        let fields = Self {
            tree,
            file: file.to_owned(),
            above: String::new(),
            root,
        };
        match fields.root {
            Value::Object(_) | Value::Null => Ok(fields),
            _ => {
                let message = "expected fields with names";
                Err(syntax_error(tree, file, 1, message))
            }
        }
    }

    /// Returns a field's value; `None` where it, or what should hold it, is absent or null.
    pub(super) fn get(&self, field: &str) -> Option<&Value> {
        let value = field
            .split('.')
            .try_fold(&self.root, |value, part| value.get(part));
        value.filter(|it| !it.is_null())
    }

    /// Returns every field with its value, in the order of the file.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&str, &Value)> {
        let entries = self.root.as_object().into_iter().flatten();
        entries.map(|(name, value)| (name.as_str(), value))
    }

    /// Returns the fields of one that holds fields, or nothing. Unlike elsewhere, a dot in the name is
    /// part of it.
    pub(super) fn below(&self, field: &str, value: &Value) -> Result<Self, LoadError> {
        if !matches!(value, Value::Object(_) | Value::Null) {
            return Err(self.error(field, value, "fields with names"));
        }
        Ok(Self {
            tree: self.tree,
            file: self.file.clone(),
            above: format!("{}{field}.", self.above),
            root: value.clone(),
        })
    }

    /// Returns the folder that the file is in.
    pub(super) fn tree(&self) -> &'a Tree {
        self.tree
    }

    /// Returns the file that the fields are in.
    pub(super) fn file(&self) -> &str {
        &self.file
    }

    /// Returns a finite number.
    pub(super) fn number(&self, field: &str) -> Result<Option<f64>, LoadError> {
        self.read(field, "a number", |it| {
            number(it).filter(|it| it.is_finite())
        })
    }

    /// Returns a text; a number or a truth value counts as the text it was written as.
    pub(super) fn text(&self, field: &str) -> Result<Option<String>, LoadError> {
        self.read(field, "a text", scalar)
    }

    /// Returns a list of words, given as a list of texts or as one text with white space.
    pub(super) fn words(&self, field: &str) -> Result<Option<Vec<String>>, LoadError> {
        self.read(field, "a list of words", |value| match value {
            Value::Array(items) => items.iter().map(scalar).collect(),
            other => Some(
                scalar(other)?
                    .split_whitespace()
                    .map(str::to_owned)
                    .collect(),
            ),
        })
    }

    /// Returns a finite number above zero and at most `maximum`.
    pub(super) fn positive(
        &self,
        field: &str,
        maximum: f64,
        expected: &'static str,
    ) -> Result<Option<f64>, LoadError> {
        self.read(field, expected, |value| {
            value.as_f64().filter(|it| *it > 0.0 && *it <= maximum)
        })
    }

    /// Returns a whole number that is not negative.
    pub(super) fn count(
        &self,
        field: &str,
        expected: &'static str,
    ) -> Result<Option<u64>, LoadError> {
        self.read(field, expected, whole)
    }

    /// Returns a field as `read` understands it, or an error saying what was expected.
    pub(super) fn read<'v, T>(
        &'v self,
        field: &str,
        expected: &'static str,
        read: impl FnOnce(&'v Value) -> Option<T>,
    ) -> Result<Option<T>, LoadError> {
        let Some(value) = self.get(field) else {
            return Ok(None);
        };
        match read(value) {
            Some(it) => Ok(Some(it)),
            None => Err(self.error(field, value, expected)),
        }
    }

    pub(super) fn error(&self, field: &str, value: &Value, expected: &'static str) -> LoadError {
        let field = format!("{}{field}", self.above);
        self.fail(LoadErrorKind::Field {
            field,
            found: show(value),
            expected,
        })
    }

    pub(super) fn fail(&self, kind: LoadErrorKind) -> LoadError {
        self.tree.error(&self.file, kind)
    }
}

/// Makes the error of a file that does not parse.
pub(super) fn syntax_error(tree: &Tree, file: &str, line: usize, message: &str) -> LoadError {
    // Parsers put the place behind; we have put it in front.
    let message = message.lines().next().unwrap_or_default();
    let message = message
        .rsplit_once(" at line ")
        .map_or(message, |(it, _)| it)
        .to_owned();
    tree.error(file, LoadErrorKind::Syntax { line, message })
}

/// Reads a number, also one that is written as a text.
pub(super) fn number(value: &Value) -> Option<f64> {
    value
        .as_f64()
        .or_else(|| value.as_str()?.trim().parse().ok())
}

/// Reads a whole number, also where it is written as `2.0`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "in range and whole"
)]
pub(super) fn whole(value: &Value) -> Option<u64> {
    /// All whole numbers up to here are floats.
    const LIMIT: f64 = 9_007_199_254_740_992.0;
    let from_float = || {
        value
            .as_f64()
            .filter(|it| it.fract() == 0.0 && (0.0..LIMIT).contains(it))
    };
    value.as_u64().or_else(|| from_float().map(|it| it as u64))
}

/// Returns a text; a number or a truth value as it is written.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

fn show(value: &Value) -> String {
    match value {
        Value::Object(_) => "a map".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        other => {
            let text = scalar(other).unwrap_or_default();
            let cut = if text.chars().count() > SHOWN_CHARS {
                "…"
            } else {
                ""
            };
            let shown: String = text.chars().take(SHOWN_CHARS).collect();
            format!("`{}{cut}`", shown.escape_debug())
        }
    }
}

/// A problem's YAML is a page; these bounds stop what is made to grow while it is read.
fn yaml_options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_events: 100_000,
            max_nodes: 100_000,
            max_aliases: 100,
            max_anchors: 100,
            max_depth: 32,
            flow_nesting_limit: 32,
            max_documents: 1,
            max_merge_keys: 100,
            max_inclusion_depth: 0,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 10_000,
            max_replay_stack_depth: 8,
            max_alias_expansions_per_anchor: 100,
        },
        // As the judges' own tools do.
        duplicate_keys: DuplicateKeyPolicy::LastWins,
        // A title may well be `No`, or `y`.
        strict_booleans: true,
        with_snippet: false,
    }
}
