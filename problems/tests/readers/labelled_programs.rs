//! The programs below `submissions`.

use insta::assert_snapshot;
use riddle_problems::{ScoreExpectation, Submission, TimeBound, Verdict, load_submissions};

use super::{describe, folder};

#[test]
fn labels_come_from_folder_names() {
    let folder = folder(&[
        ("submissions/accepted/a.cpp", "A"),
        ("submissions/accepted/.gitkeep", ""),
        ("submissions/accepted/dir/main.py", "M"),
        ("submissions/accepted/dir/lib/util.py", "U"),
        ("submissions/compile_error/c.c", ""),
        ("submissions/run_time_error/r.c", ""),
        ("submissions/runtime_error/r.c", ""),
        ("submissions/slow_accepted/s.c", ""),
        ("submissions/submissions.yaml", ""),
        ("submissions/time_limit_exceeded/t.c", ""),
        ("submissions/top.c", ""),
        ("submissions/wrong_answer/w.c", ""),
    ]);
    let found = load_submissions(folder.path()).unwrap();
    let found: Vec<_> = found
        .iter()
        .map(|it| (&*it.path, it.label(), it.files.len()))
        .collect();
    let expected = [
        ("submissions/accepted/a.cpp", Some(Verdict::Ac), 1),
        ("submissions/accepted/dir", Some(Verdict::Ac), 2),
        ("submissions/compile_error/c.c", Some(Verdict::Ce), 1),
        ("submissions/run_time_error/r.c", Some(Verdict::Rte), 1),
        ("submissions/runtime_error/r.c", Some(Verdict::Rte), 1),
        ("submissions/slow_accepted/s.c", None, 1),
        ("submissions/time_limit_exceeded/t.c", Some(Verdict::Tle), 1),
        ("submissions/top.c", None, 1),
        ("submissions/wrong_answer/w.c", Some(Verdict::Wa), 1),
    ];
    assert_eq!(found, expected);
}

#[test]
fn files_of_one_program_stay_together() {
    let folder = folder(&[
        ("submissions/accepted/dir/b.c", "B"),
        ("submissions/accepted/dir/a.c", "A"),
        ("submissions/accepted/dir.c", "C"),
    ]);
    let found = load_submissions(folder.path()).unwrap();
    let paths: Vec<_> = found.iter().map(|it| &*it.path).collect();
    assert_eq!(
        paths,
        ["submissions/accepted/dir", "submissions/accepted/dir.c"]
    );
    let names: Vec<_> = found[0]
        .files
        .iter()
        .map(|it| (&*it.name, &*it.bytes))
        .collect();
    assert_eq!(names, [("a.c", &b"A"[..]), ("b.c", b"B")]);
}

#[test]
fn a_problem_without_the_folder_has_none() {
    assert_eq!(load_submissions(folder(&[("x", "")]).path()).unwrap(), []);
}

/// Reads the programs of a package of the 2025-09 format with some `submissions.yaml`.
fn labelled(yaml: &str, files: &[&str]) -> Vec<Submission> {
    let mut all = vec![
        ("problem.yaml", "problem_format_version: 2025-09"),
        ("submissions/submissions.yaml", yaml),
    ];
    all.extend(files.iter().map(|it| (*it, "")));
    load_submissions(folder(&all).path()).unwrap()
}

#[track_caller]
fn check(yaml: &str, file: &str, verdicts: &str) {
    let found = labelled(yaml, &[file]);
    let expected = found[0].expected.as_ref().map(|it| it.verdicts.to_string());
    assert_eq!(expected.as_deref().unwrap_or("none"), verdicts, "{yaml}");
}

#[test]
fn submissions_yaml_adds_to_a_folders_name_and_overrides_it() {
    check("", "submissions/accepted/a.py", "AC");
    check("", "submissions/rejected/a.py", "WA, TLE, MLE, OLE, RTE");
    check("", "submissions/brute_force/a.py", "TLE, MLE, OLE, RTE");
    check(
        "accepted: {permitted: [WA], required: [WA]}",
        "submissions/accepted/a.py",
        "WA",
    );
    // Of the folder's own meaning, what is not set stays.
    check(
        "time_limit_exceeded: {permitted: [AC, WA, TLE]}",
        "submissions/time_limit_exceeded/a.py",
        "WA, TLE",
    );
    check(
        "wrong_answer/*: {authors: A}",
        "submissions/wrong_answer/a.py",
        "WA",
    );
    check(
        "rejected/*: {permitted: [AC, TLE]}",
        "submissions/rejected/a.py",
        "TLE",
    );
    check(
        "mine/{a,b}.py: {permitted: [AC]}",
        "submissions/mine/b.py",
        "AC",
    );
    check(
        "mine/{a,b}.py: {permitted: [AC]}",
        "submissions/mine/c.py",
        "none",
    );
    check("mine: {permitted: AC}", "submissions/mine/d/c.py", "AC");
}

