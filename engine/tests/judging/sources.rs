//! Static validators: programs of a package that judge sources.

use riddle_engine::problems::Verdict;

use super::{check, judged, judged_with};

fn package<'a>(kind: &str, validator: (&'a str, &'a str)) -> Vec<(&'a str, &'a str)> {
    let (config, group) = match kind {
        "scoring" => (
            "problem_format_version: 2025-09\nname: x\nuuid: 1\ntype: scoring\nlimits:\n  time_limit: 2\n  validation_time: 1\n",
            "max_score: 100\nscore_aggregation: sum\nstatic_validation_score: 40\nstatic_validator_args: [eval]\n",
        ),
        _ => (
            "problem_format_version: 2025-09\nname: x\nuuid: 1\nlimits:\n  time_limit: 2\n  validation_time: 1\n",
            "static_validation_score: pass-fail\nstatic_validator_args: [eval]\n",
        ),
    };
    vec![
        ("problem.yaml", config),
        ("data/secret/test_group.yaml", group),
        ("data/secret/1.in", "2+3\n"),
        ("data/secret/1.ans", "5\n"),
        validator,
    ]
}

/// A validator that refuses a word in the main file, and says so.
const REFUSES: (&str, &str) = (
    "static_validator/v.py",
    r#"
import sys
language, entry, feedback, word = sys.argv[1:]
assert language in ("python3", "cpp") and feedback.endswith("/")
if word in open(entry).read():
    open(feedback + "judgemessage.txt", "w").write(f"{language}: {word} in {entry}")
    sys.exit(43)
sys.exit(42)
"#,
);

const PLAIN: (&str, &str) = (
    "submissions/accepted/ac.py",
    "a, b = input().split('+')\nprint(int(a) + int(b))",
);
const EVAL: (&str, &str) = ("submissions/wrong_answer/wa.py", "print(eval(input()))");

#[test]
fn a_source_is_refused_before_any_test_is_run() {
    let mut files = package("", REFUSES);
    files.extend([
        PLAIN,
        EVAL,
        (
            "submissions/accepted/ac.cpp",
            "#include <cstdio>\nint main() { int a, b; scanf(\"%d+%d\", &a, &b); printf(\"%d\", a + b); }",
        ),
    ]);
    check(&files);
    let judged = judged(&files);
    let refused = judged.submissions.iter();
    let refused = refused.last().unwrap();
    let failed = refused.failed_test.as_deref();
    assert_eq!(failed, Some("secret/static validation"));
    let message = refused.message.as_deref();
    assert_eq!(message, Some("python3: eval in wa.py"));
    assert_eq!(refused.tests_run, 1);
}

#[test]
fn a_source_has_a_score() {
    let mut files = package("scoring", REFUSES);
    files.extend([PLAIN, EVAL]);
    let judged = judged(&files);
    let scores: Vec<_> = judged.submissions.iter().map(|it| it.score).collect();
    assert_eq!(scores, [Some(100.0), Some(60.0)]);
}

#[test]
fn a_program_that_set_the_time_limit_has_its_source_checked_as_well() {
    let mut files = package("", REFUSES);
    files[0].1 = "problem_format_version: 2025-09\nname: x\nuuid: 1\n";
    files.extend([PLAIN, ("submissions/accepted/wa.py", EVAL.1)]);
    check(&files);
}

#[test]
fn a_static_validator_that_fails_is_at_fault() {
    for (source, expected) in [
        ("", "exited with code 0"),
        ("while True: pass", "took too long"),
        ("exit(7)", "exited with code 7"),
    ] {
        let mut files = package("", ("static_validator/v.py", source));
        files.push(PLAIN);
        let it = &judged(&files).submissions[0];
        assert_eq!(it.verdict, Some(Verdict::Je));
        let message = it.message.as_deref().unwrap();
        let expected = format!("judge's program `static_validator` {expected}");
        assert!(message.starts_with(&expected), "{message}");
    }
}

#[test]
fn a_static_validator_that_cannot_be_used_is_refused() {
    let refused = |validator| {
        let files = package("", validator);
        judged_with(&files, &riddle_engine::JudgeOptions::default()).unwrap_err()
    };
    let error = refused(("static_validator/v.py", "if:"));
    assert!(error.contains("does not compile"), "{error}");
    let error = refused(("static_validator/readme", ""));
    assert!(error.starts_with("failed to load problem"), "{error}");
}
