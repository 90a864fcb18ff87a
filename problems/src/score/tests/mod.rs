//! Tables: a tree, outcomes, and the verdict and score that the format gives.

mod program;

use super::*;
use crate::{
    Aggregation, LegacyRule, ModernRule, OnReject, PolygonRule, ScoreMode, StaticValidation,
    VerdictMode,
};

/// A group of tests `name/1`, `name/2`, and so on.
fn group(name: &str, n_tests: usize, rule: GroupRule) -> TestGroup {
    let test = |number| GroupItem::Test {
        name: format!("{name}/{number}"),
        points: Some(10.0),
    };
    TestGroup {
        name: name.to_owned(),
        items: (1..=n_tests).map(test).collect(),
        rule,
        static_validation: None,
    }
}

fn tree(name: &str, groups: Vec<TestGroup>, rule: GroupRule) -> TestGroup {
    TestGroup {
        name: name.to_owned(),
        items: groups.into_iter().map(GroupItem::Group).collect(),
        rule,
        static_validation: None,
    }
}

/// Reads outcomes such as `a/1 AC, a/2 WA, b/1 AC 3.5`; `x` before a number makes it a multiplier.
fn outcome_of(text: &'static str) -> impl Fn(&str) -> Option<Outcome> {
    move |name| {
        let mut entries = text.split(", ");
        let entry = entries.find(|it| it.split(' ').next() == Some(name))?;
        let mut words = entry.split(' ').skip(1);
        let verdict = words.next().unwrap().parse().unwrap();
        let value = words.next();
        let multiplier = value.and_then(|it| it.strip_prefix('x'));
        let score = value.filter(|it| !it.starts_with('x'));
        Some(Outcome {
            verdict,
            score: score.map(|it| it.parse().unwrap()),
            multiplier: multiplier.map(|it| it.parse().unwrap()),
        })
    }
}

#[track_caller]
fn check(
    root: &TestGroup,
    outcomes: &'static str,
    verdict: Verdict,
    score: impl Into<Option<f64>>,
) {
    let grade = grade(root, outcome_of(outcomes));
    let found = (grade.verdict, grade.score);
    assert_eq!(found, (verdict, score.into()), "{outcomes}: {grade:?}");
}

#[track_caller]
fn check_next(root: &TestGroup, outcomes: &'static str, expected: impl Into<Option<&'static str>>) {
    assert_eq!(
        next_test(root, outcome_of(outcomes)),
        expected.into(),
        "{outcomes}"
    );
}

fn legacy(change: impl FnOnce(&mut LegacyRule)) -> GroupRule {
    let mut rule = LegacyRule::default();
    change(&mut rule);
    GroupRule::Legacy(rule)
}

#[test]
fn without_a_rule_all_must_be_accepted() {
    let root = tree(
        "",
        vec![
            group("sample", 1, GroupRule::AllAccepted),
            group("secret", 2, GroupRule::AllAccepted),
        ],
        GroupRule::AllAccepted,
    );
    check(
        &root,
        "sample/1 AC, secret/1 AC, secret/2 AC",
        Verdict::Ac,
        None,
    );
    check(
        &root,
        "sample/1 AC, secret/1 TLE, secret/2 WA",
        Verdict::Tle,
        None,
    );
    check(&root, "sample/1 AC, secret/1 RTE", Verdict::Rte, None);
    check(&root, "sample/1 WA", Verdict::Wa, None);
    check(&root, "sample/1 AC, secret/1 AC", Verdict::Je, None);
    check_next(&root, "", "sample/1");
    check_next(&root, "sample/1 AC, secret/1 AC", "secret/2");
    check_next(&root, "sample/1 WA", None);
    check_next(&root, "sample/1 AC, secret/1 AC, secret/2 AC", None);
}

