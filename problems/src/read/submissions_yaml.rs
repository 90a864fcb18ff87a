//! `submissions/submissions.yaml` of the 2025-09 format: patterns, and what is said of the submissions
//! that they fit.

use serde_json::Value;

use super::expected::{of_folder, time_bound};
use super::fields::{Fields, number};
use super::load::MAX_CONFIG_BYTES;
use super::tree::{Tree, is_inside};
use crate::error::LoadError;
use crate::{Expectation, Glob, Rule, ScoreExpectation, TimeBound, Verdict, VerdictSet};

pub(super) const FILE: &str = "submissions/submissions.yaml";
/// The most alternatives that all patterns may stand for together.
const MAX_ALTERNATIVES: usize = 4_096;
/// The keys that are not names of tests.
const KEYS: [&str; 9] = [
    "language",
    "entrypoint",
    "authors",
    "model_solution",
    "permitted",
    "required",
    "score",
    "message",
    "use_for_time_limit",
];

/// What the file says; nothing where it is not there.
#[derive(Default)]
pub(super) struct SubmissionsYaml(Vec<Entry>);

/// What is said of the submissions that a pattern fits.
struct Entry {
    pattern: Glob,
    language: Option<String>,
    starts_at: Option<String>,
    rules: Vec<Rule>,
}

/// What the file says of one submission.
#[derive(Default)]
pub(super) struct Said {
    pub(super) language: Option<String>,
    pub(super) entry: Option<String>,
    /// Rules, those for a default folder's name first; `None` where no pattern fits.
    pub(super) rules: Option<Vec<Rule>>,
    /// Whether the folder's own name stands in the file, which overrides what it means.
    pub(super) overrides_folder: bool,
}

impl SubmissionsYaml {
    pub(super) fn read(tree: &Tree) -> Result<Self, LoadError> {
        let Some(bytes) = tree.read_if_there(FILE, MAX_CONFIG_BYTES)? else {
            return Ok(Self::default());
        };
        let fields = Fields::from_yaml(tree, FILE, &bytes)?;
        let mut n_alternatives = 0;
        let mut entries = Vec::new();
        for (name, value) in fields.entries() {
            let below = fields.below(name, value)?;
            let pattern = pattern(&fields, name, value, &mut n_alternatives)?;
            // What the format itself says of a folder of this name holds where nothing else is said.
            let folder = of_folder(name.trim_end_matches('/'), false);
            let default = folder.and_then(|it| it.rules.into_iter().next());
            let mut rules = Vec::new();
            rules.extend(rule(&below, default)?);
            for (tests, value) in below.entries().filter(|(it, _)| !KEYS.contains(it)) {
                let tests_pattern = self::pattern(&below, tests, value, &mut n_alternatives)?;
                let fields = below.below(tests, value)?;
                let tests = Some(tests_pattern);
                rules.extend(rule(&fields, None)?.map(|it| Rule { tests, ..it }));
            }
            let entry = below.text("entrypoint")?;
            if let Some(value) = below.get("entrypoint")
                && !entry.as_deref().is_some_and(is_inside)
            {
                return Err(below.error("entrypoint", value, "a name inside the submission"));
            }
            entries.push(Entry {
                pattern,
                language: below.text("language")?,
                starts_at: entry,
                rules,
            });
        }
        Ok(Self(entries))
    }

    /// Returns what is said of a submission, given its path below `submissions`.
    pub(super) fn of(&self, path: &str) -> Said {
        let mut said = Said::default();
        let folder = path.split('/').next().unwrap_or_default();
        for entry in self.0.iter().filter(|it| it.pattern.matches(path)) {
            said.language = said.language.or_else(|| entry.language.clone());
            said.entry = said.entry.or_else(|| entry.starts_at.clone());
            said.overrides_folder |= entry.pattern.as_str().trim_end_matches('/') == folder;
            if !entry.rules.is_empty() {
                let rules = said.rules.get_or_insert_default();
                rules.extend(entry.rules.iter().cloned());
            }
        }
        said
    }
}

