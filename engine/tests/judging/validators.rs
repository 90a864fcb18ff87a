//! `validate` and `Validators`: what a package's own programs say of its inputs, and all that they may do wrong.

use riddle_engine::{
    Interrupt, Said, Validated, ValidatedProblem, Validators, Validity, Workers,
    problems::{JudgeLimits, LoadOptions},
    validate,
};

use super::{package, sandbox};

/// A package of two tests, one group of which may have greater numbers, and of an input that is not valid.
fn with<'a>(validators: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut files = vec![
        (
            "problem.yaml",
            "name: x\nlimits:\n  time_limit: 2\n  validation_time: 1\n  validation_memory: 64\n",
        ),
        ("data/sample/1.in", "7\n"),
        ("data/sample/1.ans", ""),
        (
            "data/secret/big/testdata.yaml",
            "input_validator_flags: most=1000\n",
        ),
        ("data/secret/big/1.in", "700\n"),
        ("data/secret/big/1.ans", ""),
        ("data/invalid_input/1.in", "700\n"),
    ];
    files.extend(validators);
    files
}

pub(crate) fn validated(files: &[(&str, &str)]) -> ValidatedProblem {
    let folder = package(files);
    let workers = Workers::start(2).unwrap();
    let load = LoadOptions::default();
    let interrupt = Interrupt::new();
    validate(
        &sandbox(),
        &workers,
        folder.path(),
        &load,
        &[],
        &interrupt,
        |_| {},
    )
    .unwrap()
}

/// Checks that the tests are valid and the input that is not meant to be is refused.
#[track_caller]
fn check(validators: &[(&str, &str)]) {
    let validated = validated(&with(validators));
    assert_eq!(validated.unusable, [""; 0]);
    let said: Vec<_> = validated
        .inputs
        .iter()
        .map(|it| (&*it.input, it.says))
        .collect();
    let expected = [
        ("sample/1", Some(Said::Valid)),
        ("secret/big/1", Some(Said::Valid)),
        ("invalid_input/1", Some(Said::Invalid)),
    ];
    assert_eq!(said, expected, "{:?}", validated.inputs);
    assert!(validated.inputs.iter().all(Validated::is_as_expected));
}

#[test]
fn a_validator_in_c_reads_its_arguments_and_refuses_by_assertion() {
    check(&[(
        "input_validators/v.c",
        r#"
        #include <assert.h>
        #include <stdio.h>
        int main(int argc, char **argv) {
            int n, most = 100;
            if (argc > 1) sscanf(argv[1], "most=%d", &most);
            assert(scanf("%d", &n) == 1 && n <= most);
            return 42;
        }"#,
    )]);
}

#[test]
fn a_validator_in_cpp_is_of_several_files_and_lies_in_the_older_folder() {
    check(&[
        (
            "input_format_validators/v/most.h",
            "#pragma once\nint most(int argc, char **argv);",
        ),
        (
            "input_format_validators/v/most.cpp",
            "#include <cstdlib>\nint most(int argc, char **argv) { return argc > 1 ? std::atoi(argv[1] + 5) : 100; }",
        ),
        (
            "input_format_validators/v/main.cpp",
            r#"
            #include "most.h"
            #include <iostream>
            #include <stdexcept>
            int main(int argc, char **argv) {
                int n;
                std::cin >> n;
                if (n > most(argc, argv)) throw std::runtime_error("too great");
                return 42;
            }"#,
        ),
    ]);
}

#[test]
fn a_validator_in_python_is_of_several_files() {
    let files = [
        (
            "input_validators/v/__main__.py",
            "from __future__ import annotations\nimport sys\nfrom limits.most import most\nn = int(input())\nassert n <= most(sys.argv[1:]), f'{n} is too great'\nsys.exit(42)",
        ),
        ("input_validators/v/limits/__init__.py", ""),
        (
            "input_validators/v/limits/most.py",
            "def most(args):\n    return int(args[0].split('=')[1]) if args else 100",
        ),
    ];
    check(&files);
    let refused = &validated(&with(&files)).inputs[2];
    assert_eq!(refused.validator.as_deref(), Some("v"));
    let message = refused.message.as_deref().unwrap();
    assert!(message.contains("Traceback"), "{message}");
}

