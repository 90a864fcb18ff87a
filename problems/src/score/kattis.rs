//! The rules of Kattis packages: the grader of the legacy format, what DOMjudge makes of its settings,
//! and the 2025-09 format.

use super::{
    Grade, Grader, Outcome,
    program::{self, Line},
};
use crate::{
    Aggregation, GroupItem, LegacyRule, ModernRule, OnReject, ScoreMode, TestGroup, Verdict,
    VerdictMode,
};

/// The verdicts of the legacy grader, worst first.
const WORST_FIRST: [Verdict; 8] = [
    Verdict::Je,
    Verdict::Ce,
    Verdict::Rte,
    Verdict::Mle,
    Verdict::Tle,
    Verdict::Ole,
    Verdict::Wa,
    Verdict::Ac,
];

/// Follows the default grader of the legacy format, or lets the package's own grade.
pub(super) fn legacy(grader: &Grader<'_, '_>, group: &TestGroup, rule: &LegacyRule) -> Grade {
    let mut grade = Grade::of(group);
    let mut results: Vec<Line> = Vec::new();
    for item in &group.items {
        let result = match item {
            GroupItem::Test { name, .. } => {
                let Some(Outcome { verdict, score, .. }) = (grader.outcome_of)(name) else {
                    grade.missing(name);
                    return grade;
                };
                let (default, is_whole) = if verdict == Verdict::Ac {
                    (rule.accept_score.unwrap_or(0.0), rule.accept_is_whole)
                } else {
                    (rule.reject_score, rule.reject_is_whole)
                };
                Line {
                    verdict,
                    score: score.unwrap_or(default),
                    is_whole: is_whole && score.is_none(),
                }
            }
            GroupItem::Group(below) => {
                let Some(result) = grader.group(below) else {
                    continue;
                };
                let line = Line {
                    verdict: result.verdict,
                    score: result.score.unwrap_or(0.0),
                    is_whole: result.score.is_none(),
                };
                grade.groups.push(result);
                line
            }
        };
        let failed = result.verdict != Verdict::Ac;
        results.push(result);
        if failed && rule.on_reject == OnReject::Break {
            break;
        }
    }
    if results.iter().any(|it| it.verdict == Verdict::Je) {
        grade.verdict = Verdict::Je;
        return grade;
    }
    if rule.custom {
        return program::grade(grader, rule, &results, grade);
    }
    if rule.ignore_sample {
        if results.len() > 2 {
            grade.fail("`ignore_sample` in a group of more than two results".to_owned());
            return grade;
        }
        results.drain(..results.len().saturating_sub(1));
    }
    let verdicts = || results.iter().map(|it| it.verdict);
    grade.verdict = if rule.accept_if_any_accepted && verdicts().any(|it| it == Verdict::Ac) {
        Verdict::Ac
    } else {
        match rule.verdict {
            VerdictMode::AlwaysAccept => Verdict::Ac,
            VerdictMode::FirstError => first_error(verdicts()),
            VerdictMode::WorstError => {
                let mut worst = WORST_FIRST.into_iter();
                let worst = worst.find(|it| verdicts().any(|verdict| verdict == *it));
                worst.unwrap_or(Verdict::Ac)
            }
        }
    };
    let scores: Vec<f64> = results.iter().map(|it| it.score).collect();
    grade.score = Some(to_six_places(join(rule.score, &scores)));
    grade
}

/// Rounds a score as the default grader does, which prints it.
fn to_six_places(score: f64) -> f64 {
    format!("{score:.6}").parse().unwrap_or(score)
}

/// Follows DOMjudge: settings are not inherited, a group without groups is worth its `accept_score` as
/// a whole, and in one with groups only those count.
pub(super) fn domjudge(grader: &Grader<'_, '_>, group: &TestGroup, rule: &LegacyRule) -> Grade {
    let mut grade = Grade::of(group);
    let mut scores = Vec::new();
    let is_leaf = !(group.items.iter()).any(|it| matches!(it, GroupItem::Group(_)));
    for item in &group.items {
        match item {
            GroupItem::Test { name, .. } if is_leaf => match (grader.outcome_of)(name) {
                Some(Outcome { verdict, score, .. }) => {
                    let counts = matches!(verdict, Verdict::Ac | Verdict::Wa);
                    scores.extend(score.map(|it| if counts { it } else { 0.0 }));
                    grade.count(verdict);
                }
                None if grade.verdict == Verdict::Ac || rule.on_reject == OnReject::Continue => {
                    grade.missing(name);
                    return grade;
                }
                None => {}
            },
            GroupItem::Test { .. } => {}
            GroupItem::Group(below) if rule.ignore_sample && below.name == "sample" => {}
            GroupItem::Group(below) => {
                let left_out = grade.verdict != Verdict::Ac && rule.on_reject == OnReject::Break;
                if left_out && !grader.has_outcome(below) {
                    continue;
                }
                if let Some(result) = grader.group(below) {
                    grade.count(result.verdict);
                    scores.extend(result.score);
                    grade.groups.push(result);
                }
            }
        }
    }
    if is_leaf && scores.is_empty() {
        let accepted = grade.verdict == Verdict::Ac;
        scores.extend(rule.accept_score.map(|it| if accepted { it } else { 0.0 }));
    }
    grade.score = Some(join(rule.score, &scores));
    grade.without_score_after_judge_error()
}