impl Said {
    /// Returns what is expected of the submission, given what its folder's name says.
    pub(super) fn expectation(&mut self, folder: Option<Expectation>) -> Option<Expectation> {
        let Some(rules) = self.rules.take() else {
            return folder;
        };
        match folder.filter(|_| !self.overrides_folder) {
            Some(folder) => {
                let mut all = folder.rules;
                all.extend(rules);
                let joined = Expectation::of_rules(all);
                Some(Expectation {
                    verdicts: joined.verdicts.and(folder.verdicts),
                    score: joined.score.or(folder.score),
                    rules: joined.rules,
                })
            }
            None => Some(Expectation::of_rules(rules)),
        }
    }
}

fn pattern(
    fields: &Fields<'_>,
    text: &str,
    value: &Value,
    n_alternatives: &mut usize,
) -> Result<Glob, LoadError> {
    let glob = Glob::new(text);
    *n_alternatives += glob.as_ref().map_or(0, Glob::n_alternatives);
    let glob = glob.filter(|_| *n_alternatives <= MAX_ALTERNATIVES);
    let expected =
        "patterns of at most 1024 bytes whose braces stand for no more than 4096 names in all";
    glob.ok_or_else(|| fields.error(text, value, expected))
}

/// Reads what a map asks for; `None` where it asks for nothing.
fn rule(fields: &Fields<'_>, default: Option<Rule>) -> Result<Option<Rule>, LoadError> {
    let verdicts = |field| fields.read(field, "a list of AC, WA, TLE and RTE", verdict_set);
    let permitted = verdicts("permitted")?;
    let required = verdicts("required")?;
    let score = fields.read("score", "a number, or a list of two", |value| match value {
        Value::Array(items) => match &items[..] {
            [from, to] => Some(ScoreExpectation::Within(number(from)?, number(to)?)),
            _ => None,
        },
        one => number(one).map(|it| ScoreExpectation::Within(it, it)),
    })?;
    let message = fields.text("message")?.filter(|it| !it.is_empty());
    let expected = "`true`, `false`, `lower` or `upper`";
    let used = fields.read("use_for_time_limit", expected, |value| match value {
        Value::Bool(used) => Some(Use::Plain(*used)),
        Value::String(word) if word == "lower" => Some(Use::As(TimeBound::Lower)),
        Value::String(word) if word == "upper" => Some(Use::As(TimeBound::Upper)),
        _ => None,
    })?;
    let says_nothing = permitted.is_none() && required.is_none() && score.is_none();
    if says_nothing && message.is_none() && used.is_none() && default.is_none() {
        return Ok(None);
    }
    let default = default.unwrap_or_else(Rule::anything);
    let mut rule = Rule {
        tests: None,
        permitted: permitted.unwrap_or(default.permitted),
        required: required.unwrap_or(default.required),
        score,
        message,
        time_bound: None,
    };
    rule.time_bound = match used {
        None | Some(Use::Plain(true)) => time_bound(rule.permitted, rule.required),
        Some(Use::Plain(false)) => None,
        Some(Use::As(bound)) => {
            match bound {
                TimeBound::Lower => rule.permitted = rule.permitted.without(Verdict::Tle.into()),
                TimeBound::Upper => rule.required = Verdict::Tle.into(),
            }
            Some(bound)
        }
    };
    Ok(Some(rule))
}

/// What `use_for_time_limit` says.
enum Use {
    Plain(bool),
    As(TimeBound),
}

/// Reads a list of verdicts; the format knows four, and its RTE is every error at run time.
fn verdict_set(value: &Value) -> Option<VerdictSet> {
    let items = match value {
        Value::Array(items) => &items[..],
        one => std::slice::from_ref(one),
    };
    let verdicts = items.iter().map(|it| {
        Some(match it.as_str()? {
            "AC" => Verdict::Ac.into(),
            "WA" => Verdict::Wa.into(),
            "TLE" => Verdict::Tle.into(),
            "RTE" => VerdictSet::RUN_TIME_ERRORS,
            _ => return None,
        })
    });
    let join = |all: VerdictSet, it: Option<VerdictSet>| Some(all.or(it?));
    verdicts.into_iter().try_fold(VerdictSet::default(), join)
}