#[test]
fn a_script_of_checktestdata_is_interpreted() {
    let script = "INT(1, 1000, n) NEWLINE\nASSERT(n < 10 || n == 700)";
    let files = [
        ("input_validators/v.ctd", script),
        (
            "input_validators/w.py",
            "import sys\nsys.exit(42 if len(sys.argv) > 1 or len(input()) == 1 else 1)",
        ),
    ];
    check(&files);
    let mut files = with(&files);
    files.push(("data/invalid_input/2.in", "800\n"));
    files.push(("data/invalid_input/3.in", "1 2\n"));
    let validated = validated(&files);
    let said = |place: usize| {
        let it: &Validated = &validated.inputs[place];
        (it.validator.as_deref(), it.message.as_deref())
    };
    let expected = "line 2, character 1: `ASSERT`: does not hold (line 2 of the script)";
    assert_eq!(said(3), (Some("v.ctd"), Some(expected)));
    let expected = "line 1, character 2: `NEWLINE`: found ` ` (line 1 of the script)";
    assert_eq!(said(4), (Some("v.ctd"), Some(expected)));
}

#[test]
fn a_script_that_is_wrong_is_named_and_refuses_nothing() {
    let said = |script| {
        let validated = validated(&with(&[("input_validators/v.ctd", script)]));
        let it = &validated.inputs[0];
        assert_eq!(it.says, None);
        it.message.clone().unwrap()
    };
    assert_eq!(
        said("REP(3) SPACE"),
        "script `v.ctd` is not usable: line 1: expected `END`, found the end"
    );
    assert_eq!(
        said("\nINT(1, n)"),
        "script `v.ctd` failed: line 2 of the script: `n` has no value"
    );
}

#[test]
fn all_of_several_validators_must_accept() {
    check(&[
        ("input_validators/a.py", "exit(42)"),
        (
            "input_validators/b.py",
            "import sys\nn = int(input())\nsys.exit(42 if n <= (1000 if len(sys.argv) > 1 else 100) else 43)",
        ),
    ]);
}

#[test]
fn a_validator_finds_the_files_of_the_test_and_the_arguments_of_the_program() {
    let validated = validated(&[
        (
            "problem.yaml",
            "problem_format_version: 2025-09\nname: x\nuuid: 1\nlimits:\n  time_limit: 2\n",
        ),
        ("data/secret/1.in", ""),
        ("data/secret/1.ans", ""),
        (
            "data/secret/1.yaml",
            "args: [c]\ninput_validator_args:\n  v.py: [a, b]\n",
        ),
        ("data/secret/1.files/more.txt", "three\n"),
        (
            "input_validators/v.py",
            "import sys\nsys.exit(42 if sys.argv[1:] == ['a', 'b', 'c'] and open('more.txt').read() == 'three\\n' else 43)",
        ),
    ]);
    assert_eq!(validated.inputs[0].says, Some(Said::Valid));
}

#[test]
fn a_validator_of_testlib_has_codes_of_its_own() {
    let validated = validated(&[
        (
            "problem.xml",
            r#"<problem short-name="x">
            <judging><testset name="tests"><time-limit>2000</time-limit><memory-limit>268435456</memory-limit>
            <test-count>2</test-count><input-path-pattern>tests/%02d</input-path-pattern>
            <answer-path-pattern>tests/%02d.a</answer-path-pattern>
            <tests><test/><test/></tests></testset></judging>
            <assets><checker name="std::ncmp.cpp"/><validators><validator><source path="files/val.cpp" type="cpp.g++17"/>
            </validator></validators></assets></problem>"#,
        ),
        ("tests/01", "20\n"),
        ("tests/01.a", ""),
        ("tests/02", "20 \n"),
        ("tests/02.a", ""),
        (
            "files/val.cpp",
            r#"
            #include "testlib.h"
            int main(int argc, char **argv) {
                registerValidation(argc, argv);
                inf.readInt(1, 100, "n");
                inf.readEoln();
                inf.readEof();
            }"#,
        ),
    ]);
    let says: Vec<_> = validated.inputs.iter().map(|it| it.says).collect();
    assert_eq!(says, [Some(Said::Valid), Some(Said::Invalid)]);
    let message = validated.inputs[1].message.as_deref().unwrap();
    assert!(message.starts_with("FAIL"), "{message}");
}