#[test]
fn the_legacy_grader_joins_verdicts_and_scores() {
    let all = "a/1 AC, a/2 AC, a/3 AC";
    let some = "a/1 AC, a/2 WA, a/3 RTE";
    let of = |change: &dyn Fn(&mut LegacyRule)| {
        group(
            "a",
            3,
            legacy(|it| {
                it.on_reject = OnReject::Continue;
                change(it);
            }),
        )
    };
    check(&of(&|_| ()), all, Verdict::Ac, 3.0);
    check(&of(&|_| ()), some, Verdict::Rte, 1.0);
    check(
        &of(&|it| it.verdict = VerdictMode::FirstError),
        some,
        Verdict::Wa,
        1.0,
    );
    check(
        &of(&|it| it.verdict = VerdictMode::AlwaysAccept),
        some,
        Verdict::Ac,
        1.0,
    );
    check(
        &of(&|it| it.accept_if_any_accepted = true),
        some,
        Verdict::Ac,
        1.0,
    );
    check(
        &of(&|it| it.accept_if_any_accepted = true),
        "a/1 WA, a/2 WA, a/3 TLE",
        Verdict::Tle,
        0.0,
    );
    check(
        &of(&|it| it.score = ScoreMode::Min),
        some,
        Verdict::Rte,
        0.0,
    );
    check(
        &of(&|it| it.score = ScoreMode::Max),
        some,
        Verdict::Rte,
        1.0,
    );
    check(
        &of(&|it| it.score = ScoreMode::Avg),
        "a/1 AC 1, a/2 AC 2, a/3 AC 6",
        Verdict::Ac,
        3.0,
    );
    check(
        &of(&|it| (it.accept_score, it.reject_score) = (Some(5.0), -1.0)),
        some,
        Verdict::Rte,
        3.0,
    );
    // A score of the judge's own holds over the settings.
    check(
        &of(&|it| it.accept_score = Some(5.0)),
        "a/1 AC 7, a/2 AC, a/3 AC",
        Verdict::Ac,
        17.0,
    );
    check(&of(&|_| ()), "a/1 WA, a/2 JE, a/3 AC", Verdict::Je, None);
    check(&of(&|it| it.custom = true), all, Verdict::Je, None);
}

#[test]
fn a_legacy_group_that_breaks_ends_at_its_first_failure() {
    let root = group("a", 3, legacy(|_| ()));
    check(&root, "a/1 AC, a/2 WA", Verdict::Wa, 1.0);
    check(&root, "a/1 AC, a/2 WA, a/3 AC", Verdict::Wa, 1.0);
    check(&root, "a/1 AC, a/2 AC", Verdict::Je, None);
    check_next(&root, "a/1 AC, a/2 WA", None);
    let goes_on = group("a", 3, legacy(|it| it.on_reject = OnReject::Continue));
    check_next(&goes_on, "a/1 AC, a/2 WA", "a/3");
}

#[test]
fn subtasks_of_a_legacy_package_add_up_without_the_sample() {
    // As `oddecho` of problemtools has it.
    let subtask = |name| {
        group(
            name,
            2,
            legacy(|it| {
                it.accept_score = Some(50.0);
                it.score = ScoreMode::Min;
            }),
        )
    };
    let secret = tree(
        "secret",
        vec![subtask("secret/1"), subtask("secret/2")],
        legacy(|it| {
            it.on_reject = OnReject::Continue;
            it.verdict = VerdictMode::FirstError;
            it.accept_if_any_accepted = true;
        }),
    );
    let sample = group("sample", 1, legacy(|it| it.accept_score = Some(0.0)));
    let root = tree(
        "",
        vec![sample, secret],
        legacy(|it| {
            it.on_reject = OnReject::Continue;
            it.ignore_sample = true;
        }),
    );
    check(
        &root,
        "sample/1 AC, secret/1/1 AC, secret/1/2 AC, secret/2/1 AC, secret/2/2 AC",
        Verdict::Ac,
        100.0,
    );
    check(
        &root,
        "sample/1 WA, secret/1/1 AC, secret/1/2 AC, secret/2/1 WA",
        Verdict::Ac,
        50.0,
    );
    check(
        &root,
        "sample/1 AC, secret/1/1 TLE, secret/2/1 WA",
        Verdict::Tle,
        0.0,
    );
    check_next(&root, "sample/1 WA, secret/1/1 TLE", "secret/2/1");
    let three = tree(
        "",
        vec![
            group("a", 1, legacy(|_| ())),
            group("b", 1, legacy(|_| ())),
            group("c", 1, legacy(|_| ())),
        ],
        legacy(|it| it.ignore_sample = true),
    );
    check(&three, "a/1 AC, b/1 AC, c/1 AC", Verdict::Je, None);
}

