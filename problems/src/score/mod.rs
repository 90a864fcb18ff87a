//! From the outcomes of single tests to the verdict and the score of a submission, as each format
//! says.
//!
//! Pure: nothing here runs a program. Who does, asks [`next_test`] what to run and [`grade`] at the
//! end; both see outcomes through a function from a test's name, and a grader that is a program, where a
//! package has one, through another ([`grade_with`], [`next_test_with`]).

mod kattis;
mod polygon;
mod program;

use std::collections::BTreeSet;

pub use self::program::{GraderAnswer, read_grader_answer};

use crate::{GroupItem, GroupRule, TestGroup, Verdict};

/// What came of one test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// The verdict.
    pub verdict: Verdict,
    /// The score that the judge gave (`score.txt`, or the points of a testlib checker).
    pub score: Option<f64>,
    /// The part of the test's most possible score that the judge gave (`score_multiplier.txt`), from
    /// 0 to 1.
    pub multiplier: Option<f64>,
}

impl From<Verdict> for Outcome {
    fn from(verdict: Verdict) -> Self {
        Self {
            verdict,
            score: None,
            multiplier: None,
        }
    }
}

/// The verdict and score of a group.
#[derive(Clone, Debug, PartialEq)]
pub struct Grade {
    /// The group's name; empty for the whole.
    pub group: String,
    /// Its verdict.
    pub verdict: Verdict,
    /// Its score; `None` where the group's rule gives none, or after a judge error.
    pub score: Option<f64>,
    /// Why the verdict is a judge error, where that is found here.
    pub fault: Option<String>,
    /// The grades of the groups in it that were judged.
    pub groups: Vec<Self>,
}

impl Grade {
    /// Returns what was wrong first, in itself or below.
    pub fn first_fault(&self) -> Option<&str> {
        let below = || self.groups.iter().find_map(Self::first_fault);
        self.fault.as_deref().or_else(below)
    }
}

/// Grades a submission from the outcomes of its tests. A test that has to count and has no outcome is
/// a judge error: nothing is accepted because it was left out. So is a group that a program grades.
pub fn grade(root: &TestGroup, outcome_of: impl Fn(&str) -> Option<Outcome>) -> Grade {
    grade_with(root, outcome_of, no_program)
}

/// Grades a submission as [`grade`] does, and lets `ask` grade the groups that a program of the package grades, those
/// inside first.
///
/// `ask` is given the program's arguments and what it reads, a line for each item, `AC 30.0`; `Err` says why there is no
/// answer, and makes the group a judge error. It may be asked the same more than once.
pub fn grade_with(
    root: &TestGroup,
    outcome_of: impl Fn(&str) -> Option<Outcome>,
    ask: impl Fn(&[String], &str) -> Result<GraderAnswer, String>,
) -> Grade {
    let grader = Grader {
        root,
        outcome_of: &outcome_of,
        ask: &ask,
    };
    grader.group(root).unwrap_or_else(|| Grade::of(root))
}

/// Returns the test to run next, given the outcomes that are there; `None` if those that are left
/// cannot change the grade.
///
/// The checks of the source text are no such tests: who has a validator for them asks it first. A group whose check
/// failed ends as after a failure. A group that requires another is left out once that has failed; a legacy group ends at its first
/// failure if it says so, and a group that has no score and is all or nothing always does.
pub fn next_test(root: &TestGroup, outcome_of: impl Fn(&str) -> Option<Outcome>) -> Option<&str> {
    next_test_with(root, outcome_of, no_program)
}

/// Returns the test to run next as [`next_test`] does, where a program grades; `ask` is as in [`grade_with`].
pub fn next_test_with(
    root: &TestGroup,
    outcome_of: impl Fn(&str) -> Option<Outcome>,
    ask: impl Fn(&[String], &str) -> Result<GraderAnswer, String>,
) -> Option<&str> {
    let grader = Grader {
        root,
        outcome_of: &outcome_of,
        ask: &ask,
    };
    grader.next_in(root)
}

fn no_program(_: &[String], _: &str) -> Result<GraderAnswer, String> {
    Err("the group is graded by a program of the package".to_owned())
}

