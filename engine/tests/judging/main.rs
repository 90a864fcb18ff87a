//! `judge` on packages whose own programs judge: validators, interactors, passes, groups and scores, and all
//! that such programs may do wrong.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod answer_validators;
mod answers;
mod faults;
mod graders;
mod sources;
mod validators;

use std::sync::Arc;

use riddle_engine::{
    Interrupt, JudgeOptions, JudgedProblem, Workers, judge,
    problems::Verdict,
    sandbox::{Sandbox, SandboxOptions, default_cache},
};

/// Writes a package.
fn package(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }
    folder
}

fn sandbox() -> Arc<Sandbox> {
    let cache = default_cache().expect("a cache that `riddle setup` filled");
    Arc::new(Sandbox::open(SandboxOptions::new(cache)).unwrap())
}

/// Writes a package and judges its programs.
fn judged_with(files: &[(&str, &str)], options: &JudgeOptions) -> Result<JudgedProblem, String> {
    let folder = package(files);
    let sandbox = sandbox();
    let workers = Workers::start(2).unwrap();
    judge(
        &sandbox,
        &workers,
        folder.path(),
        options,
        &Interrupt::new(),
        |_| {},
    )
    .map_err(|error| error.to_string())
}

fn judged(files: &[(&str, &str)]) -> JudgedProblem {
    judged_with(files, &JudgeOptions::default()).unwrap()
}

/// Checks verdicts by the file's name: `ac.py` must be accepted.
#[track_caller]
fn check(files: &[(&str, &str)]) {
    let judged = judged(files);
    assert!(!judged.submissions.is_empty());
    for it in judged.submissions {
        let name = it.submission.rsplit('/').next().unwrap();
        let expected = name.split('.').next().unwrap().to_uppercase();
        let expected = expected.trim_end_matches(char::is_numeric);
        let verdict = it.verdict.map(Verdict::as_str);
        assert_eq!(verdict, Some(expected), "{name}: {:?}", it.message);
    }
}

const ANY_DIVISOR: [(&str, &str); 7] = [
    (
        "problem.yaml",
        "name: x\nvalidation: custom\nvalidator_flags: proper\nlimits:\n  time_limit: 2\n",
    ),
    ("data/sample/1.in", "12\n"),
    ("data/sample/1.ans", "2\n"),
    ("data/secret/1.in", "35\n"),
    ("data/secret/1.ans", "5\n"),
    (
        "submissions/accepted/ac.py",
        "n = int(input())\nprint(next(d for d in range(n - 1, 0, -1) if n % d == 0))",
    ),
    ("submissions/wrong_answer/wa.py", "print(input())"),
];

#[test]
fn a_validator_in_cpp_accepts_what_the_answer_does_not_say() {
    let mut files = ANY_DIVISOR.to_vec();
    files.push((
        "output_validators/v/read.h",
        "#pragma once\n#include <fstream>\ninline int read(const char *path) { std::ifstream f(path); int n; f >> n; return n; }",
    ));
    files.push((
        "output_validators/v/main.cpp",
        r#"
        #include "read.h"
        #include <iostream>
        #include <string>
        int main(int argc, char **argv) {
            int n = read(argv[1]), d = 0;
            bool proper = argc > 4 && argv[4] == std::string("proper");
            std::cin >> d;
            if (d > 0 && n % d == 0 && !(proper && d == n)) return 42;
            std::ofstream(argv[3] + std::string("judgemessage.txt")) << d << " is no proper divisor";
            return 43;
        }"#,
    ));
    check(&files);
    let judged = judged(&files);
    assert_eq!(judged.checker, "custom output validation");
    let message = judged.submissions[1].message.as_deref();
    assert_eq!(message, Some("12 is no proper divisor"));
}

#[test]
fn a_validator_in_python_does_too() {
    let mut files = ANY_DIVISOR.to_vec();
    files.push((
        "output_validators/v.py",
        "import sys\nn = int(open(sys.argv[1]).read())\nd = int(input())\nsys.exit(42 if 0 < d < n and n % d == 0 else 43)",
    ));
    check(&files);
}

