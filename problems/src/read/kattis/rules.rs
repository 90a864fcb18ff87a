//! The tree of groups that a package's tests make, and the rule of each.

use std::collections::BTreeSet;

use super::DATA;
use super::config::{Kind, Version};
use super::data::Found;
use super::settings::{GROUP_FILES, SettingsReader};
use crate::error::{LoadError, LoadErrorKind};
use crate::read::fields::Fields;
use crate::read::load::MAX_GROUPS;
use crate::read::pairs::Pair;
use crate::read::submissions;
use crate::read::tree::Tree;
use crate::{
    Aggregation, GroupItem, GroupRule, LegacyRule, ModernRule, OnReject, ScoreMode,
    StaticValidation, TestGroup, VerdictMode,
};

/// The most that a group of the 2025-09 format can score, where it does not say.
const MAX_SCORE_OF_SECRET: f64 = 100.0;
/// The fields by which a modern package shows that it is graded as a legacy one is.
const LEGACY_FIELDS: [&str; 5] = [
    "grader_flags",
    "on_reject",
    "accept_score",
    "reject_score",
    "range",
];

pub(super) fn tree(
    config: &Fields<'_>,
    kind: &Kind,
    version: Version,
    found: &Found,
    settings: &SettingsReader<'_>,
    warnings: &mut Vec<String>,
) -> Result<TestGroup, LoadError> {
    let tree = config.tree();
    let mut builder = Builder {
        tree,
        reader: settings,
        config,
        scoring: kind.scoring,
        domjudge: false,
        found,
        warnings,
        n_groups: 0,
    };
    let is_legacy = match version {
        Version::Legacy => true,
        Version::Modern => builder.has_legacy_settings()?,
    };
    if !is_legacy {
        return builder.modern();
    }
    builder.domjudge = kind.scoring && submissions::has_expected_score(tree)?;
    let tests: Vec<&Pair> = found.public.iter().chain(&found.private).collect();
    builder.legacy("", &tests, &LegacyRule::default())
}

/// Returns a group with static validation.
pub(super) fn validated(root: &TestGroup) -> Option<&TestGroup> {
    let mut groups = root.groups().into_iter();
    groups.find(|it| it.static_validation.is_some())
}

struct Builder<'a> {
    tree: &'a Tree,
    reader: &'a SettingsReader<'a>,
    config: &'a Fields<'a>,
    scoring: bool,
    /// Whether scores are DOMjudge's: nothing is inherited.
    domjudge: bool,
    found: &'a Found,
    warnings: &'a mut Vec<String>,
    n_groups: usize,
}

