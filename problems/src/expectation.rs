//! What the author of a submission expects of it: verdicts, a score, rules for single tests.
//!
//! Where an expectation comes from (a folder's name, a tag, `submissions.yaml`), the readers know.

use std::fmt;

use crate::glob::Glob;
use crate::{Outcome, Verdict};

/// What is expected of a submission.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// The verdicts of the whole that meet it.
    pub verdicts: VerdictSet,
    /// The score that meets it; `None` where any does.
    pub score: Option<ScoreExpectation>,
    /// Rules for tests, which must all hold. They say more than `verdicts` where all tests were run.
    pub rules: Vec<Rule>,
}

/// What the tests that a rule is for must come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// The tests that it is for, by name; `None` for all.
    pub tests: Option<Glob>,
    /// Every test must have one of these verdicts.
    pub permitted: VerdictSet,
    /// At least one test must have one of these.
    pub required: VerdictSet,
    /// The score of the group that the pattern names, or of the whole.
    pub score: Option<ScoreExpectation>,
    /// A text that some message of the judge must contain.
    pub message: Option<String>,
    /// How the slowest of these tests bounds a time limit that is derived.
    pub time_bound: Option<TimeBound>,
}

/// How a submission's time bounds a time limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeBound {
    /// The limit must be above it.
    Lower,
    /// The limit must be below it.
    Upper,
}

/// The score that is expected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ScoreExpectation {
    /// From one to the other, both included.
    Within(f64, f64),
    /// Neither the least nor the greatest of the group's range.
    Partial,
}

/// A set of verdicts.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct VerdictSet(u16);

impl VerdictSet {
    /// What one run of a program can come to: all but CE and JE.
    pub const RUN: Self = Self::of(&[
        Verdict::Ac,
        Verdict::Wa,
        Verdict::Tle,
        Verdict::Mle,
        Verdict::Ole,
        Verdict::Rte,
    ]);
    /// Every failure of a run.
    pub const FAILURES: Self = Self::of(&[
        Verdict::Wa,
        Verdict::Tle,
        Verdict::Mle,
        Verdict::Ole,
        Verdict::Rte,
    ]);
    /// What formats that know no other limits call a run-time error.
    pub const RUN_TIME_ERRORS: Self = Self::of(&[Verdict::Mle, Verdict::Ole, Verdict::Rte]);

    /// Makes a set.
    pub const fn of(verdicts: &[Verdict]) -> Self {
        let (mut bits, mut at) = (0, 0);
        while at < verdicts.len() {
            bits |= 1 << verdicts[at] as u16;
            at += 1;
        }
        Self(bits)
    }

    /// Returns true if the verdict is in it.
    pub const fn contains(self, verdict: Verdict) -> bool {
        self.0 & (1 << verdict as u16) != 0
    }

    /// Returns true if it has none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns what is in either.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns what is in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Returns what is not in the other.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Returns the verdicts in it, in the order of [`Verdict::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Verdict> {
        Verdict::ALL
            .into_iter()
            .filter(move |it| self.contains(*it))
    }

    /// Returns the one verdict that it comes to: its only one, or RTE for a set of run-time errors.
    pub fn single(self) -> Option<Verdict> {
        let mut all = self.iter();
        match (all.next(), all.next()) {
            (Some(only), None) => Some(only),
            _ => (self == Self::RUN_TIME_ERRORS).then_some(Verdict::Rte),
        }
    }
}

impl From<Verdict> for VerdictSet {
    fn from(verdict: Verdict) -> Self {
        Self::of(&[verdict])
    }
}

impl fmt::Debug for VerdictSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl fmt::Display for VerdictSet {
    /// Writes `AC, WA`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = self.iter().map(Verdict::as_str).collect();
        f.pad(&words.join(", "))
    }
}

impl Expectation {
    /// Expects verdicts of the whole, and nothing else.
    pub fn of(verdicts: impl Into<VerdictSet>) -> Self {
        Self {
            verdicts: verdicts.into(),
            score: None,
            rules: Vec::new(),
        }
    }

    /// Expects what rules ask for. Given the first failure alone, what is known of the whole is what
    /// they permit for all tests, and that it is not accepted where some failure is required.
    pub fn of_rules(rules: Vec<Rule>) -> Self {
        let for_all = || rules.iter().filter(|it| it.tests.is_none());
        let permitted = for_all().fold(VerdictSet::RUN, |set, it| set.and(it.permitted));
        let accepted = VerdictSet::from(Verdict::Ac);
        let may_be_accepted = for_all().all(|it| it.required.contains(Verdict::Ac));
        let verdicts = if may_be_accepted {
            permitted
        } else {
            permitted.without(accepted)
        };
        Self {
            verdicts,
            score: for_all().find_map(|it| it.score),
            rules,
        }
    }

    /// Returns the one verdict that it comes to; `None` where several meet it, or where a verdict
    /// without its score says too little.
    pub fn single(&self) -> Option<Verdict> {
        let is_partial = self.score == Some(ScoreExpectation::Partial);
        self.verdicts.single().filter(|_| !is_partial)
    }

    /// Returns true if the verdict of the whole meets it.
    pub fn is_met_by(&self, verdict: Verdict) -> bool {
        self.verdicts.contains(verdict)
    }

