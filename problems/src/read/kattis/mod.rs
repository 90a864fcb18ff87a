//! Kattis and ICPC problem packages: legacy, legacy-icpc, and 2025-09 with the drafts that led to it.
//!
//! The field names follow <https://www.kattis.com/problem-package-format/>.
//!
//! ```text
//! problem.yaml ──► config: version, type, who judges     limits: time, memory, sizes
//! data/        ──► data: tests and their settings ──► settings: testdata.yaml, test_group.yaml
//!                  rules: the tree of groups          extras: invalid and valid data
//! ```

mod config;
mod data;
mod extras;
mod limits;
mod rules;
mod settings;

use super::constants::Constants;
use super::fields::{Fields, scalar};
use super::load::MAX_CONFIG_BYTES;
use super::programs::Programs;
use super::statement;
use super::tree::{Budget, MAX_ALL_PROGRAMS_BYTES, Tree};
use crate::error::{LoadError, LoadErrorKind};
use crate::{Format, PrivateTests, Problem, Protocol, Task, Validation};

const CONFIG: &str = "problem.yaml";
const DATA: &str = "data";

pub(super) fn load(tree: &Tree) -> Result<Problem, LoadError> {
    let config = read_config(tree)?;
    let constants = Constants::read(&config)?;
    let mut warnings = Vec::new();
    let mut programs = Programs {
        tree,
        constants: &constants,
        budget: &mut Budget::new(MAX_ALL_PROGRAMS_BYTES),
        protocol: Protocol::Kattis,
    };
    let version = config::version(&config)?;
    let kind = config::kind(&config)?;
    let judging = config::judging(&config, &kind, version, &mut programs, &mut warnings)?;

    let found = data::find(tree, &mut warnings)?;
    if found.public.is_empty() && found.private.is_empty() {
        return Err(tree.error("", LoadErrorKind::NoTests));
    }
    if found.public.is_empty() {
        warnings.push("no sample data: nothing to filter candidates on".to_owned());
    }
    let mut settings = settings::SettingsReader::new(tree, &found.files, &constants);
    let tests = data::read(tree, &config, &found, &mut settings, &judging)?;
    let groups = rules::tree(&config, &kind, version, &found, &settings, &mut warnings)?;
    if let (None, Some(group)) = (&judging.static_validator, rules::validated(&groups)) {
        let message = "is validated by a program in `static_validator`, which is not there";
        warnings.push(format!("`{DATA}/{}` {message}", group.name));
    }

    let statement = statement::read(tree, &mut warnings)?;
    let statement = statement.map(|it| constants.put_into(it.into_bytes()));
    let statement = statement.map(|it| String::from_utf8_lossy(&it).into_owned());
    let title = match title(&config)? {
        Some(title) => Some(title),
        None => statement.as_deref().and_then(statement::title),
    };
    let package_flags = config.words("validator_flags")?.unwrap_or_default();
    let validation = Validation {
        input_validators: extras::validators(
            &mut programs,
            &["input_validators", "input_format_validators"],
            &mut warnings,
        ),
        answer_validators: extras::validators(
            &mut programs,
            &["answer_validators", "answer_format_validators"],
            &mut warnings,
        ),
        ..extras::cases(tree, &mut settings, &package_flags, &mut warnings)?
    };
    let languages = config.words("languages")?;
    let task = Task {
        id: tree.id(),
        title,
        statement,
        format: Format::Kattis,
        limits: limits::read(tree, &config, version, &mut warnings)?,
        checker: tests.checker,
        judging,
        objective: config::objective(&config, &kind)?,
        file_io: None,
        includes: programs.includes()?,
        languages: languages.filter(|it| it[..] != ["all"]),
        public_tests: tests.public,
        tags: config.words("keywords")?.unwrap_or_default(),
        rating: None,
    };
    Ok(Problem {
        task,
        private: PrivateTests::new(tests.private),
        groups,
        validation,
        warnings,
    })
}

/// What the reader of submissions needs: whether the package is of a legacy version, and its constants.
pub(super) fn version_and_constants(tree: &Tree) -> Result<(bool, Constants), LoadError> {
    let config = read_config(tree)?;
    let is_legacy = config::version(&config)? == config::Version::Legacy;
    Ok((is_legacy, Constants::read(&config)?))
}

fn read_config(tree: &Tree) -> Result<Fields<'_>, LoadError> {
    let bytes = tree.read_if_there(CONFIG, MAX_CONFIG_BYTES)?;
    Fields::from_yaml(tree, CONFIG, &bytes.unwrap_or_default())
}

fn title(config: &Fields<'_>) -> Result<Option<String>, LoadError> {
    config.read("name", "a text, or a text for each language", |value| {
        let name = match value {
            serde_json::Value::Object(names) => {
                names.get("en").or_else(|| names.values().next())?
            }
            other => other,
        };
        scalar(name)
    })
}