impl<'a> Builder<'a> {
    /// Returns the settings of the group of a name, if it has a file.
    fn settings(&self, group: &str) -> Result<Option<Fields<'a>>, LoadError> {
        for name in GROUP_FILES {
            let file = match group {
                "" => format!("{DATA}/{name}"),
                _ => format!("{DATA}/{group}/{name}"),
            };
            if let Some(fields) = self.reader.fields(&file)? {
                return Ok(Some(fields));
            }
        }
        Ok(None)
    }

    fn has_legacy_settings(&self) -> Result<bool, LoadError> {
        for file in &self.found.files {
            let folder = file.strip_suffix("/testdata.yaml");
            let Some(folder) = folder.and_then(|it| it.strip_prefix(DATA)) else {
                continue;
            };
            let fields = self.settings(folder.trim_start_matches('/'))?;
            if fields.is_some_and(|it| LEGACY_FIELDS.iter().any(|name| it.get(name).is_some())) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn count(&mut self, group: &str) -> Result<(), LoadError> {
        self.n_groups += 1;
        if self.n_groups > MAX_GROUPS {
            let kind = LoadErrorKind::TooManyGroups { limit: MAX_GROUPS };
            return Err(self.tree.error(&format!("{DATA}/{group}"), kind));
        }
        Ok(())
    }

    /// Builds the group of some tests, given in byte order of path; every folder is one.
    fn legacy(
        &mut self,
        name: &str,
        tests: &[&Pair],
        above: &LegacyRule,
    ) -> Result<TestGroup, LoadError> {
        self.count(name)?;
        let settings = self.settings(name)?;
        let has_settings = settings.is_some();
        let rule = match (settings, self.domjudge) {
            (Some(fields), false) => self.legacy_rule(&fields, above.clone())?,
            (None, false) => above.clone(),
            (settings, true) => {
                let nothing = LegacyRule {
                    accept_score: None,
                    ..LegacyRule::default()
                };
                settings.map_or(Ok(nothing.clone()), |it| self.legacy_rule(&it, nothing))?
            }
        };
        let mut items = Vec::new();
        let mut rest = tests;
        while let Some((first, others)) = rest.split_first() {
            let Some(subgroup) = subgroup_of(&first.name, name) else {
                items.push(item(first));
                rest = others;
                continue;
            };
            let subgroup = subgroup.to_owned();
            let same = |it: &&&Pair| subgroup_of(&it.name, name) == Some(&subgroup);
            let (inside, after) = rest.split_at(rest.iter().take_while(same).count());
            items.push(GroupItem::Group(self.legacy(&subgroup, inside, &rule)?));
            rest = after;
        }
        let rule = match (self.domjudge, has_settings) {
            (false, _) => GroupRule::Legacy(self.with_package_settings(rule)?),
            (true, true) => GroupRule::Domjudge(rule),
            // Without settings DOMjudge gives no score.
            (true, false) => GroupRule::AllAccepted,
        };
        Ok(TestGroup {
            name: name.to_owned(),
            items,
            rule,
            static_validation: None,
        })
    }

    fn legacy_rule(
        &mut self,
        fields: &Fields<'_>,
        mut rule: LegacyRule,
    ) -> Result<LegacyRule, LoadError> {
        let on_reject = fields.read("on_reject", "`break` or `continue`", |value| {
            match value.as_str()? {
                "break" => Some(OnReject::Break),
                "continue" => Some(OnReject::Continue),
                _ => None,
            }
        })?;
        rule.on_reject = on_reject.unwrap_or(rule.on_reject);
        let custom = fields.read("grading", "`default` or `custom`", |value| {
            match value.as_str()? {
                "default" => Some(false),
                "custom" => Some(true),
                _ => None,
            }
        })?;
        rule.custom = custom.unwrap_or(rule.custom);
        if let Some(flags) = fields.words("grader_flags")? {
            // A program of the package has flags of its own.
            for flag in unknown_flags(&flags).filter(|_| !rule.custom) {
                let file = fields.file();
                self.warnings
                    .push(format!("`{file}`: unknown grader flag `{flag}`"));
            }
            let of_flags = grader(flags);
            rule = LegacyRule {
                flags: of_flags.flags,
                verdict: of_flags.verdict,
                score: of_flags.score,
                ignore_sample: of_flags.ignore_sample,
                accept_if_any_accepted: of_flags.accept_if_any_accepted,
                ..rule
            };
        }
        if let Some(score) = fields.number("accept_score")? {
            rule.accept_score = Some(score);
            rule.accept_is_whole = is_written_whole(fields, "accept_score");
        }
        if let Some(score) = fields.number("reject_score")? {
            rule.reject_score = score;
            rule.reject_is_whole = is_written_whole(fields, "reject_score");
        }
        rule.range = range(fields, "range")?.unwrap_or(rule.range);
        Ok(rule)
    }

    /// Lets the settings of `problem.yaml` hold over those of groups, as problemtools does: they are
    /// older than the format's name.
    fn with_package_settings(&self, mut rule: LegacyRule) -> Result<LegacyRule, LoadError> {
        let config = self.config;
        // Unlike those of groups, they are all read as floats.
        if let Some(score) = config.number("grading.accept_score")? {
            (rule.accept_score, rule.accept_is_whole) = (Some(score), false);
        }
        if let Some(score) = config.number("grading.reject_score")? {
            (rule.reject_score, rule.reject_is_whole) = (score, false);
        }
        rule.range = range(config, "grading.range")?.unwrap_or(rule.range);
        match config.text("grading.on_reject")?.as_deref() {
            Some("first_error") => rule.on_reject = OnReject::Break,
            Some("grade") => rule.on_reject = OnReject::Continue,
            _ => {}
        }
        Ok(rule)
    }

    /// Builds the tree of the 2025-09 format: groups are folders of `secret` that have a file.
    fn modern(&mut self) -> Result<TestGroup, LoadError> {
        let mut secret = self.modern_group("secret")?;
        let mut tests: &[Pair] = &self.found.private;
        let mut folders = BTreeSet::new();
        for file in &self.found.files {
            let below = file.strip_prefix("data/secret/");
            if let Some((folder, name)) = below.and_then(|it| it.split_once('/'))
                && GROUP_FILES.contains(&name)
            {
                folders.insert(folder.to_owned());
            }
        }
        while let Some((first, others)) = tests.split_first() {
            let subgroup = subgroup_of(&first.name, "secret");
            let folder = subgroup.map(|it| &it["secret/".len()..]);
            let Some(folder) = folder.and_then(|it| folders.take(it)) else {
                secret.items.push(item(first));
                tests = others;
                continue;
            };
            let mut group = self.modern_group(&format!("secret/{folder}"))?;
            let same = |it: &&Pair| subgroup_of(&it.name, "secret") == Some(&group.name);
            let (inside, after) = tests.split_at(tests.iter().take_while(same).count());
            group.items = inside.iter().map(item).collect();
            secret.items.push(GroupItem::Group(group));
            tests = after;
        }
        // A group may have no tests and still be one more check of the source.
        for folder in folders {
            let group = self.modern_group(&format!("secret/{folder}"))?;
            if group.static_validation.is_some() {
                secret.items.push(GroupItem::Group(group));
            }
        }
        if self.scoring {
            self.warn_of_bounds(&secret);
        }
        let mut sample = self.modern_group("sample")?;
        sample.rule = GroupRule::AllAccepted;
        sample.items = self.found.public.iter().map(item).collect();
        Ok(TestGroup {
            items: vec![GroupItem::Group(sample), GroupItem::Group(secret)],
            ..TestGroup::default()
        })
    }

    fn warn_of_bounds(&mut self, secret: &TestGroup) {
        let GroupRule::Modern(ModernRule {
            max_score: Some(_), ..
        }) = &secret.rule
        else {
            return;
        };
        for item in &secret.items {
            if let GroupItem::Group(group) = item
                && let GroupRule::Modern(ModernRule {
                    max_score: None, ..
                }) = &group.rule
            {
                let message = "has no `max_score`, though `secret` has one";
                self.warnings
                    .push(format!("`data/{}` {message}", group.name));
            }
        }
    }

    fn modern_group(&mut self, name: &str) -> Result<TestGroup, LoadError> {
        self.count(name)?;
        let is_secret = name == "secret";
        let mut rule = ModernRule {
            max_score: is_secret.then_some(MAX_SCORE_OF_SECRET),
            aggregation: if is_secret {
                Aggregation::Sum
            } else {
                Aggregation::PassFail
            },
            require_pass: Vec::new(),
        };
        let mut static_validation = None;
        if let Some(fields) = self.settings(name)? {
            // `scoring` is what a draft had.
            for (max_score, aggregation, require_pass) in [
                ("max_score", "score_aggregation", "require_pass"),
                (
                    "scoring.score",
                    "scoring.aggregation",
                    "scoring.require_pass",
                ),
            ] {
                max_score_in(&fields, max_score, &mut rule.max_score)?;
                rule.aggregation =
                    aggregation_in(&fields, aggregation)?.unwrap_or(rule.aggregation);
                rule.require_pass = fields.words(require_pass)?.unwrap_or(rule.require_pass);
            }
            let expected = "a number of at least 0, or `pass-fail`";
            let most = fields.read("static_validation_score", expected, |value| {
                match value.as_str() {
                    Some("pass-fail") => Some(None),
                    _ => value.as_f64().filter(|it| *it >= 0.0).map(Some),
                }
            })?;
            let args = fields.words("static_validator_args")?.unwrap_or_default();
            static_validation = most.map(|max_score| StaticValidation { max_score, args });
        }
        Ok(TestGroup {
            name: name.to_owned(),
            items: Vec::new(),
            rule: if self.scoring {
                GroupRule::Modern(rule)
            } else {
                GroupRule::AllAccepted
            },
            static_validation,
        })
    }
}

fn item(pair: &(impl std::borrow::Borrow<Pair> + ?Sized)) -> GroupItem {
    GroupItem::Test {
        name: pair.borrow().name.clone(),
        points: None,
    }
}

/// Returns the path of the group of a group that a test is in; `None` if it is in the group itself.
fn subgroup_of<'a>(test: &'a str, group: &str) -> Option<&'a str> {
    let start = if group.is_empty() { 0 } else { group.len() + 1 };
    let length = test[start..].find('/')?;
    Some(&test[..start + length])
}

