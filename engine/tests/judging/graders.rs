//! `judge` on packages whose own program grades: what it is asked, what its answers come to, and all that it may do wrong.

use riddle_engine::problems::Verdict;

use super::{judged, judged_with};

/// A package of two groups under one, all graded by a program; `wrong.py` fails the second test of each.
fn files<'a>(grader: (&'a str, &'a str)) -> Vec<(&'a str, &'a str)> {
    vec![
        (
            "problem.yaml",
            "name: x\ntype: scoring\nlimits:\n  time_limit: 2\n  validation_time: 1\n  validation_memory: 64\n",
        ),
        (
            "data/testdata.yaml",
            "on_reject: continue\ngrading: custom\ngrader_flags: all\n",
        ),
        ("data/sample/1.in", "1\n"),
        ("data/sample/1.ans", "1\n"),
        ("data/sample/testdata.yaml", "accept_score: 0\n"),
        ("data/secret/testdata.yaml", "grader_flags: sum\n"),
        (
            "data/secret/a/testdata.yaml",
            "accept_score: 10\ngrader_flags: min 1\n",
        ),
        ("data/secret/a/1.in", "1\n"),
        ("data/secret/a/1.ans", "1\n"),
        ("data/secret/a/2.in", "-2\n"),
        ("data/secret/a/2.ans", "-2\n"),
        (
            "data/secret/b/testdata.yaml",
            "accept_score: 2.5\nreject_score: 0.5\ngrader_flags: sum\n",
        ),
        ("data/secret/b/1.in", "3\n"),
        ("data/secret/b/1.ans", "3\n"),
        ("data/secret/b/2.in", "-4\n"),
        ("data/secret/b/2.ans", "-4\n"),
        ("submissions/accepted/right.py", "print(input())"),
        (
            "submissions/partially_accepted/wrong.py",
            "print(abs(int(input())))",
        ),
        grader,
    ]
}

/// Checks what the two programs score.
#[track_caller]
fn check(grader: (&str, &str), right: f64, wrong: f64) {
    let judged = judged(&files(grader));
    let found = judged.submissions.iter().map(|it| (it.verdict, it.score));
    let found: Vec<_> = found.collect();
    let expected = [
        (Some(Verdict::Ac), Some(right)),
        (Some(Verdict::Ac), Some(wrong)),
    ];
    assert_eq!(found, expected, "{:?}", judged.submissions);
}

#[test]
fn a_grader_in_python_joins_groups_from_the_inside_out() {
    // The lines are as problemtools writes them, or the program fails.
    let source = r"
import sys
how = sys.argv[1:]
lines = sys.stdin.read().split('\n')
assert lines.pop() == ''
if how == ['min', '1']:
    assert lines[0] == 'AC 10' and lines[1] in ('AC 10', 'WA 0.0'), lines
elif how == ['sum'] and len(lines) == 2 and '10.0' not in lines[0] and ' 0.0' not in lines[0]:
    assert lines[0] == 'AC 2.5' and lines[1] in ('AC 2.5', 'WA 0.5'), lines
scores = [float(it.split(' ')[1]) for it in lines]
print('AC', min(scores) if 'min' in how else sum(scores))
";
    check(("graders/g.py", source), 15.0, 3.0);
}

#[test]
fn a_grader_is_in_c_or_in_cpp_too() {
    check(
        (
            "graders/g.c",
            r#"
            #include <stdio.h>
            #include <string.h>
            int main(int argc, char **argv) {
                char verdict[8];
                double score, sum = 0, least = 1e9;
                while (scanf("%7s %lf", verdict, &score) == 2) {
                    sum += score;
                    if (score < least) least = score;
                }
                printf("AC %f\n", strcmp(argv[1], "min") ? sum : least);
                return 0;
            }"#,
        ),
        15.0,
        3.0,
    );
    check(
        (
            "graders/g/main.cpp",
            "#include <iostream>\nint main() { std::string v; double s, n = 0; while (std::cin >> v >> s) n += v == \"AC\"; std::cout << \"AC \" << n; }",
        ),
        2.0,
        2.0,
    );
}

