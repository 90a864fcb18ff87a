//! `make_tests` with a generator in every language, and with validators; all that both may do wrong.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;

use riddle_engine::{
    Generator, SearchConfig, TestSet, TestSource, Validators, make_tests,
    problems::{
        JudgeLanguage, JudgeLimits, JudgeProgram, Protocol, SourceFile, Submission, Task,
        Validation,
    },
    sandbox::{Sandbox, SandboxOptions, default_cache},
};

fn sandbox() -> Arc<Sandbox> {
    let cache = default_cache().expect("a cache that `riddle setup` filled");
    Arc::new(Sandbox::open(SandboxOptions::new(cache)).unwrap())
}

fn program(files: &[(&str, &str)]) -> Submission {
    let files = files.iter().map(|(name, text)| SourceFile {
        name: (*name).to_owned(),
        bytes: text.as_bytes().to_vec(),
    });
    let files: Vec<_> = files.collect();
    Submission {
        path: files[0].name.clone(),
        expected: None,
        language: None,
        entry: None,
        files,
    }
}

fn made_by(
    files: &[(&str, &str)],
    arguments: &[&str],
    n_inputs: usize,
    validators: Option<&Validators>,
) -> Result<TestSet, String> {
    let arguments: Vec<String> = arguments.iter().map(|it| (*it).to_owned()).collect();
    let sandbox = sandbox();
    let source = TestSource {
        sandbox: Some(&sandbox),
        generator: Some(Generator {
            program: &program(files),
            arguments: &arguments,
        }),
        validators,
        oracle: None,
    };
    let config = SearchConfig {
        n_inputs,
        ..SearchConfig::default()
    };
    let task = Arc::new(Task {
        id: "x".to_owned(),
        ..Task::default()
    });
    make_tests(&task, &config, &source).map_err(|error| error.to_string())
}

fn made(files: &[(&str, &str)], arguments: &[&str], n_inputs: usize) -> TestSet {
    made_by(files, arguments, n_inputs, None).unwrap()
}

fn texts(set: &TestSet) -> Vec<String> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    set.tests.iter().map(|it| text(&it.input)).collect()
}

/// Checks that a generator prints its first two arguments and something that its seed decides.
#[track_caller]
fn check(name: &str, source: &str) {
    let made = made(&[(name, source)], &["5 10 {seed}", "6 1 {seed}"], 4);
    assert_eq!(made.failed.first, None);
    let texts = texts(&made);
    assert_eq!(texts.len(), 4, "{texts:?}");
    for (text, start) in texts.iter().zip(["5 10 ", "6 1 ", "5 10 ", "6 1 "]) {
        assert!(text.starts_with(start), "{text}");
    }
    assert!(made.tests[0].origin.starts_with(&format!("{name} 5 10 ")));
}

#[test]
fn a_generator_is_in_any_language() {
    check(
        "gen.c",
        "#include <stdio.h>\nint main(int n, char **v) { printf(\"%s %s %s\\n\", v[1], v[2], v[3]); }",
    );
    check(
        "gen.py",
        "import random, sys\nrandom.seed(sys.argv[3])\nprint(*sys.argv[1:3], random.random())",
    );
    check(
        "gen.rs",
        "fn main() { let a: Vec<String> = std::env::args().collect(); println!(\"{} {} {}\", a[1], a[2], a[3]); }",
    );
    check(
        "gen.cpp",
        r#"
        #include "testlib.h"
        #include <iostream>
        int main(int argc, char **argv) {
            registerGen(argc, argv, 1);
            std::cout << opt<int>(1) << ' ' << opt<int>(2) << ' ' << rnd.next(1, 1000000000) << '\n';
        }"#,
    );
}

const TESTLIB: (&str, &str) = (
    "gen.cpp",
    r#"
    #include "testlib.h"
    #include <iostream>
    int main(int argc, char **argv) {
        registerGen(argc, argv, 1);
        int n = atoi(argv[1]);
        std::cout << n << '\n';
        for (int i = 0; i < n; i++) std::cout << rnd.next(1, 9) << " \n"[i == n - 1];
    }"#,
);

#[test]
fn the_same_seed_makes_the_same_bytes_and_fewer_runs_a_prefix() {
    let many = made(&[TESTLIB], &["8"], 12);
    assert_eq!(many.tests.len(), 12);
    let origins = |set: &TestSet| {
        set.tests
            .iter()
            .map(|it| it.origin.clone())
            .collect::<Vec<_>>()
    };
    let again = made(&[TESTLIB], &["8"], 12);
    assert_eq!(
        (texts(&many), origins(&many)),
        (texts(&again), origins(&again))
    );
    let few = made(&[TESTLIB], &["8"], 5);
    assert_eq!(texts(&few), texts(&many)[..5]);
}

