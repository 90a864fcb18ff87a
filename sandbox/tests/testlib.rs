//! Programs written against testlib, by our own header of that name, and programs of several files. Needs the
//! toolchain that `riddle setup` installs.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use riddle_sandbox::{
    Cancel, CompileFailureKind, Ending, Execution, Language, Limits, SourceFiles,
};

use common::{check, run, sandbox};

/// A validator of a number and as many numbers, each at most 10.
const VALIDATOR: &str = "#include \"testlib.h\"\n
    int main() {
        registerValidation();
        addFeature(\"has a ten\");
        int n = inf.readInt(1, 1000000000, \"n\");
        inf.readEoln();
        for (int x : inf.readInts(n, 1, 10, \"x\"))
            if (x == 10) feature(\"has a ten\");
        inf.readEoln();
        inf.readEof();
    }";

#[track_caller]
fn ends(execution: &Execution, ending: &Ending, stderr: &str) {
    assert_eq!(String::from_utf8_lossy(&execution.stderr), stderr);
    assert_eq!(execution.ending, *ending);
}

/// Compiles a program with files beside it and runs it.
#[track_caller]
fn run_with(language: Language, source: &str, files: &[(&str, &str)]) -> Execution {
    let mut beside = SourceFiles::default();
    for (name, text) in files {
        beside.add(name, text.as_bytes().to_vec()).unwrap();
    }
    let sandbox = sandbox();
    let compiled = sandbox.compile_with(language, source.as_bytes(), &beside);
    let program = compiled
        .unwrap()
        .outcome
        .unwrap_or_else(|failure| panic!("{}", failure.text));
    let (limits, cancel) = (Limits::default(), Cancel::new());
    sandbox
        .execute(&program, Vec::new().into(), &limits, &cancel)
        .unwrap()
}

#[test]
fn a_validator_accepts_what_is_valid_to_the_letter() {
    let valid = run(Language::Cpp, VALIDATOR, "3\n1 10 5\n");
    ends(&valid, &Ending::Ok, "");
}

#[test]
fn a_validator_says_what_is_wrong_and_in_which_line() {
    for (input, message) in [
        (
            "3\n1 10 11\n",
            "FAIL Integer element x[3] equals to 11, violates the range [1, 10] (stdin, line 2)\n",
        ),
        (
            "0\n",
            "FAIL Integer parameter [name=n] equals to 0, violates the range [1, 10^9] (stdin, line 1)\n",
        ),
        (
            "3\n1  2 3\n",
            "FAIL Unexpected white-space - token expected (stdin, line 2)\n",
        ),
        (
            "1\n01\n",
            "FAIL Expected integer, but \"01\" found (stdin, line 2)\n",
        ),
        ("1\r\n1\r\n", "FAIL Expected EOLN (stdin, line 1)\n"),
        ("1\n1", "FAIL Expected EOLN (stdin, line 2)\n"),
        ("1\n1\n\n", "FAIL Expected EOF (stdin, line 3)\n"),
        (
            "",
            "FAIL Unexpected end of file - token expected (stdin, line 1)\n",
        ),
    ] {
        let invalid = run(Language::Cpp, VALIDATOR, input);
        ends(&invalid, &Ending::Exit(3), message);
    }
}

#[test]
fn a_validator_that_does_not_read_to_the_end_fails() {
    let source = "#include <testlib.h>\nint main() { registerValidation(); inf.readInt(); }";
    let execution = run(Language::Cpp, source, "1");
    let message = "FAIL Validator must end with readEof call.\n";
    ends(&execution, &Ending::Exit(3), message);
}

// The numbers are those of testlib 0.9.45 under g++, from the same seeds.
#[test]
fn a_generators_numbers_are_those_of_everywhere() {
    let source = "#include <bits/stdc++.h>\n#include \"testlib.h\"\nusing namespace std;
        int main() {
            char name[] = \"gen\", a[] = \"5\", b[] = \"-n=6\"; char *argv[] = {name, a, b};
            registerGen(3, argv, 1);
            println(rnd.next(100));
            println(rnd.next(1LL, 1000000000000LL));
            println(rnd.next(\"[a-z]{8}\"));
            printf(\"%.17g\\n\", rnd.next());
            printf(\"%.17g\\n\", rnd.wnext(3.0, -30));
            println(rnd.wnext(1000, 5));
            println(rnd.wnext(1000L, -2));
            println(rnd.any(vector<int>{4, 5, 6}));
            println(rnd.perm(6, 1));
            println(rnd.distinct(4, 10, 99));
            println(rnd.partition(3, 30, 2));
            vector<int> v(6); iota(v.begin(), v.end(), 0); shuffle(v.begin(), v.end()); println(v.begin(), v.end());
            println(opt<int>(\"n\"), opt(1), opt<long>(\"m\", 7));
        }";
    check(
        Language::Cpp,
        source,
        "",
        include_str!("testlib_numbers.txt"),
    );
}

#[test]
fn a_checker_without_files_says_so() {
    let source = "#include \"testlib.h\"\nint main(int argc, char *argv[]) {
        setName(\"compare\"); registerTestlibCmd(argc, argv); quitf(_ok, \"%d\", ouf.readInt()); }";
    let execution = run(Language::Cpp, source, "");
    assert_eq!(execution.ending, Ending::Exit(3));
    assert!(
        String::from_utf8_lossy(&execution.stderr).starts_with("FAIL Program must be run with")
    );
}

#[test]
fn what_is_read_from_a_text_is_compared_as_testlib_does() {
    let source = "#include \"testlib.h\"\n
        int main() {
            ouf.mode = _output;
            InStream in(ouf, \"1e 5. 9223372036854775807 -0\");
            printf(\"%g %g %lld\\n\", in.readDouble(), in.readReal(0, 10), in.readLong());
            printf(\"%d %d\\n\", doubleCompare(1, 1.0000001, 1e-6), doubleCompare(0, 1e-5, 1e-6));
            println(toHumanReadableString(-30000000), compress(std::string(70, 'x')), englishEnding(12));
            disableFinalizeGuard(); testlibMode = _interactor; fflush(stdout);
            in.readInt();
        }";
    let execution = run(Language::Cpp, source, "");
    let stdout = String::from_utf8_lossy(&execution.stdout);
    let part = format!("{}...{}", "x".repeat(30), "x".repeat(31));
    assert_eq!(
        stdout,
        format!("1 5 9223372036854775807\n1 0\n-3*10^7 {part} th\n")
    );
    let message = "wrong output format Expected integer, but \"-0\" found\n";
    ends(&execution, &Ending::Exit(2), message);
}

#[test]
fn what_differs_from_machine_to_machine_is_refused() {
    let source = "#include \"testlib.h\"\nint main(int argc, char **argv) { registerGen(argc, argv, 1); return rand(); }";
    let execution = run(Language::Cpp, source, "");
    ends(
        &execution,
        &Ending::Exit(3),
        "FAIL Don't use rand(), use rnd.next() instead\n",
    );
}

#[test]
fn a_copy_beside_the_source_wins() {
    let source = "#include \"testlib.h\"\n#include <iostream>\nint main() { std::cout << MINE; }";
    let execution = run_with(Language::Cpp, source, &[("testlib.h", "#define MINE 42\n")]);
    assert_eq!(String::from_utf8_lossy(&execution.stdout), "42");
}

#[test]
fn several_sources_and_headers_make_one_program() {
    let main = "#include <cstdio>\n#include \"lib/sum.h\"\nint main() { printf(\"%ld\\n\", sum(1L << 40, 2)); }";
    let files = [
        (
            "lib/sum.h",
            "#pragma once\n#include \"../width.h\"\nnumber sum(number a, number b);\n",
        ),
        ("width.h", "#pragma once\ntypedef long number;\n"),
        (
            "sum.cpp",
            "#include \"lib/sum.h\"\nnumber sum(number a, number b) { return a + b; }",
        ),
        ("notes.txt", "this is no C++"),
    ];
    let execution = run_with(Language::Cpp, main, &files);
    assert_eq!(
        String::from_utf8_lossy(&execution.stdout),
        "1099511627778\n"
    );
    let main = "#include <stdio.h>\n#include \"twice.h\"\nint main(void) { printf(\"%d\\n\", twice(21)); return 0; }";
    let files = [
        ("twice.h", "int twice(int);\n"),
        (
            "twice.c",
            "#include \"twice.h\"\nint twice(int x) { return 2 * x; }",
        ),
    ];
    let execution = run_with(Language::C, main, &files);
    assert_eq!(String::from_utf8_lossy(&execution.stdout), "42\n");
}

#[test]
fn a_file_beside_the_source_is_part_of_what_is_remembered() {
    let source = "#include <cstdio>\n#include \"value.h\"\nint main() { printf(\"%d\", VALUE); }";
    for value in ["1", "2"] {
        let header = format!("#define VALUE {value}\n");
        let execution = run_with(Language::Cpp, source, &[("value.h", &header)]);
        assert_eq!(String::from_utf8_lossy(&execution.stdout), value);
    }
}

#[test]
fn files_outside_of_the_folder_are_not_there() {
    let sandbox = sandbox();
    for name in ["../overlay.json", "../main.o", "/etc/passwd"] {
        let source = format!("#include \"{name}\"\nint main() {{}}");
        let mut files = SourceFiles::default();
        files.add("x.h", Vec::new()).unwrap();
        let compiled = sandbox.compile_with(Language::Cpp, source.as_bytes(), &files);
        let failure = compiled.unwrap().outcome.err().expect("no such file");
        assert_eq!(failure.kind, CompileFailureKind::Diagnostics);
        assert!(failure.text.contains("not found"), "{}", failure.text);
    }
}

#[test]
fn languages_of_one_file_refuse_more() {
    let mut files = SourceFiles::default();
    files.add("helper.wat", b"(module)".to_vec()).unwrap();
    let compiled = sandbox().compile_with(Language::Wasm, b"(module)", &files);
    let failure = compiled.unwrap().outcome.err().expect("one file only");
    assert_eq!(failure.kind, CompileFailureKind::Unsupported);
}