#[test]
fn the_verdict_of_a_grader_ends_what_is_above_it() {
    let source = "import sys\nlines = [it.split() for it in sys.stdin]\nbad = sum(v != 'AC' for v, _ in lines)\nprint('WA' if bad else 'AC', sum(float(it) for _, it in lines))";
    let mut files = files(("graders/g.py", source));
    files.push(("data/secret/testdata.yaml", "on_reject: break\n"));
    files.retain(|it| *it != ("data/secret/testdata.yaml", "grader_flags: sum\n"));
    let judged = judged(&files);
    let [right, wrong] = &judged.submissions[..] else {
        panic!("there are two");
    };
    assert_eq!((right.verdict, right.tests_run), (Some(Verdict::Ac), 5));
    // The group `a` fails, so that `b` is not run.
    assert_eq!((wrong.verdict, wrong.tests_run), (Some(Verdict::Wa), 3));
    assert_eq!(
        (wrong.score, wrong.failed_test.as_deref()),
        (Some(10.0), Some("secret/a/2"))
    );
}

/// Checks that the grader is at fault, and what is said of it.
#[track_caller]
fn check_fault(file: &str, source: &str, expected: &str) {
    let judged = judged(&files((file, source)));
    for it in &judged.submissions {
        assert_eq!((it.verdict, it.score), (Some(Verdict::Je), None));
        let message = it.message.as_deref().unwrap_or_default();
        let name = file.rsplit('/').next().unwrap();
        let expected = format!("judge's program `{name}` {expected}");
        assert!(message.starts_with(&expected), "{message}");
    }
}

#[test]
fn a_grader_that_fails_is_at_fault() {
    let python = |source, expected| check_fault("graders/g.py", source, expected);
    python(
        "print('garbage')",
        "wrote no verdict and score, but `garbage\\n`",
    );
    python("", "wrote no verdict and score, but ``");
    python("print('AC')", "wrote no verdict and score, but `AC\\n`");
    python(
        "print('AC 1e2')",
        "wrote no verdict and score, but `AC 1e2\\n`",
    );
    python("print('AC 1')\nprint('AC 1')", "wrote no verdict and score");
    python("print('AC 1')\nexit(1)", "exited with code 1");
    python("1 / 0", "exited with code 1: Traceback");
    python("while True: pass", "took too long");
    python("while True: print('AC 1' * 1000)", "wrote too much");
    check_fault(
        "graders/g.cpp",
        "int main() { __builtin_trap(); }",
        "was ended: ",
    );
    check_fault(
        "graders/g.cpp",
        "#include <cstdio>\nint main() { puts(\"AC 1\"); return 42; }",
        "exited with code 42",
    );
}

#[test]
fn a_grader_that_says_judge_error_is_believed() {
    let judged = judged(&files(("graders/g.py", "print('JE 0')")));
    let it = &judged.submissions[0];
    assert_eq!(it.verdict, Some(Verdict::Je));
    let message = it.message.as_deref();
    assert_eq!(message, Some("the grader says that it is a judge error"));
}

#[test]
fn a_grader_that_cannot_be_used_is_told_before_anything_runs() {
    let refused = |grader| judged_with(&files(grader), &riddle_engine::JudgeOptions::default());
    let error = refused(("graders/g.sh", "echo AC 1")).unwrap_err();
    let expected = "judge's program `g.sh` is not usable: programs in bash are not run";
    assert!(error.ends_with(expected), "{error}");
    // Where nothing is graded by it, nobody asks.
    let mut files = files(("graders/g.sh", "echo AC 1"));
    files[1] = ("data/testdata.yaml", "on_reject: continue\n");
    assert_eq!(judged(&files).submissions[0].verdict, Some(Verdict::Ac));
}
