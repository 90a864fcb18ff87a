//! Groups that a program grades: what it is asked, and what its answers come to.

use std::cell::RefCell;

use super::*;

/// A grader that adds the scores it reads to the number of its flags, says what it was asked, and fails if a flag tells
/// it to.
fn ask(asked: &RefCell<Vec<String>>) -> impl Fn(&[String], &str) -> Result<GraderAnswer, String> {
    |flags, input| {
        asked
            .borrow_mut()
            .push(format!("{}: {input}", flags.join(" ")));
        if flags.contains(&"fail".to_owned()) {
            return Err("no answer".to_owned());
        }
        let scores = input.lines().map(|it| it.split_once(' ').unwrap().1);
        let sum: f64 = scores.map(|it| it.parse::<f64>().unwrap()).sum();
        let says_wrong = flags.contains(&"wrong".to_owned());
        let verdict = if says_wrong { Verdict::Wa } else { Verdict::Ac };
        Ok((verdict, sum))
    }
}

#[test]
fn a_program_grades_groups_from_the_inside_out() {
    let custom = |flags: &str, accept_score: f64| {
        legacy(|it| {
            it.custom = true;
            it.flags = flags.split_whitespace().map(str::to_owned).collect();
            (it.accept_score, it.accept_is_whole) = (Some(accept_score), true);
        })
    };
    let by_default = legacy(|it| it.score = ScoreMode::Avg);
    let root = tree(
        "",
        vec![
            group("a", 2, custom("x y", 30.0)),
            group("b", 1, custom("", 0.1)),
            group("c", 3, by_default),
        ],
        custom("top", 1.0),
    );
    let asked = RefCell::default();
    let outcomes = "a/1 AC 0.00005, a/2 AC, b/1 AC, c/1 AC, c/2 AC 0, c/3 AC 0";
    let graded = grade_with(&root, outcome_of(outcomes), ask(&asked));
    let expected = [
        "x y: AC 5e-05\nAC 30\n",
        ": AC 0\n",
        // The default grader prints six decimals.
        "top: AC 30.00005\nAC 0.0\nAC 0.333333\n",
    ];
    assert_eq!(*asked.borrow(), expected);
    assert_eq!((graded.verdict, graded.fault), (Verdict::Ac, None));
    assert_eq!(graded.score, Some(30.00005 + 0.333_333));
    assert_eq!(graded.groups[0].score, Some(30.00005));
}

#[test]
fn a_program_is_not_asked_about_a_judge_error_and_makes_one_where_it_fails() {
    let custom = |flag: &str| legacy(|it| (it.custom, it.flags) = (true, vec![flag.to_owned()]));
    let asked = RefCell::default();
    let graded = |flag, outcomes| {
        let root = tree("", vec![group("a", 2, custom(flag))], custom("top"));
        let grade = grade_with(&root, outcome_of(outcomes), ask(&asked));
        (
            grade.verdict,
            grade.score,
            grade.first_fault().map(str::to_owned),
        )
    };
    let fault = |text: &str| (Verdict::Je, None, Some(text.to_owned()));
    assert_eq!(graded("x", "a/1 AC, a/2 JE"), (Verdict::Je, None, None));
    assert_eq!(asked.borrow().len(), 0);
    assert_eq!(graded("fail", "a/1 AC, a/2 AC"), fault("no answer"));
    assert_eq!(asked.take().len(), 1);
    let says_je = |_: &[String], _: &str| Ok((Verdict::Je, 1.0));
    let grade = grade_with(&group("a", 1, custom("")), outcome_of("a/1 AC"), says_je);
    assert_eq!((grade.verdict, grade.score), (Verdict::Je, None));
    let expected = Some("the grader says that it is a judge error");
    assert_eq!(grade.first_fault(), expected);
}

#[test]
fn what_a_program_says_of_a_group_decides_what_runs_next() {
    let says = |flag: &str| legacy(|it| (it.custom, it.flags) = (true, vec![flag.to_owned()]));
    let next = |flag| {
        let groups = vec![group("a", 1, says(flag)), group("b", 1, says("x"))];
        let root = tree("", groups, says("x"));
        let asked = RefCell::default();
        next_test_with(&root, outcome_of("a/1 WA"), ask(&asked)).map(str::to_owned)
    };
    // A group that failed inside and is accepted all the same.
    assert_eq!(next("x").as_deref(), Some("b/1"));
    assert_eq!(next("wrong"), None);
}
