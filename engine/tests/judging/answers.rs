//! Problems that ask for answers and not for programs.

use riddle_engine::{JudgeOptions, problems::Verdict};

use super::{check, judged, judged_with, package};

const PACKAGE: [(&str, &str); 5] = [
    (
        "problem.yaml",
        "problem_format_version: 2025-09\nname: x\nuuid: 1\ntype: submit-answer\nlimits:\n  time_limit: 2\n",
    ),
    ("data/secret/1.in", "12\n"),
    ("data/secret/1.ans", "3 4\n"),
    ("data/secret/2.in", "35\n"),
    ("data/secret/2.ans", "5 7\n"),
];

/// A validator that takes any two factors.
const FACTORS: (&str, &str) = (
    "output_validator/v.py",
    "import sys\nn = int(open(sys.argv[1]).read())\na, b = map(int, input().split())\nsys.exit(42 if a * b == n and 1 < a < n else 43)",
);

#[test]
fn answers_are_judged_by_the_default_validator() {
    let mut files = PACKAGE.to_vec();
    files.extend([
        ("submissions/accepted/ac/1.out", "3  4"),
        ("submissions/accepted/ac/2.out", "5 7"),
        ("submissions/wrong_answer/wa/secret/1.ans", "4 3"),
        ("submissions/wrong_answer/wa/secret/2.ans", "5 7"),
        ("submissions/wrong_answer/wa2/1.out", "3 4"),
    ]);
    check(&files);
    let judged = judged(&files);
    assert_eq!(judged.checker, "submit-answer default output validation");
    let missing = &judged.submissions[2];
    assert_eq!(missing.failed_test.as_deref(), Some("secret/2"));
    let message = missing.message.as_deref();
    assert_eq!(message, Some("there is no answer to this test"));
}

#[test]
fn answers_are_judged_by_the_packages_own_validator() {
    let mut files = PACKAGE.to_vec();
    files.extend([
        FACTORS,
        ("submissions/accepted/ac/1.out", "2 6"),
        ("submissions/accepted/ac/2.out", "7 5"),
        ("submissions/wrong_answer/wa/1.out", "1 12"),
        ("submissions/wrong_answer/wa/2.out", "7 5"),
    ]);
    check(&files);
}

#[test]
fn a_program_may_print_the_answers() {
    let mut files = PACKAGE.to_vec();
    files.extend([
        FACTORS,
        (
            "submissions/accepted/ac.py",
            "n = int(input())\na = next(d for d in range(2, n) if n % d == 0)\nprint(a, n // a)",
        ),
        ("submissions/wrong_answer/wa.py", "print(1, input())"),
    ]);
    check(&files);
}

#[test]
fn what_names_no_test_is_not_judged() {
    let mut files = PACKAGE.to_vec();
    files.push(("submissions/accepted/x/nine.out", "3 4"));
    let it = &judged(&files).submissions[0];
    assert_eq!(it.verdict, None);
    let expected = "no file of it is named after a test";
    assert_eq!(it.message.as_deref(), Some(expected));
}

#[test]
fn the_only_file_answers_the_only_test() {
    let mut files = PACKAGE[..3].to_vec();
    files.extend([
        ("submissions/accepted/ac.txt", "3 4\n"),
        ("submissions/wrong_answer/wa.txt", "4 3\n"),
    ]);
    check(&files);
}

#[test]
fn a_folder_of_answers_can_be_given() {
    let given = package(&[("a/secret/1.out", "3 4"), ("a/secret/2.out", "5 8")]);
    let options = JudgeOptions {
        submissions: vec![given.path().join("a")],
        ..JudgeOptions::default()
    };
    let judged = judged_with(&PACKAGE, &options).unwrap();
    let it = &judged.submissions[0];
    assert_eq!(it.verdict, Some(Verdict::Wa));
    assert_eq!(it.failed_test.as_deref(), Some("secret/2"));
    assert_eq!(it.tests_run, 2);
}
