//! Judges that misbehave: a judge error that names the program, or a refusal; never a wrong answer.

use riddle_engine::{JudgeOptions, problems::Verdict};

use super::{judged, judged_with};

fn files(validator: (&'static str, &'static str)) -> Vec<(&'static str, &'static str)> {
    vec![
        (
            "problem.yaml",
            "name: x\nvalidation: custom\nlimits:\n  time_limit: 2\n  validation_time: 1\n  validation_memory: 64\n",
        ),
        ("data/sample/1.in", "1\n"),
        ("data/sample/1.ans", "1\n"),
        ("submissions/accepted/a.py", "print(input())"),
        validator,
    ]
}

/// Checks that a validator is at fault, and what is said of it.
#[track_caller]
fn check(source: &'static str, expected: &str) {
    let judged = judged(&files(("output_validators/v.cpp", source)));
    let it = &judged.submissions[0];
    assert_eq!(it.verdict, Some(Verdict::Je));
    let message = it.message.as_deref().unwrap_or_default();
    let expected = format!("judge's program `v.cpp` {expected}");
    assert!(message.starts_with(&expected), "{message}");
}

#[test]
fn a_validator_that_does_not_say_is_at_fault() {
    check("int main() {}", "exited with code 0");
    check("int main() { return 1; }", "exited with code 1");
    check(
        "#include <cstdio>\nint main() { fputs(\"cannot read\", stderr); return 7; }",
        "exited with code 7: cannot read",
    );
}

#[test]
fn a_validator_that_fails_is_at_fault() {
    check("int main() { __builtin_trap(); }", "was ended: ");
    check(
        "int main() { for (volatile int i = 0;; i = i + 1) {} }",
        "took too long",
    );
    check(
        "#include <vector>\nint main() { std::vector<std::vector<int>> v; for (;;) v.emplace_back(1 << 20, 1); }",
        "took too much memory",
    );
    check(
        "#include <cstdio>\nint main() { for (;;) puts(\"garbage garbage garbage garbage\"); }",
        "wrote too much",
    );
}

#[test]
fn a_score_that_is_no_number_is_the_judges_fault() {
    check(
        r#"
        #include <fstream>
        int main(int, char **argv) { std::ofstream(argv[3] + std::string("score.txt")) << "12,5"; return 42; }"#,
        "wrote a score that is no number",
    );
}

#[test]
fn without_its_validator_a_package_accepts_nothing() {
    let files = &files(("readme", ""))[..4];
    let error = judged_with(files, &JudgeOptions::default()).unwrap_err();
    assert!(error.starts_with("failed to load problem"), "{error}");
}

#[test]
fn a_validator_finds_its_test_and_nothing_of_the_machine() {
    check(
        r#"
        #include <cstdio>
        int main() { return fopen("/etc/passwd", "r") || fopen("/test/../../x", "r") ? 42 : 9; }"#,
        "exited with code 9",
    );
}

#[track_caller]
fn check_refused(validator: (&'static str, &'static str), expected: &str) {
    let error = judged_with(&files(validator), &JudgeOptions::default()).unwrap_err();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn a_validator_that_cannot_be_used_is_refused_by_name() {
    check_refused(
        ("output_validators/v.cpp", "int main( {}"),
        "judge's program `v.cpp` is not usable: it does not compile: ",
    );
    check_refused(
        ("output_validators/v/run", "#!/bin/sh\nexit 42\n"),
        "judge's program `v` is not usable: programs in shell script are not run",
    );
}