/// Reads the flags of the default grader: of two that contradict each other, the last counts.
fn grader(flags: Vec<String>) -> LegacyRule {
    let mut rule = LegacyRule::default();
    for flag in &flags {
        match flag.as_str() {
            "worst_error" | "no_errors" => rule.verdict = VerdictMode::WorstError,
            "first_error" => rule.verdict = VerdictMode::FirstError,
            "always_accept" => rule.verdict = VerdictMode::AlwaysAccept,
            "sum" => rule.score = ScoreMode::Sum,
            "avg" => rule.score = ScoreMode::Avg,
            "min" => rule.score = ScoreMode::Min,
            "max" => rule.score = ScoreMode::Max,
            "ignore_sample" => rule.ignore_sample = true,
            "accept_if_any_accepted" => rule.accept_if_any_accepted = true,
            _ => {}
        }
    }
    LegacyRule { flags, ..rule }
}

fn unknown_flags(flags: &[String]) -> impl Iterator<Item = &String> {
    const KNOWN: [&str; 10] = [
        "worst_error",
        "no_errors",
        "first_error",
        "always_accept",
        "sum",
        "avg",
        "min",
        "max",
        "ignore_sample",
        "accept_if_any_accepted",
    ];
    flags.iter().filter(|it| !KNOWN.contains(&it.as_str()))
}