#[test]
fn submissions_yaml_has_rules_for_tests_scores_and_times() {
    let yaml = "mine/a.py:\n  language: python3\n  entrypoint: main.py\n  score: [10, 20]\n  \
                sample: {permitted: [AC]}\n  secret/*-hard: {required: [TLE], message: slow}\n  \
                tle: {use_for_time_limit: false, permitted: [AC]}\n";
    let found = labelled(yaml, &["submissions/mine/a.py"]);
    assert_eq!(found[0].language.as_deref(), Some("python3"));
    assert_eq!(found[0].entry.as_deref(), Some("main.py"));
    let expected = found[0].expected.as_ref().unwrap();
    assert_eq!(expected.score, Some(ScoreExpectation::Within(10.0, 20.0)));
    assert_eq!(expected.rules.len(), 4);
    assert_eq!(expected.time_bound("sample/1"), Some(TimeBound::Lower));
    assert_eq!(expected.time_bound("secret/1-hard"), Some(TimeBound::Upper));
    assert_eq!(expected.time_bound("secret/1-easy"), None);
    assert_eq!(expected.time_bound("tle/1"), None);
    let hard = expected
        .rules
        .iter()
        .find(|it| it.message.is_some())
        .unwrap();
    assert_eq!(hard.tests.as_ref().unwrap().as_str(), "secret/*-hard");
}

#[test]
fn bad_submissions_yaml_is_named_with_its_field() {
    let error = |yaml: &str| {
        let folder = folder(&[("submissions/submissions.yaml", yaml), ("data/secret/", "")]);
        describe(&load_submissions(folder.path()).unwrap_err(), &folder)
    };
    assert_snapshot!(error("a.py: [AC]"), @r"
    failed to load problem from `P/submissions/submissions.yaml`
      field `a.py` is a list: expected fields with names
    ");
    assert_snapshot!(error("a.py: {permitted: [OK]}"), @r"
    failed to load problem from `P/submissions/submissions.yaml`
      field `a.py.permitted` is a list: expected a list of AC, WA, TLE and RTE
    ");
    assert_snapshot!(error("a.py: {secret: {score: high}}"), @r"
    failed to load problem from `P/submissions/submissions.yaml`
      field `a.py.secret.score` is `high`: expected a number, or a list of two
    ");
    assert_snapshot!(error("a.py: {entrypoint: ../../x}"), @r"
    failed to load problem from `P/submissions/submissions.yaml`
      field `a.py.entrypoint` is `../../x`: expected a name inside the submission
    ");
    let bomb = format!(
        "'{}': {{permitted: [AC]}}",
        "{0,1,2,3,4,5,6,7,8,9}".repeat(20)
    );
    assert!(
        error(&bomb).contains("stand for no more than 4096 names"),
        "{}",
        error(&bomb)
    );
}

#[test]
fn tags_say_what_other_folders_do_not() {
    let folder = folder(&[
        (
            "submissions/mixed/a.py",
            "# @EXPECTED_RESULTS@: CORRECT, WRONG-ANSWER\n",
        ),
        ("submissions/partial/b.py", "# @EXPECTED_SCORE@: 40\n"),
        (
            "submissions/wrong_answer/c.py",
            "# @EXPECTED_RESULTS@: CORRECT\n",
        ),
    ]);
    let found = load_submissions(folder.path()).unwrap();
    let [a, b, c] = &found[..] else { panic!() };
    assert_eq!(a.expected.as_ref().unwrap().verdicts.to_string(), "AC, WA");
    assert!(a.expected.as_ref().unwrap().is_met_by(Verdict::Wa));
    assert_eq!(a.label(), None);
    assert_eq!(
        b.expected.as_ref().unwrap().score,
        Some(ScoreExpectation::Within(40.0, 40.0))
    );
    assert_eq!(c.label(), Some(Verdict::Wa));
}