#[test]
fn empty_groups_count_nowhere() {
    let root = tree(
        "",
        vec![
            group("sample", 0, legacy(|_| ())),
            group("secret", 2, legacy(|_| ())),
        ],
        legacy(|it| it.ignore_sample = true),
    );
    check(&root, "secret/1 AC, secret/2 AC", Verdict::Ac, 2.0);
    check(&TestGroup::default(), "", Verdict::Ac, None);
}

#[test]
fn domjudge_gives_a_group_its_score_as_a_whole() {
    let leaf = |name, score| {
        let rule = LegacyRule {
            accept_score: Some(score),
            on_reject: OnReject::Continue,
            ..LegacyRule::default()
        };
        group(name, 2, GroupRule::Domjudge(rule))
    };
    let sum = || {
        GroupRule::Domjudge(LegacyRule {
            on_reject: OnReject::Continue,
            ..LegacyRule::default()
        })
    };
    let secret = tree(
        "secret",
        vec![leaf("secret/a", 10.0), leaf("secret/b", 20.0)],
        sum(),
    );
    let root = tree(
        "",
        vec![group("sample", 1, GroupRule::AllAccepted), secret],
        sum(),
    );
    check(
        &root,
        "sample/1 AC, secret/a/1 AC, secret/a/2 AC, secret/b/1 AC, secret/b/2 AC",
        Verdict::Ac,
        30.0,
    );
    check(
        &root,
        "sample/1 AC, secret/a/1 AC, secret/a/2 AC, secret/b/1 AC, secret/b/2 WA",
        Verdict::Wa,
        10.0,
    );
    check(
        &root,
        "sample/1 WA, secret/a/1 WA, secret/a/2 AC, secret/b/1 AC, secret/b/2 AC",
        Verdict::Wa,
        20.0,
    );
    // The judge's own scores: of what ran to its end.
    check(
        &root,
        "sample/1 AC, secret/a/1 AC 3, secret/a/2 WA 2, secret/b/1 TLE 9, secret/b/2 AC 1",
        Verdict::Wa,
        6.0,
    );
}

fn modern(
    max_score: impl Into<Option<f64>>,
    aggregation: Aggregation,
    require_pass: &[&str],
) -> GroupRule {
    GroupRule::Modern(ModernRule {
        max_score: max_score.into(),
        aggregation,
        require_pass: require_pass.iter().map(|it| (*it).to_owned()).collect(),
    })
}

#[test]
fn the_2025_09_format_scores_tests_and_groups() {
    use Aggregation::{Min, PassFail, Sum};
    let all = "a/1 AC, a/2 AC";
    check(
        &group("a", 2, modern(30.0, Sum, &[])),
        all,
        Verdict::Ac,
        30.0,
    );
    check(
        &group("a", 2, modern(30.0, Sum, &[])),
        "a/1 AC, a/2 WA",
        Verdict::Wa,
        15.0,
    );
    check(
        &group("a", 2, modern(30.0, Sum, &[])),
        "a/1 AC x0.5, a/2 AC",
        Verdict::Ac,
        22.5,
    );
    check(
        &group("a", 2, modern(30.0, Sum, &[])),
        "a/1 AC 4, a/2 AC",
        Verdict::Ac,
        19.0,
    );
    check(
        &group("a", 2, modern(30.0, Min, &[])),
        "a/1 AC x0.5, a/2 AC",
        Verdict::Ac,
        15.0,
    );
    check(
        &group("a", 2, modern(30.0, Min, &[])),
        "a/1 AC, a/2 TLE",
        Verdict::Tle,
        0.0,
    );
    check(
        &group("a", 2, modern(30.0, PassFail, &[])),
        all,
        Verdict::Ac,
        30.0,
    );
    check(
        &group("a", 2, modern(30.0, PassFail, &[])),
        "a/1 WA",
        Verdict::Wa,
        0.0,
    );
    check(
        &group("a", 2, modern(None, Sum, &[])),
        "a/1 AC 7, a/2 AC 1000",
        Verdict::Ac,
        1007.0,
    );
    // Three thirds are no more than the whole.
    check(
        &group("a", 3, modern(0.3, Sum, &[])),
        "a/1 AC, a/2 AC, a/3 AC",
        Verdict::Ac,
        0.3,
    );
}