/// Whether the tests of a group were all accepted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Passed {
    Yes,
    /// The first failure.
    No(Verdict),
    /// None failed, but some have no outcome.
    Unknown,
}

/// What was seen of the groups that others require.
#[derive(Default)]
struct Walk<'a> {
    above: Vec<&'a str>,
    done: BTreeSet<&'a str>,
    met_unknown: bool,
}

/// Returns the names of the groups that a group requires.
fn required_by(group: &TestGroup) -> &[String] {
    match &group.rule {
        GroupRule::Modern(rule) => &rule.require_pass,
        GroupRule::Polygon(rule) => &rule.require_pass,
        _ => &[],
    }
}

struct Grader<'t, 'f> {
    root: &'t TestGroup,
    outcome_of: &'f (dyn Fn(&str) -> Option<Outcome> + 'f),
    ask: &'f program::Ask<'f>,
}

impl<'t> Grader<'t, '_> {
    /// Grades a group; `None` for one without tests, which counts nowhere.
    fn group(&self, group: &TestGroup) -> Option<Grade> {
        if group.static_validation.is_none() && group.tests().is_empty() {
            return None;
        }
        Some(match &group.rule {
            GroupRule::AllAccepted => self.all_accepted(group),
            GroupRule::Legacy(rule) => kattis::legacy(self, group, rule),
            GroupRule::Domjudge(rule) => kattis::domjudge(self, group, rule),
            GroupRule::Modern(rule) => kattis::modern(self, group, rule),
            GroupRule::Polygon(rule) => polygon::grade(self, group, rule),
        })
    }

    fn all_accepted(&self, group: &TestGroup) -> Grade {
        let mut grade = Grade::of(group);
        if let Some(outcome) = self.static_outcome(group, &mut grade) {
            grade.count(outcome.verdict);
        }
        let scored = group.scored_item().map(|it| it.name.as_str());
        for item in &group.items {
            match item {
                GroupItem::Test { name, .. } => {
                    // What was left out after a failure is left out in peace.
                    match (self.outcome_of)(name) {
                        Some(outcome) => grade.count(outcome.verdict),
                        None if grade.verdict == Verdict::Ac => grade.missing(name),
                        None => {}
                    }
                }
                GroupItem::Group(below) if scored.is_none() && grade.verdict != Verdict::Ac => {
                    if self.has_outcome(below) {
                        grade.groups.extend(self.group(below));
                    }
                }
                GroupItem::Group(below) => {
                    if let Some(result) = self.group(below) {
                        grade.count(result.verdict);
                        if scored == Some(below.name.as_str()) {
                            grade.score = result.score;
                        }
                        grade.groups.push(result);
                    }
                }
            }
        }
        grade.without_score_after_judge_error()
    }

    fn has_outcome(&self, group: &TestGroup) -> bool {
        let mut tests = group.tests().into_iter();
        tests.any(|it| (self.outcome_of)(it).is_some())
    }

    /// Returns the outcome of the group's static validation, if it has one.
    fn static_outcome(&self, group: &TestGroup, grade: &mut Grade) -> Option<Outcome> {
        let name = group.static_test()?;
        let outcome = (self.outcome_of)(&name);
        if outcome.is_none() {
            grade.missing(&name);
        }
        outcome
    }

    /// Begins the grade of a group that requires others. `Err` is the grade where that decides it: the group scores
    /// nothing, or nothing can be said.
    fn begin(&self, group: &TestGroup, required: &[String]) -> Result<Grade, Grade> {
        let mut grade = Grade::of(group);
        match self.requirements(required) {
            Ok(Passed::Yes) => return Ok(grade),
            Ok(Passed::No(verdict)) => {
                grade.verdict = verdict;
                grade.score = Some(0.0);
                return Err(grade.without_score_after_judge_error());
            }
            Ok(Passed::Unknown) => {
                grade.fail("a group that is required has tests without an outcome".to_owned());
            }
            Err(fault) => grade.fail(fault),
        }
        Err(grade)
    }

    /// Returns whether all groups of a list were passed; the first that was not says how it failed.
    /// `Err` for a name that is no group, or one that in the end requires itself.
    fn requirements(&self, names: &[String]) -> Result<Passed, String> {
        let mut walk = Walk::default();
        let passed = self.walk(names, &mut walk)?;
        Ok(match passed {
            Passed::Yes if walk.met_unknown => Passed::Unknown,
            other => other,
        })
    }

    /// Looks at each group once, those that it requires first; ends at the first failure.
    fn walk<'b>(&'b self, names: &'b [String], walk: &mut Walk<'b>) -> Result<Passed, String> {
        for name in names {
            if walk.done.contains(name.as_str()) {
                continue;
            }
            let groups = self.root.groups();
            let Some(group) = groups.into_iter().find(|it| it.name == *name) else {
                return Err(format!("`{name}` is required and is no group"));
            };
            if walk.above.contains(&name.as_str()) {
                return Err(format!("`{name}` requires itself"));
            }
            walk.above.push(name);
            let mut passed = self.walk(required_by(group), walk)?;
            walk.above.pop();
            if passed == Passed::Yes {
                passed = self.passed(group);
            }
            match passed {
                Passed::No(_) => return Ok(passed),
                Passed::Unknown => walk.met_unknown = true,
                Passed::Yes => {}
            }
            walk.done.insert(name);
        }
        Ok(Passed::Yes)
    }

    fn passed(&self, group: &TestGroup) -> Passed {
        let mut passed = Passed::Yes;
        for name in group.tests() {
            match (self.outcome_of)(name).map(|it| it.verdict) {
                Some(Verdict::Ac) => {}
                Some(verdict) => return Passed::No(verdict),
                None => passed = Passed::Unknown,
            }
        }
        passed
    }

    fn next_in(&self, group: &'t TestGroup) -> Option<&'t str> {
        let required = required_by(group);
        if !required.is_empty()
            && !matches!(
                self.requirements(required),
                Ok(Passed::Yes | Passed::Unknown)
            )
        {
            return None;
        }
        let ends_at_failure = match &group.rule {
            GroupRule::AllAccepted => group.scored_item().is_none(),
            GroupRule::Legacy(rule) => rule.on_reject == crate::OnReject::Break,
            GroupRule::Domjudge(rule) => rule.on_reject == crate::OnReject::Break,
            GroupRule::Modern(rule) => rule.aggregation == crate::Aggregation::PassFail,
            GroupRule::Polygon(rule) => rule.complete,
        };
        let checked = group.static_test().and_then(|it| (self.outcome_of)(&it));
        if ends_at_failure && checked.is_some_and(|it| it.verdict != Verdict::Ac) {
            return None;
        }
        for item in &group.items {
            let verdict = match item {
                GroupItem::Test { name, .. } => match (self.outcome_of)(name) {
                    Some(outcome) => outcome.verdict,
                    None => return Some(name),
                },
                GroupItem::Group(below) => match self.next_in(below) {
                    Some(test) => return Some(test),
                    None => self.group(below).map_or(Verdict::Ac, |it| it.verdict),
                },
            };
            if ends_at_failure && verdict != Verdict::Ac {
                return None;
            }
        }
        None
    }
}

impl Grade {
    /// Starts the grade of a group: accepted until something counts.
    fn of(group: &TestGroup) -> Self {
        Self {
            group: group.name.clone(),
            verdict: Verdict::Ac,
            score: None,
            fault: None,
            groups: Vec::new(),
        }
    }

    /// Counts one item: the first failure stays.
    fn count(&mut self, verdict: Verdict) {
        if self.verdict == Verdict::Ac || verdict == Verdict::Je {
            self.verdict = verdict;
        }
    }

    fn missing(&mut self, test: &str) {
        self.fail(format!("test `{test}` has no outcome"));
    }

    fn fail(&mut self, fault: String) {
        self.verdict = Verdict::Je;
        self.fault.get_or_insert(fault);
    }

    fn without_score_after_judge_error(mut self) -> Self {
        if self.verdict == Verdict::Je {
            self.score = None;
        }
        self
    }
}

#[cfg(test)]
mod tests;