#[test]
fn an_interactor_talks_and_decides() {
    check(&[
        (
            "problem.yaml",
            "problem_format_version: 2025-09\nname: x\nuuid: 1\ntype: interactive\nlimits:\n  time_limit: 2\n",
        ),
        ("data/secret/1.in", "37\n"),
        ("data/secret/1.ans", ""),
        (
            "output_validator/v.py",
            r#"
import sys
n = int(open(sys.argv[1]).read())
for _ in range(8):
    guess = int(input())
    if guess == n:
        print("right", flush=True)
        sys.exit(42)
    print("more" if guess < n else "less", flush=True)
sys.exit(43)
"#,
        ),
        (
            "submissions/accepted/ac.cpp",
            r#"
#include <iostream>
int main() {
    int low = 1, high = 100;
    std::string word;
    while (word != "right") {
        int middle = (low + high) / 2;
        std::cout << middle << std::endl;
        std::cin >> word;
        (word == "more" ? low : high) = word == "more" ? middle + 1 : middle - 1;
    }
}"#,
        ),
        (
            "submissions/wrong_answer/wa.py",
            "for n in range(1, 101):\n    print(n, flush=True)\n    if input() == 'right': break",
        ),
        ("submissions/time_limit_exceeded/tle.py", "input()"),
        (
            "submissions/time_limit_exceeded/tle2.py",
            "print(37, flush=True)\ninput()\nwhile True: pass",
        ),
        (
            "submissions/run_time_error/rte.py",
            "print(37, flush=True)\ninput()\nexit(1)",
        ),
    ]);
}

/// A Polygon package of one test, in which the answer is in part right if it is near.
const POLYGON: [(&str, &str); 5] = [
    (
        "problem.xml",
        r#"<problem short-name="x">
        <judging><testset name="tests"><time-limit>2000</time-limit><memory-limit>268435456</memory-limit>
        <test-count>1</test-count><input-path-pattern>tests/%02d</input-path-pattern>
        <answer-path-pattern>tests/%02d.a</answer-path-pattern>
        <tests><test sample="true"/></tests></testset></judging>
        <assets><checker type="testlib"><source path="files/check.cpp" type="cpp.g++17"/></checker>
        <interactor><source path="files/talk.cpp" type="cpp.g++17"/></interactor>
        <solutions><solution tag="main"><source path="solutions/ac.py" type="python.3"/></solution>
        <solution tag="wrong-answer"><source path="solutions/wa.py" type="python.3"/></solution>
        <solution tag="wrong-answer"><source path="solutions/wa2.py" type="python.3"/></solution></solutions></assets>
        </problem>"#,
    ),
    ("tests/01", "20\n"),
    ("tests/01.a", "21\n"),
    (
        "files/check.cpp",
        r#"
        #include "testlib.h"
        int main(int argc, char **argv) {
            registerTestlibCmd(argc, argv);
            int said = ouf.readInt(), right = ans.readInt();
            if (said == right) quitf(_ok, "yes");
            if (said == right + 1) quitf(_pc(50), "nearly");
            quitf(_wa, "said %d", said);
        }"#,
    ),
    (
        "files/talk.cpp",
        r#"
        #include "testlib.h"
        #include <iostream>
        int main(int argc, char **argv) {
            registerInteraction(argc, argv);
            std::cout << inf.readInt() << std::endl;
            tout << ouf.readInt() << std::endl;
            quitf(_ok, "heard");
        }"#,
    ),
];

#[test]
fn testlibs_interactor_talks_and_its_checker_reads_what_it_wrote() {
    let mut files = POLYGON.to_vec();
    files.push(("solutions/ac.py", "print(int(input()) + 1, flush=True)"));
    files.push(("solutions/wa.py", "print(int(input()) - 1, flush=True)"));
    // Right in part, where nothing has a score.
    files.push(("solutions/wa2.py", "print(int(input()) + 2, flush=True)"));
    check(&files);
}

/// A problem in which a number is halved, once a pass.
fn passes(n: &'static str) -> Vec<(&'static str, &'static str)> {
    vec![
        (
            "problem.yaml",
            "problem_format_version: 2025-09\nname: x\nuuid: 1\ntype: multi-pass\nlimits:\n  time_limit: 2\n  validation_passes: 4\n",
        ),
        ("data/secret/1.in", n),
        ("data/secret/1.ans", ""),
        (
            "output_validator/v.py",
            r#"
import os, sys
seen = sys.argv[3] + "seen"
n = int(open(seen).read()) if os.path.exists(seen) else int(open(sys.argv[1]).read())
half = int(input())
if half != n // 2: sys.exit(43)
open(seen, "w").write(str(half))
if half > 0: open(sys.argv[3] + "nextpass.in", "w").write(str(half))
sys.exit(42)
"#,
        ),
    ]
}

#[test]
fn a_program_runs_as_often_as_the_judge_asks() {
    let mut files = passes("15\n");
    files.push(("submissions/accepted/ac.py", "print(int(input()) // 2)"));
    files.push((
        "submissions/wrong_answer/wa.py",
        "print(max(2, int(input()) // 2))",
    ));
    check(&files);
}

#[test]
fn a_judge_that_asks_for_too_many_passes_is_at_fault() {
    let mut files = passes("16\n");
    files.push(("submissions/accepted/je.py", "print(int(input()) // 2)"));
    check(&files);
}

