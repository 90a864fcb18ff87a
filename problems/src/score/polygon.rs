//! The rules of Polygon: points of tests, or of whole groups, and groups that require others.

use super::{Grade, Grader};
use crate::{GroupItem, PolygonRule, TestGroup, Verdict};

/// Follows Polygon. A group whose requirements are not met scores nothing.
pub(super) fn grade(grader: &Grader<'_, '_>, group: &TestGroup, rule: &PolygonRule) -> Grade {
    let mut grade = match grader.begin(group, &rule.require_pass) {
        Ok(grade) => grade,
        Err(decided) => return decided,
    };
    let (mut won, mut in_all) = (0.0, 0.0);
    for item in &group.items {
        match item {
            GroupItem::Test { name, points } => {
                let points = points.unwrap_or(0.0);
                in_all += points;
                match (grader.outcome_of)(name) {
                    Some(outcome) => {
                        let accepted = outcome.verdict == Verdict::Ac;
                        // A checker may give points of its own, also for less than all, or a part of them.
                        let part = outcome.multiplier.unwrap_or(1.0);
                        let earned = if accepted { points * part } else { 0.0 };
                        won += outcome.score.unwrap_or(earned);
                        grade.count(outcome.verdict);
                    }
                    None if rule.complete && grade.verdict != Verdict::Ac => {}
                    None => grade.missing(name),
                }
            }
            GroupItem::Group(below) => {
                if let Some(result) = grader.group(below) {
                    grade.count(result.verdict);
                    won += result.score.unwrap_or(0.0);
                    grade.groups.push(result);
                }
            }
        }
    }
    grade.score = Some(match (rule.complete, grade.verdict) {
        (false, _) => won,
        (true, Verdict::Ac) => rule.points.unwrap_or(in_all),
        (true, _) => 0.0,
    });
    grade.without_score_after_judge_error()
}