/// Returns true if a number has neither point nor exponent.
fn is_written_whole(fields: &Fields<'_>, field: &str) -> bool {
    fields
        .get(field)
        .is_some_and(|it| it.is_i64() || it.is_u64())
}

/// Reads two numbers, the first not above the second; infinite ones too.
fn range(fields: &Fields<'_>, field: &str) -> Result<Option<(f64, f64)>, LoadError> {
    let expected = "two numbers, the first not above the second";
    let Some(words) = fields.words(field)? else {
        return Ok(None);
    };
    let numbers: Option<Vec<f64>> = words.iter().map(|it| it.parse().ok()).collect();
    match numbers.as_deref() {
        Some(&[from, to]) if from <= to => Ok(Some((from, to))),
        _ => Err(fields.error(field, &words.join(" ").into(), expected)),
    }
}

/// Reads a greatest score over the one that is there: `None` for no bound.
fn max_score_in(
    fields: &Fields<'_>,
    field: &str,
    max_score: &mut Option<f64>,
) -> Result<(), LoadError> {
    let expected = "a number of at least 0, or `unbounded`";
    let found = fields.read(field, expected, |value| match value.as_str() {
        Some("unbounded") => Some(None),
        _ => value.as_f64().filter(|it| *it >= 0.0).map(Some),
    })?;
    *max_score = found.unwrap_or(*max_score);
    Ok(())
}

fn aggregation_in(fields: &Fields<'_>, field: &str) -> Result<Option<Aggregation>, LoadError> {
    fields.read(field, "`pass-fail`, `sum` or `min`", |value| {
        match value.as_str()? {
            "pass-fail" => Some(Aggregation::PassFail),
            "sum" => Some(Aggregation::Sum),
            "min" => Some(Aggregation::Min),
            _ => None,
        }
    })
}