    /// Returns the first rule that the outcomes of all tests break, given by name.
    pub fn broken_rule<'a>(
        &self,
        outcomes: &(impl Iterator<Item = (&'a str, Outcome)> + Clone),
    ) -> Option<&Rule> {
        self.rules.iter().find(|rule| {
            let concerns = |name: &str| rule.tests.as_ref().is_none_or(|it| it.matches(name));
            let verdicts = || {
                let ours = outcomes.clone().filter(|(name, _)| concerns(name));
                ours.map(|(_, outcome)| outcome.verdict)
            };
            // A rule for tests that are not there asks for nothing.
            let requires = verdicts().next().is_some();
            !verdicts().all(|it| rule.permitted.contains(it))
                || (requires && !verdicts().any(|it| rule.required.contains(it)))
        })
    }

    /// Returns how the submission's time on a test bounds a time limit that is derived.
    pub fn time_bound(&self, test: &str) -> Option<TimeBound> {
        let ours = |it: &&Rule| it.tests.as_ref().is_none_or(|glob| glob.matches(test));
        self.rules.iter().filter(ours).find_map(|it| it.time_bound)
    }
}

impl ScoreExpectation {
    /// Returns true if a score meets it, in a group whose scores have the range.
    pub fn is_met_by(self, score: f64, (least, greatest): (f64, f64)) -> bool {
        match self {
            Self::Within(from, to) => (from..=to).contains(&score),
            Self::Partial => least < score && score < greatest,
        }
    }
}

impl Rule {
    /// Returns a rule that permits and requires anything.
    pub(crate) fn anything() -> Self {
        Self {
            tests: None,
            permitted: VerdictSet::RUN,
            required: VerdictSet::RUN,
            score: None,
            message: None,
            time_bound: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Verdict::{Ac, Mle, Ole, Rte, Tle, Wa};

    #[test]
    fn a_set_comes_to_one_verdict_or_none() {
        assert_eq!(VerdictSet::from(Wa).single(), Some(Wa));
        assert_eq!(VerdictSet::RUN_TIME_ERRORS.single(), Some(Rte));
        assert_eq!(VerdictSet::of(&[Ac, Wa]).single(), None);
        assert_eq!(VerdictSet::default().single(), None);
        assert_eq!(VerdictSet::of(&[Wa, Ac]).to_string(), "AC, WA");
        assert_eq!(
            VerdictSet::of(&[Rte, Mle, Ole]),
            VerdictSet::RUN_TIME_ERRORS
        );
    }

    #[test]
    fn rules_say_which_verdicts_the_whole_can_have() {
        let rule = |permitted, required| Rule {
            permitted,
            required,
            ..Rule::anything()
        };
        let accepted = rule(Ac.into(), VerdictSet::RUN);
        assert_eq!(Expectation::of_rules(vec![accepted]).single(), Some(Ac));
        let slow = rule(VerdictSet::of(&[Ac, Tle]), Tle.into());
        assert_eq!(
            Expectation::of_rules(vec![slow.clone()]).single(),
            Some(Tle)
        );
        let rejected = rule(VerdictSet::RUN, VerdictSet::FAILURES);
        assert_eq!(
            Expectation::of_rules(vec![rejected.clone()]).verdicts,
            VerdictSet::FAILURES
        );
        assert_eq!(
            Expectation::of_rules(vec![rejected, slow]).single(),
            Some(Tle)
        );
        // A rule for some tests says nothing of the whole.
        let some = Rule {
            tests: Glob::new("sample"),
            ..rule(Wa.into(), Wa.into())
        };
        assert_eq!(Expectation::of_rules(vec![some]).verdicts, VerdictSet::RUN);
    }

    #[test]
    fn the_broken_rule_is_found() {
        let rule = |tests: &str, permitted: VerdictSet, required: VerdictSet| Rule {
            tests: Glob::new(tests),
            permitted,
            required,
            ..Rule::anything()
        };
        let expected = Expectation::of_rules(vec![
            rule("sample", Ac.into(), VerdictSet::RUN),
            rule("secret/*-hard", VerdictSet::of(&[Ac, Tle]), Tle.into()),
            rule("nowhere", Ac.into(), Ac.into()),
        ]);
        let broken = |outcomes: &[(&str, Verdict)]| {
            let outcomes = outcomes
                .iter()
                .map(|(name, it)| (*name, Outcome::from(*it)));
            expected
                .broken_rule(&outcomes)
                .map(|it| it.tests.as_ref().unwrap().as_str())
        };
        assert_eq!(
            broken(&[("sample/1", Ac), ("secret/1-hard", Tle), ("secret/2", Wa)]),
            None
        );
        assert_eq!(
            broken(&[("sample/1", Wa), ("secret/1-hard", Tle)]),
            Some("sample")
        );
        assert_eq!(
            broken(&[("sample/1", Ac), ("secret/1-hard", Ac)]),
            Some("secret/*-hard")
        );
        assert_eq!(
            broken(&[("sample/1", Ac), ("secret/1-hard", Wa)]),
            Some("secret/*-hard")
        );
    }

    #[test]
    fn a_partial_score_is_neither_least_nor_greatest() {
        let range = (0.0, 100.0);
        assert!(ScoreExpectation::Partial.is_met_by(50.0, range));
        assert!(!ScoreExpectation::Partial.is_met_by(0.0, range));
        assert!(!ScoreExpectation::Partial.is_met_by(100.0, range));
        assert!(ScoreExpectation::Within(50.0, 50.0).is_met_by(50.0, range));
        assert!(!ScoreExpectation::Within(0.0, 49.0).is_met_by(50.0, range));
    }
}