#[test]
fn a_generator_is_of_several_files() {
    let made = made(
        &[
            (
                "main.py",
                "import sys\nfrom lib import line\nprint(line(sys.argv[1]))",
            ),
            ("lib.py", "def line(seed):\n    return seed[::-1]"),
        ],
        &[],
        3,
    );
    assert_eq!(made.tests.len(), 3);
}

#[test]
fn what_was_made_before_is_counted() {
    let made = made(&[("gen.py", "print(1)")], &[], 5);
    assert_eq!(
        (texts(&made), made.n_duplicates),
        (vec!["1\n".to_owned()], 4)
    );
}

#[test]
fn a_run_that_fails_makes_no_input_and_is_counted() {
    let source = r"
import sys
kind = sys.argv[1]
if kind == 'exit':
    print('n is too great', file=sys.stderr)
    print(1)
    exit(3)
if kind == 'loop':
    while True: pass
if kind == 'much':
    while True: print('x' * 1000000)
if kind != 'nothing': print(kind, sys.argv[2])
";
    let failed = |kind: &str| {
        let made = made(
            &[("gen.py", source)],
            &[&format!("{kind} {{seed}}"), "good {seed}"],
            2,
        );
        assert_eq!((made.tests.len(), made.failed.n), (1, 1));
        let first = made.failed.first.unwrap();
        let (call, said) = first.split_once("` ").unwrap();
        assert!(call.starts_with(&format!("`gen.py {kind} ")), "{call}");
        said.to_owned()
    };
    assert_eq!(failed("exit"), "exited with code 3: n is too great");
    assert_eq!(failed("loop"), "ended with `fuel`");
    assert_eq!(failed("much"), "printed more than 67108864 bytes");
    assert_eq!(failed("nothing"), "printed nothing");
}

#[test]
fn a_generator_that_cannot_be_run_is_told() {
    let told = |file| made_by(&[file], &[], 1, None).unwrap_err();
    let error = told(("gen.c", "int main( {"));
    assert!(
        error.contains("generator `gen.c` does not compile: "),
        "{error}"
    );
    let error = told(("gen.java", ""));
    let expected =
        "generator `gen.java` cannot be run: the file's ending is of no language that we know";
    assert!(error.ends_with(expected), "{error}");
}

fn validators(name: &str, source: &str) -> Validators {
    let validation = Validation {
        input_validators: vec![JudgeProgram {
            name: name.to_owned(),
            language: if name == "v.ctd" {
                JudgeLanguage::Checktestdata
            } else {
                JudgeLanguage::Python
            },
            protocol: Protocol::Kattis,
            entry: Some(name.to_owned()),
            files: vec![SourceFile {
                name: name.to_owned(),
                bytes: source.into(),
            }],
        }],
        ..Validation::default()
    };
    Validators::prepare(&sandbox(), &validation, &JudgeLimits::default()).unwrap()
}

#[test]
fn inputs_that_a_validator_refuses_are_left_out() {
    let all = ["3 {seed}", "11 {seed}", "5 {seed}", "12 {seed}"];
    let small = validators(
        "v.ctd",
        "INT(1, 10, n) NEWLINE REP(n, SPACE) INT(1, 9) END NEWLINE",
    );
    let made = made_by(&[TESTLIB], &all, 4, Some(&small)).unwrap();
    let starts: Vec<_> = texts(&made).iter().map(|it| it[..2].to_owned()).collect();
    assert_eq!(starts, ["3\n", "5\n"]);
    assert_eq!((made.refused.n, made.unknown.n), (2, 0));
    let expected = "v.ctd: line 1, character 1: `INT`: 11 is out of range (line 1 of the script)";
    assert_eq!(made.refused.first.as_deref(), Some(expected));

    let faulty = validators("v.py", "pass");
    let made = made_by(&[TESTLIB], &all, 4, Some(&faulty)).unwrap();
    assert_eq!(
        (made.tests.len(), made.refused.n, made.unknown.n),
        (0, 0, 4)
    );
    let expected = "judge's program `v.py` exited with code 0";
    assert_eq!(made.unknown.first.as_deref(), Some(expected));
}

#[test]
fn inputs_of_the_grammar_are_validated_too() {
    let task = Arc::new(Task {
        public_tests: vec![riddle_engine::problems::Test {
            name: "1".to_owned(),
            input: Arc::from(&b"3\n10 20 30\n"[..]),
            ..Default::default()
        }],
        ..Task::default()
    });
    let set = |validators| {
        let source = TestSource {
            validators,
            ..TestSource::default()
        };
        make_tests(&task, &SearchConfig::default(), &source).unwrap()
    };
    let all = set(None);
    let some = set(Some(&validators(
        "v.ctd",
        "INT(1, 3, n) NEWLINE REP(n, SPACE) INT(0, 1000) END NEWLINE",
    )));
    assert!(some.refused.n > 0 && !some.tests.is_empty());
    assert_eq!(
        some.tests.len() as u64 + some.refused.n,
        all.tests.len() as u64
    );
}