#[test]
fn groups_have_scores_and_all_tests_may_be_run() {
    let files = [
        (
            "problem.yaml",
            "name: x\ntype: scoring\nlimits:\n  time_limit: 2\ngrading:\n  objective: max\n",
        ),
        ("data/sample/1.in", "0\n"),
        ("data/sample/1.ans", "0\n"),
        (
            "data/testdata.yaml",
            "grading: default\ngrader_flags: ignore_sample\n",
        ),
        (
            "data/secret/testdata.yaml",
            "on_reject: continue\ngrading: default\ngrader_flags: sum\n",
        ),
        (
            "data/secret/a/testdata.yaml",
            "on_reject: break\naccept_score: 30\nrange: 0 30\ngrader_flags: min\n",
        ),
        ("data/secret/a/1.in", "1\n"),
        ("data/secret/a/1.ans", "1\n"),
        ("data/secret/a/2.in", "2\n"),
        ("data/secret/a/2.ans", "2\n"),
        (
            "data/secret/b/testdata.yaml",
            "on_reject: break\naccept_score: 70\nrange: 0 70\ngrader_flags: min\n",
        ),
        ("data/secret/b/1.in", "-1\n"),
        ("data/secret/b/1.ans", "-1\n"),
        ("data/secret/b/2.in", "-2\n"),
        ("data/secret/b/2.ans", "-2\n"),
        ("submissions/accepted/a.py", "print(input())"),
        (
            "submissions/partially_accepted/b.py",
            "print(abs(int(input())))",
        ),
    ];
    let outcome = |all_tests| {
        let options = JudgeOptions {
            all_tests,
            ..JudgeOptions::default()
        };
        let judged = judged_with(&files, &options).unwrap();
        let of = |it: usize| {
            let it = &judged.submissions[it];
            (it.score, it.tests_run, it.failed_test.clone())
        };
        (of(0), of(1))
    };
    let failed = Some("secret/b/1".to_owned());
    assert_eq!(
        outcome(false),
        ((Some(100.0), 5, None), (Some(30.0), 4, failed.clone()))
    );
    assert_eq!(
        outcome(true),
        ((Some(100.0), 5, None), (Some(30.0), 5, failed))
    );
}

#[test]
fn tests_have_arguments_and_files() {
    check(&[
        (
            "problem.yaml",
            "problem_format_version: 2025-09\nname: x\nuuid: 1\nlimits:\n  time_limit: 2\n",
        ),
        ("data/secret/1.in", "1\n"),
        ("data/secret/1.ans", "1 two three\n"),
        ("data/secret/1.yaml", "args: [two]\n"),
        ("data/secret/1.files/more.txt", "three\n"),
        (
            "submissions/accepted/ac.py",
            "import sys\nprint(input(), sys.argv[1], open('more.txt').read())",
        ),
        (
            "submissions/accepted/ac.cpp",
            "#include <fstream>\n#include <iostream>\nint main(int argc, char **argv) { std::string a, b; std::cin >> a; std::ifstream(\"more.txt\") >> b; std::cout << a << ' ' << argv[1] << ' ' << b; }",
        ),
    ]);
}

#[test]
fn a_program_may_be_of_several_files() {
    check(&[
        ("problem.yaml", "name: x\nlimits:\n  time_limit: 2\n"),
        ("data/sample/1.in", "4\n"),
        ("data/sample/1.ans", "16\n"),
        (
            "submissions/accepted/ac/square.h",
            "#pragma once\nint square(int);",
        ),
        (
            "submissions/accepted/ac/square.cpp",
            "#include \"square.h\"\nint square(int n) { return n * n; }",
        ),
        (
            "submissions/accepted/ac/main.cpp",
            "#include <iostream>\n#include \"square.h\"\nint main() { int n; std::cin >> n; std::cout << square(n); }",
        ),
    ]);
}

#[test]
fn programs_may_read_and_write_files() {
    check(&[
        (
            "problem.json",
            r#"{"input_file": "in.txt", "output_file": "out.txt", "time_limit": {"seconds": 2},
            "public_tests": {"input": ["4\n"], "output": ["5\n"]}}"#,
        ),
        (
            "submissions/accepted/ac.py",
            "open('out.txt', 'w').write(str(int(open('in.txt').read()) + 1))",
        ),
        (
            "submissions/accepted/ac.cpp",
            "#include <cstdio>\nint main() { freopen(\"in.txt\", \"r\", stdin); freopen(\"out.txt\", \"w\", stdout); int n; scanf(\"%d\", &n); printf(\"%d\", n + 1); }",
        ),
        ("submissions/wrong_answer/wa.py", "print(5)"),
    ]);
}