#[test]
fn what_a_judge_of_the_2025_09_format_must_not_do_is_a_judge_error() {
    use Aggregation::{PassFail, Sum};
    let bounded = group("a", 2, modern(30.0, Sum, &[]));
    let unbounded = group("a", 2, modern(None, Sum, &[]));
    let all_or_nothing = group("a", 2, modern(30.0, PassFail, &[]));
    check(&unbounded, "a/1 AC, a/2 AC 1", Verdict::Je, None);
    check(&unbounded, "a/1 AC x0.5, a/2 AC 1", Verdict::Je, None);
    check(&bounded, "a/1 WA 1, a/2 AC", Verdict::Je, None);
    check(&bounded, "a/1 AC 16, a/2 AC", Verdict::Je, None);
    check(&bounded, "a/1 AC -1, a/2 AC", Verdict::Je, None);
    check(&bounded, "a/1 AC NaN, a/2 AC", Verdict::Je, None);
    check(&bounded, "a/1 AC x1.5, a/2 AC", Verdict::Je, None);
    check(&all_or_nothing, "a/1 AC 1, a/2 AC", Verdict::Je, None);
    check(&bounded, "a/1 AC", Verdict::Je, None);
    let fault = grade(&bounded, outcome_of("a/1 AC 16, a/2 AC"));
    assert_eq!(
        fault.first_fault(),
        Some("test `a/1` has the score 16, above the greatest, 15")
    );
}

#[test]
fn a_group_of_the_2025_09_format_waits_for_those_it_requires() {
    use Aggregation::{PassFail, Sum};
    let groups = vec![
        group("secret/a", 1, modern(40.0, PassFail, &["sample"])),
        group("secret/b", 1, modern(60.0, PassFail, &["secret/a"])),
    ];
    let secret = tree("secret", groups, modern(100.0, Sum, &[]));
    let root = tree(
        "",
        vec![group("sample", 1, GroupRule::AllAccepted), secret],
        GroupRule::AllAccepted,
    );
    check(
        &root,
        "sample/1 AC, secret/a/1 AC, secret/b/1 AC",
        Verdict::Ac,
        100.0,
    );
    check(&root, "sample/1 AC, secret/a/1 WA", Verdict::Wa, 0.0);
    check(
        &root,
        "sample/1 AC, secret/a/1 AC, secret/b/1 TLE",
        Verdict::Tle,
        40.0,
    );
    check(&root, "sample/1 RTE", Verdict::Rte, 0.0);
    check_next(&root, "sample/1 RTE", None);
    check_next(&root, "sample/1 AC, secret/a/1 WA", None);
    check_next(&root, "sample/1 AC, secret/a/1 AC", "secret/b/1");
}

#[test]
fn groups_that_require_each_other_are_a_judge_error() {
    let rule = |name: &str| {
        GroupRule::Polygon(PolygonRule {
            require_pass: vec![name.to_owned()],
            ..PolygonRule::default()
        })
    };
    let root = tree(
        "",
        vec![group("a", 1, rule("b")), group("b", 1, rule("a"))],
        GroupRule::Polygon(PolygonRule::default()),
    );
    check(&root, "a/1 AC, b/1 AC", Verdict::Je, None);
    let root = tree(
        "",
        vec![group("a", 1, rule("none"))],
        GroupRule::Polygon(PolygonRule::default()),
    );
    check(&root, "a/1 AC", Verdict::Je, None);
}

