//! Groups of tests: the tree that a package makes of them, and the rule by which each group is
//! judged. The rules are followed in [`score`](crate::score).

use std::borrow::Cow;

/// A group of tests.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TestGroup {
    /// Path of the group, parts joined by `/`: `secret/subtask1`. Empty for the whole.
    pub name: String,
    /// What is in it, in the order of judging.
    pub items: Vec<GroupItem>,
    /// How its verdict and score come from those of its items.
    pub rule: GroupRule,
    /// The check of the source text that the group counts as one more test.
    pub static_validation: Option<StaticValidation>,
}

/// What a group holds.
#[derive(Clone, Debug, PartialEq)]
pub enum GroupItem {
    /// A test.
    Test {
        /// The test's name, unique in the problem.
        name: String,
        /// What it is worth, where it says so itself.
        points: Option<f64>,
    },
    /// A group.
    Group(TestGroup),
}

/// How a group's verdict and score come from those of its items.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum GroupRule {
    /// Accepted if every item is, otherwise the first failure; no score of its own. If exactly one
    /// item may have a score (`secret`), that is the group's.
    #[default]
    AllAccepted,
    /// The grader of legacy Kattis packages.
    Legacy(LegacyRule),
    /// What DOMjudge makes of the same settings.
    Domjudge(LegacyRule),
    /// The 2025-09 format.
    Modern(ModernRule),
    /// Polygon.
    Polygon(PolygonRule),
}

/// The settings of the legacy grader.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the format's own switches, and how it writes numbers"
)]
pub struct LegacyRule {
    /// What follows a failure. Default: [`OnReject::Break`].
    pub on_reject: OnReject,
    /// Whether a program of the package grades in the place of what follows. Default: no.
    pub custom: bool,
    /// The arguments of the grader, as they stand.
    pub flags: Vec<String>,
    /// How verdicts are joined. Default: the worst.
    pub verdict: VerdictMode,
    /// How scores are joined. Default: their sum.
    pub score: ScoreMode,
    /// Whether all but the last of at most two items is left out. Default: no.
    pub ignore_sample: bool,
    /// Whether one accepted item is enough. Default: no.
    pub accept_if_any_accepted: bool,
    /// Score of an accepted test that has none. Default: 1; in a group that DOMjudge judges `None`,
    /// which gives nothing.
    pub accept_score: Option<f64>,
    /// Score of a failed test. Default: 0.
    pub reject_score: f64,
    /// Whether `accept_score` is written as a whole number, as which a program that grades is then given it: `30`, and
    /// not `30.0`. Default: no.
    pub accept_is_whole: bool,
    /// Whether `reject_score` is, likewise.
    pub reject_is_whole: bool,
    /// The least and the greatest score that the group can have. Default: infinite.
    pub range: (f64, f64),
}

/// What follows a failure in a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnReject {
    /// The rest of the group is left out.
    #[default]
    Break,
    /// The rest of the group is judged too.
    Continue,
}

/// How the legacy grader joins verdicts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VerdictMode {
    /// Accepted if all are, otherwise the first of JE, RTE, MLE, TLE, OLE, WA that is there.
    #[default]
    WorstError,
    /// Accepted if all are, otherwise the first failure.
    FirstError,
    /// Always accepted.
    AlwaysAccept,
}

/// How the legacy grader joins scores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScoreMode {
    /// Their sum.
    #[default]
    Sum,
    /// Their mean.
    Avg,
    /// The least.
    Min,
    /// The greatest.
    Max,
}

/// The settings of a group of the 2025-09 format.
#[derive(Clone, Debug, PartialEq)]
pub struct ModernRule {
    /// The most that the group can score; `None` for no bound.
    pub max_score: Option<f64>,
    /// How scores are joined.
    pub aggregation: Aggregation,
    /// The groups whose tests must all be accepted before this one counts.
    pub require_pass: Vec<String>,
}

/// How the 2025-09 format joins scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregation {
    /// All or nothing.
    PassFail,
    /// Their sum.
    Sum,
    /// The least.
    Min,
}

/// The settings of a Polygon group.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PolygonRule {
    /// Whether the group's points need all of its tests. Default: no, each test has its own.
    pub complete: bool,
    /// The points of a complete group. Default: those of its tests together.
    pub points: Option<f64>,
    /// The groups whose tests must all be accepted before this one counts.
    pub require_pass: Vec<String>,
}

/// The check of the source text that a group counts as one more test.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StaticValidation {
    /// The most that it can score; `None` if it only passes or fails.
    pub max_score: Option<f64>,
    /// Arguments of the validator.
    pub args: Vec<String>,
}

impl Default for LegacyRule {
    fn default() -> Self {
        Self {
            on_reject: OnReject::Break,
            custom: false,
            flags: Vec::new(),
            verdict: VerdictMode::WorstError,
            score: ScoreMode::Sum,
            ignore_sample: false,
            accept_if_any_accepted: false,
            accept_score: Some(1.0),
            reject_score: 0.0,
            accept_is_whole: false,
            reject_is_whole: false,
            range: (f64::NEG_INFINITY, f64::INFINITY),
        }
    }
}

impl TestGroup {
    /// Returns a group that accepts if all of its tests are accepted, given by name.
    pub fn of_tests<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let item = |name: &str| GroupItem::Test {
            name: name.to_owned(),
            points: None,
        };
        Self {
            items: names.into_iter().map(item).collect(),
            ..Self::default()
        }
    }

    /// Returns the names of its tests and of those of the groups below it, in the order of judging.
    pub fn tests(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.collect_tests(&mut names);
        names
    }

    fn collect_tests<'a>(&'a self, names: &mut Vec<&'a str>) {
        for item in &self.items {
            match item {
                GroupItem::Test { name, .. } => names.push(name),
                GroupItem::Group(group) => group.collect_tests(names),
            }
        }
    }

    /// Returns itself and the groups below it, each before those below it.
    pub fn groups(&self) -> Vec<&Self> {
        let mut groups = vec![self];
        let mut at = 0;
        while let Some(group) = groups.get(at).copied() {
            let below = group.items.iter().filter_map(|it| match it {
                GroupItem::Group(group) => Some(group),
                GroupItem::Test { .. } => None,
            });
            at += 1;
            groups.splice(at..at, below);
        }
        groups
    }

    /// Returns the name under which the outcome of its static validation is looked up.
    pub fn static_test(&self) -> Option<Cow<'static, str>> {
        self.static_validation.as_ref()?;
        Some(match self.name.as_str() {
            "" => Cow::Borrowed("static validation"),
            name => Cow::Owned(format!("{name}/static validation")),
        })
    }

    /// Returns the least and the greatest score that its own settings allow.
    pub fn range(&self) -> (f64, f64) {
        match &self.rule {
            GroupRule::AllAccepted => match self.scored_item() {
                Some(group) => group.range(),
                None => (f64::NEG_INFINITY, f64::INFINITY),
            },
            GroupRule::Legacy(rule) | GroupRule::Domjudge(rule) => rule.range,
            GroupRule::Modern(rule) => (0.0, rule.max_score.unwrap_or(f64::INFINITY)),
            GroupRule::Polygon(_) => (0.0, f64::INFINITY),
        }
    }

    /// Returns the one group in it that has a score.
    pub(crate) fn scored_item(&self) -> Option<&Self> {
        let mut scored = self.items.iter().filter_map(|it| match it {
            GroupItem::Group(group) if group.rule != GroupRule::AllAccepted => Some(group),
            _ => None,
        });
        scored.next().filter(|_| scored.next().is_none())
    }
}