/// Checks that a validator is at fault and the input is not called invalid.
#[track_caller]
fn check_fault(name: &str, source: &str, expected: &str) {
    let validated = validated(&with(&[(name, source)]));
    for it in &validated.inputs {
        assert_eq!(it.says, None);
        let file = name.rsplit('/').next().unwrap();
        let expected = format!("judge's program `{file}` {expected}");
        let message = it.message.as_deref().unwrap_or_default();
        assert!(message.starts_with(&expected), "{message}");
    }
}

#[test]
fn a_validator_that_fails_is_at_fault() {
    let check = |source, expected| check_fault("input_validators/v.cpp", source, expected);
    check("int main() {}", "exited with code 0");
    check("int main() { __builtin_trap(); }", "was ended: ");
    check(
        "#include <cstdio>\nint main() { fputs(\"x\", stderr); return *(volatile int *)-16; }",
        "was ended: ",
    );
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
fn a_validator_that_cannot_be_used_is_named_and_refuses_nothing() {
    let not_compiled = "is not usable: it does not compile: ";
    check_fault("input_validators/v.cpp", "int main( {}", not_compiled);
    check_fault("input_validators/v.py", "if:", not_compiled);
    check_fault(
        "input_validators/v.viva",
        "{ [1 <= n <= 10] n: integer; }",
        "is not usable: programs in VIVA are not run",
    );
    let validated = validated(&with(&[
        ("input_validators/v/__main__.py", "import w\nexit(42)"),
        ("input_validators/v/w.py", "if:"),
    ]));
    let reason = &validated.unusable[0];
    assert!(
        reason.starts_with("judge's program `v` is not usable: it does not compile: ")
            && reason.contains("\"w.py\", line 1"),
        "{reason}"
    );
}

#[test]
fn what_a_validator_prints_is_cut_and_cleaned() {
    let validated = validated(&with(&[(
        "input_validators/v.py",
        "import os, sys\nos.write(1, b'\\x1b[31m\\xff' * 10000)\nsys.exit(1)",
    )]));
    let message = validated.inputs[0].message.as_deref().unwrap();
    assert!(message.len() < 2000 && !message.contains('\x1b'));
}

#[test]
fn any_input_can_be_validated() {
    let folder = package(&with(&[(
        "input_validators/v.py",
        "import sys\nsys.exit(42 if sys.stdin.buffer.read() == b'\\xff' else 43)",
    )]));
    let problem = riddle_engine::problems::load(folder.path(), &LoadOptions::default()).unwrap();
    let validators =
        Validators::prepare(&sandbox(), &problem.validation, &JudgeLimits::default()).unwrap();
    assert_eq!(validators.len(), 1);
    assert_eq!(validators.validate(b"\xff").unwrap(), Validity::Valid);
    let refused = Validity::Invalid {
        validator: "v.py".to_owned(),
        message: None,
    };
    assert_eq!(validators.validate(b"").unwrap(), refused);
}

#[test]
fn a_package_without_validators_is_refused() {
    let folder = package(&with(&[]));
    let workers = Workers::start(1).unwrap();
    let load = LoadOptions::default();
    let interrupt = Interrupt::new();
    let error = validate(
        &sandbox(),
        &workers,
        folder.path(),
        &load,
        &[],
        &interrupt,
        |_| {},
    );
    let error = error.unwrap_err().to_string();
    assert!(error.ends_with("has no input validators"), "{error}");
}