#[test]
fn static_validation_is_one_more_test() {
    let mut root = group("a", 2, modern(30.0, Aggregation::Sum, &[]));
    root.static_validation = Some(StaticValidation {
        max_score: Some(10.0),
        args: Vec::new(),
    });
    let outcomes = |verdict: Verdict, score: Option<f64>| {
        move |name: &str| match name {
            "a/static validation" => Some(Outcome {
                verdict,
                score,
                multiplier: None,
            }),
            _ => Some(Verdict::Ac.into()),
        }
    };
    let found = grade(&root, outcomes(Verdict::Ac, None));
    assert_eq!((found.verdict, found.score), (Verdict::Ac, Some(30.0)));
    let found = grade(&root, outcomes(Verdict::Ac, Some(4.0)));
    assert_eq!((found.verdict, found.score), (Verdict::Ac, Some(24.0)));
    let found = grade(&root, outcomes(Verdict::Wa, None));
    assert_eq!((found.verdict, found.score), (Verdict::Wa, Some(20.0)));
}

#[test]
fn a_source_that_is_refused_ends_what_is_all_or_nothing() {
    let validated = |rule| {
        let mut group = group("a", 1, rule);
        group.static_validation = Some(StaticValidation::default());
        tree("", vec![group], GroupRule::AllAccepted)
    };
    let said = |verdict: Verdict| {
        move |name: &str| (name == "a/static validation").then(|| Outcome::from(verdict))
    };
    let root = validated(GroupRule::AllAccepted);
    assert_eq!(next_test(&root, said(Verdict::Ac)), Some("a/1"));
    assert_eq!(next_test(&root, said(Verdict::Wa)), None);
    let found = grade(&root, said(Verdict::Wa));
    assert_eq!((found.verdict, found.first_fault()), (Verdict::Wa, None));
    let root = validated(modern(30.0, Aggregation::PassFail, &[]));
    assert_eq!(next_test(&root, said(Verdict::Wa)), None);
    let found = grade(&root, said(Verdict::Wa));
    assert_eq!((found.verdict, found.score), (Verdict::Wa, Some(0.0)));
    let root = validated(modern(30.0, Aggregation::Sum, &[]));
    assert_eq!(next_test(&root, said(Verdict::Wa)), Some("a/1"));
}

#[test]
fn polygon_adds_points_of_tests_and_of_complete_groups() {
    let complete = PolygonRule {
        complete: true,
        points: Some(20.0),
        require_pass: vec!["a".to_owned()],
    };
    let root = tree(
        "",
        vec![
            group("a", 2, GroupRule::Polygon(PolygonRule::default())),
            group("b", 2, GroupRule::Polygon(complete)),
        ],
        GroupRule::Polygon(PolygonRule::default()),
    );
    check(&root, "a/1 AC, a/2 AC, b/1 AC, b/2 AC", Verdict::Ac, 40.0);
    check(&root, "a/1 AC, a/2 AC, b/1 AC, b/2 WA", Verdict::Wa, 20.0);
    check(&root, "a/1 AC, a/2 WA", Verdict::Wa, 10.0);
    check(&root, "a/1 AC, a/2 WA 2.5", Verdict::Wa, 12.5);
    check_next(&root, "a/1 AC, a/2 WA", None);
    check_next(&root, "a/1 AC", "a/2");
}

#[test]
fn many_groups_that_require_all_before_them_are_looked_at_once() {
    let names: Vec<String> = (0..100).map(|it| format!("g{it:02}")).collect();
    let groups = (names.iter().enumerate()).map(|(at, name)| {
        let rule = PolygonRule {
            require_pass: names[..at].to_vec(),
            ..PolygonRule::default()
        };
        group(name, 1, GroupRule::Polygon(rule))
    });
    let root = tree(
        "",
        groups.collect(),
        GroupRule::Polygon(PolygonRule::default()),
    );
    let found = grade(&root, |_| Some(Verdict::Ac.into()));
    assert_eq!((found.verdict, found.score), (Verdict::Ac, Some(1000.0)));
}

#[test]
fn a_group_of_nothing_but_static_validation_is_graded() {
    let mut root = group("a", 0, legacy(|it| it.ignore_sample = true));
    root.static_validation = Some(StaticValidation::default());
    check(&root, "", Verdict::Ac, 0.0);
}
