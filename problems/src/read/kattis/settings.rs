//! The settings of tests: those in the test's own file, or of the nearest folder above that has some.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use crate::ValidatorArgs;
use crate::error::LoadError;
use crate::read::constants::Constants;
use crate::read::fields::{Fields, scalar};
use crate::read::load::MAX_CONFIG_BYTES;
use crate::read::tree::Tree;

/// The file of a folder of tests: its old name and its new one.
pub(super) const GROUP_FILES: [&str; 2] = ["testdata.yaml", "test_group.yaml"];
/// The fields that hold the arguments of the judge, of input validators and of answer validators, likewise.
const JUDGE_ARGS: [&str; 2] = ["output_validator_flags", "output_validator_args"];
const VALIDATOR_ARGS: [&str; 2] = ["input_validator_flags", "input_validator_args"];
const ANSWER_VALIDATOR_ARGS: [&str; 2] = ["answer_validator_flags", "answer_validator_args"];

/// What is set for a test.
#[derive(Clone, Default)]
pub(super) struct Settings {
    pub(super) judge_args: Option<Arc<Sourced>>,
    pub(super) validator_args: Option<ValidatorArgs>,
    pub(super) answer_validator_args: Option<ValidatorArgs>,
    pub(super) args: Option<Arc<[String]>>,
    pub(super) description: Option<String>,
    pub(super) hint: Option<String>,
}

/// Words, and where they stand.
pub(super) struct Sourced {
    pub(super) file: String,
    pub(super) field: &'static str,
    pub(super) words: Vec<String>,
}

/// Reads the settings of each folder once.
pub(super) struct SettingsReader<'a> {
    tree: &'a Tree,
    files: &'a BTreeSet<String>,
    constants: &'a Constants,
    known: BTreeMap<String, Settings>,
}

impl<'a> SettingsReader<'a> {
    /// Looks for settings among the files below `data`.
    pub(super) fn new(
        tree: &'a Tree,
        files: &'a BTreeSet<String>,
        constants: &'a Constants,
    ) -> Self {
        Self {
            tree,
            files,
            constants,
            known: BTreeMap::new(),
        }
    }

    /// Returns the settings of the test whose files start with `stem` and a dot.
    pub(super) fn of_test(&mut self, stem: &str) -> Result<Settings, LoadError> {
        let (folder, _) = stem.rsplit_once('/').expect("tests are below `data`");
        let inherited = self.of_folder(folder)?;
        let own = self.read(&format!("{stem}.yaml"))?;
        let text = |ending| self.text(&format!("{stem}{ending}"));
        let (description, hint) = (text(".desc")?, text(".hint")?);
        Ok(Settings {
            description: own.description.clone().or(description),
            hint: own.hint.clone().or(hint),
            ..own.or(inherited)
        })
    }

    fn of_folder(&mut self, folder: &str) -> Result<Settings, LoadError> {
        if let Some(known) = self.known.get(folder) {
            return Ok(known.clone());
        }
        let mut settings = Settings::default();
        for name in GROUP_FILES {
            settings = settings.or(self.read(&format!("{folder}/{name}"))?);
        }
        if let Some((above, _)) = folder.rsplit_once('/') {
            settings = settings.or(self.of_folder(above)?);
        }
        self.known.insert(folder.to_owned(), settings.clone());
        Ok(settings)
    }

    fn read(&self, file: &str) -> Result<Settings, LoadError> {
        let Some(fields) = self.fields(file)? else {
            return Ok(Settings::default());
        };
        let mut settings = Settings {
            args: fields.words("args")?.map(Into::into),
            description: fields.text("description")?,
            hint: fields.text("hint")?,
            ..Settings::default()
        };
        for field in JUDGE_ARGS {
            let words = fields.read(field, "a list of words", |value| match value {
                // The legacy format may name one of several validators.
                Value::Object(map) => map.get("flags").map_or(Some(Vec::new()), words_of),
                other => words_of(other),
            })?;
            if let (None, Some(words)) = (&settings.judge_args, words) {
                let file = file.to_owned();
                settings.judge_args = Some(Arc::new(Sourced { file, field, words }));
            }
        }
        settings.validator_args = validator_args(&fields, VALIDATOR_ARGS)?;
        settings.answer_validator_args = validator_args(&fields, ANSWER_VALIDATOR_ARGS)?;
        Ok(settings)
    }

    /// Reads a file of settings, with the package's constants put in; `None` where it is not there.
    pub(super) fn fields(&self, file: &str) -> Result<Option<Fields<'a>>, LoadError> {
        if !self.files.contains(file) {
            return Ok(None);
        }
        let bytes = self.tree.read(file, MAX_CONFIG_BYTES)?;
        let bytes = self.constants.put_into(bytes);
        Fields::from_yaml(self.tree, file, &bytes).map(Some)
    }

    fn text(&self, file: &str) -> Result<Option<String>, LoadError> {
        if !self.files.contains(file) {
            return Ok(None);
        }
        let bytes = self.tree.read(file, MAX_CONFIG_BYTES)?;
        Ok(Some(String::from_utf8_lossy(&bytes).trim().to_owned()))
    }
}

impl Settings {
    /// Takes from another what is not set here and is inherited.
    fn or(self, other: Self) -> Self {
        Self {
            judge_args: self.judge_args.or(other.judge_args),
            validator_args: self.validator_args.or(other.validator_args),
            answer_validator_args: self.answer_validator_args.or(other.answer_validator_args),
            args: self.args.or(other.args),
            description: self.description,
            hint: self.hint,
        }
    }
}

/// Reads the arguments of validators, by the legacy name of the field or by the modern one: of all, or of those named.
fn validator_args(
    fields: &Fields<'_>,
    [legacy, modern]: [&str; 2],
) -> Result<Option<ValidatorArgs>, LoadError> {
    let expected = "a list of words, or one for each validator";
    let of_one = fields.read(legacy, expected, |value| match value {
        Value::Object(map) => {
            let name = map.get("name").and_then(scalar)?;
            let flags = map.get("flags").map_or(Some(Vec::new()), words_of)?;
            Some(ValidatorArgs::ByName(Arc::new([(name, flags)].into())))
        }
        other => Some(ValidatorArgs::All(words_of(other)?.into())),
    })?;
    let of_each = fields.read(modern, expected, |value| match value {
        Value::Object(map) => {
            let args = map
                .iter()
                .map(|(name, it)| Some((name.clone(), words_of(it)?)));
            Some(ValidatorArgs::ByName(Arc::new(
                args.collect::<Option<_>>()?,
            )))
        }
        other => Some(ValidatorArgs::All(words_of(other)?.into())),
    })?;
    Ok(of_one.or(of_each))
}

/// Reads a list of texts, or one text with white space.
fn words_of(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Array(items) => items.iter().map(scalar).collect(),
        Value::Null => Some(Vec::new()),
        other => Some(
            scalar(other)?
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
        ),
    }
}