/// Follows the 2025-09 format.
pub(super) fn modern(grader: &Grader<'_, '_>, group: &TestGroup, rule: &ModernRule) -> Grade {
    let mut grade = match grader.begin(group, &rule.require_pass) {
        Ok(grade) => grade,
        Err(decided) => return decided,
    };
    let mut scores = Vec::new();
    let n_tests = (group.items.iter()).filter(|it| matches!(it, GroupItem::Test { .. }));
    let n_tests = n_tests.count();
    let static_score = group.static_validation.as_ref().and_then(|it| it.max_score);
    let most_of_test = rule.max_score.map(|most| match rule.aggregation {
        #[expect(clippy::cast_precision_loss, reason = "there are few tests")]
        Aggregation::Sum => (most - static_score.unwrap_or(0.0)) / n_tests as f64,
        Aggregation::Min | Aggregation::PassFail => most,
    });
    if let Some(outcome) = grader.static_outcome(group, &mut grade) {
        let most = Some(static_score.unwrap_or(0.0));
        match score_of(outcome, most, rule.aggregation) {
            Ok(score) if static_score.is_some() => scores.push(score),
            Ok(_) => {}
            Err(fault) => grade.fail(format!("static validation {fault}")),
        }
        grade.count(outcome.verdict);
    }
    for item in &group.items {
        match item {
            GroupItem::Test { name, .. } => match (grader.outcome_of)(name) {
                Some(outcome) => {
                    match score_of(outcome, most_of_test, rule.aggregation) {
                        Ok(score) => scores.push(score),
                        Err(fault) => grade.fail(format!("test `{name}` {fault}")),
                    }
                    grade.count(outcome.verdict);
                }
                // All or nothing is decided by the first failure.
                None if rule.aggregation == Aggregation::PassFail
                    && grade.verdict != Verdict::Ac => {}
                None => grade.missing(name),
            },
            GroupItem::Group(below) => {
                let left_out =
                    rule.aggregation == Aggregation::PassFail && grade.verdict != Verdict::Ac;
                if left_out && !grader.has_outcome(below) {
                    continue;
                }
                if let Some(result) = grader.group(below) {
                    grade.count(result.verdict);
                    scores.extend(result.score);
                    grade.groups.push(result);
                }
            }
        }
    }
    let score = match (rule.aggregation, rule.max_score) {
        (Aggregation::PassFail, Some(most)) if grade.verdict == Verdict::Ac => most,
        (Aggregation::PassFail, None) if grade.verdict == Verdict::Ac => {
            grade.fail("the group is all or nothing and has no greatest score".to_owned());
            0.0
        }
        (Aggregation::PassFail, _) => 0.0,
        (Aggregation::Sum, _) => join(ScoreMode::Sum, &scores),
        (Aggregation::Min, _) => join(ScoreMode::Min, &scores),
    };
    if let Some(most) = rule.max_score
        && score > most * (1.0 + ROUNDING)
    {
        grade.fail(format!("score {score} is above the greatest, {most}"));
    }
    grade.score = Some(rule.max_score.map_or(score, |most| score.min(most)));
    grade.without_score_after_judge_error()
}

/// What the sum of parts may exceed the whole by, since floats are rounded: relative.
const ROUNDING: f64 = 1e-9;

/// Returns the score of a test whose most possible score is given; `Err` says what the judge did wrong.
fn score_of(outcome: Outcome, most: Option<f64>, aggregation: Aggregation) -> Result<f64, String> {
    let Outcome {
        verdict,
        score,
        multiplier,
    } = outcome;
    if verdict != Verdict::Ac {
        return match score.or(multiplier) {
            Some(_) => Err("has a score and is not accepted".to_owned()),
            None => Ok(0.0),
        };
    }
    if aggregation == Aggregation::PassFail {
        return match score.or(multiplier) {
            Some(_) => Err("has a score in a group that is all or nothing".to_owned()),
            None => Ok(most.unwrap_or(0.0)),
        };
    }
    match (score, multiplier, most) {
        (Some(_), Some(_), _) => Err("has both a score and a multiplier".to_owned()),
        (None, Some(_), None) => Err("has a multiplier of no greatest score".to_owned()),
        (None, Some(part), Some(most)) if (0.0..=1.0).contains(&part) => Ok(part * most),
        (None, Some(part), Some(_)) => Err(format!("has the multiplier {part}")),
        (Some(score), None, _) if !(score >= 0.0 && score.is_finite()) => {
            Err(format!("has the score {score}"))
        }
        (Some(score), None, Some(most)) if score > most * (1.0 + ROUNDING) => {
            Err(format!("has the score {score}, above the greatest, {most}"))
        }
        (Some(score), None, _) => Ok(score),
        (None, None, Some(most)) => Ok(most),
        (None, None, None) => Err("has no score, and no greatest score to take".to_owned()),
    }
}

fn first_error(mut verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    verdicts
        .find(|it| *it != Verdict::Ac)
        .unwrap_or(Verdict::Ac)
}

/// Joins scores; none come to 0.
fn join(mode: ScoreMode, scores: &[f64]) -> f64 {
    if scores.is_empty() {
        return 0.0;
    }
    let sum: f64 = scores.iter().sum();
    match mode {
        ScoreMode::Sum => sum,
        #[expect(clippy::cast_precision_loss, reason = "there are few items")]
        ScoreMode::Avg => sum / scores.len() as f64,
        ScoreMode::Min => scores.iter().copied().fold(f64::INFINITY, f64::min),
        ScoreMode::Max => scores.iter().copied().fold(f64::NEG_INFINITY, f64::max),
    }
}
