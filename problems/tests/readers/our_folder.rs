//! Our own folder format.

use std::time::Duration;

use fs_err as fs;
use insta::assert_snapshot;
use riddle_problems::{Checker, Format, LoadOptions, Problem, TaskLimits, TimeLimit, load};

use super::{describe, error, folder, private, public, read};

#[test]
fn flat_tests_have_the_first_public_in_byte_order() {
    let files = [
        ("tests/2.in", "c"),
        ("tests/2.ans", ""),
        ("tests/10.in", "a"),
        ("tests/10.ans", "b"),
    ];
    let problem = read(&files);
    assert_eq!(
        (public(&problem), private(&problem)),
        (vec!["10"], vec!["2"])
    );
    assert_eq!(&*problem.task.public_tests[0].input, b"a");
    assert_eq!(&*problem.task.public_tests[0].answer, b"b");
    assert_eq!(problem.task.format, Format::Folder);
    assert_eq!(problem.task.checker, Checker::Tokens);

    let options = LoadOptions {
        n_public: 5,
        ..LoadOptions::default()
    };
    let problem = load(folder(&files).path(), &options).unwrap();
    assert_eq!((public(&problem).len(), private(&problem).len()), (2, 0));
}

#[test]
fn divided_tests_are_read_below_every_name_and_recursively() {
    let problem = read(&[
        ("tests/sample/a.in", ""),
        ("tests/sample/a.out", ""),
        ("tests/public/b.in", ""),
        ("tests/public/b.ans", ""),
        ("tests/private/c.in", ""),
        ("tests/private/c.ans", ""),
        ("tests/hidden/d/e.in", ""),
        ("tests/hidden/d/e.ans", ""),
        ("tests/secret/f.in", ""),
        ("tests/secret/f.ans", ""),
        ("tests/secret/notes.txt", ""),
    ]);
    assert_eq!(public(&problem), ["public/b", "sample/a"]);
    assert_eq!(private(&problem), ["hidden/d/e", "private/c", "secret/f"]);
}

#[test]
fn the_config_and_the_statement_say_the_rest() {
    let config = "title = 'Sums'\ntime_limit_seconds = 0.5\nmemory_limit_bytes = 1000\n\
                  output_limit_bytes = 10\nsource_limit_bytes = 20\nrating = 800\ntags = ['math']\n\
                  [checker]\nname = 'kattis'\nflags = 'float_tolerance 1e-6'\n";
    let Problem { task, .. } = read(&[
        ("tests/1.in", ""),
        ("tests/1.ans", ""),
        ("problem.toml", config),
        ("statement.md", "# Add"),
    ]);
    assert_eq!(task.title.as_deref(), Some("Sums"));
    assert_eq!(task.statement.as_deref(), Some("# Add"));
    assert_eq!(
        task.limits.time,
        TimeLimit::Declared(Duration::from_millis(500))
    );
    assert_eq!(task.limits.memory_bytes, 1000);
    assert_eq!(task.limits.output_bytes, 10);
    assert_eq!(task.limits.source_bytes, 20);
    assert_eq!(
        (task.rating, task.tags),
        (Some(800), vec!["math".to_owned()])
    );
    assert!(task.checker.judge(b"1", b"1.0000001").accepted);
}

#[test]
fn a_checker_is_named_with_what_it_takes() {
    for (config, name) in [
        ("checker = 'testlib:rcmp6'", "testlib:rcmp6"),
        ("checker = 'kattis case_sensitive'", "kattis case_sensitive"),
        ("checker = 'dmoj:floats 4'", "dmoj:floats 4"),
        ("checker = { name = 'lcb' }", "lcb"),
        (
            "[checker]\nname = 'dmoj:floats'\nflags = '4'",
            "dmoj:floats 4",
        ),
        ("", "tokens"),
    ] {
        let files = [
            ("tests/1.in", ""),
            ("tests/1.ans", ""),
            ("problem.toml", config),
        ];
        assert_eq!(read(&files).task.checker.to_string(), name);
    }
}

#[test]
fn problem_json_has_the_fields_of_code_contests() {
    let json = r#"{"name": "1_A", "description": "Add.", "cf_rating": 1200, "cf_tags": ["dp", ""],
        "difficulty": 7, "time_limit": {"seconds": 1, "nanos": 500000000}, "memory_limit_bytes": 64,
        "public_tests": {"input": ["1"], "output": ["2"]},
        "private_tests": [{"input": "3", "output": "4"}],
        "generated_tests": {"input": ["5", "6"], "output": ["7", "8"]}}"#;
    let problem = read(&[("problem.json", json)]);
    assert_eq!(public(&problem), ["public/00001"]);
    assert_eq!(
        private(&problem),
        ["private/00001", "generated/00001", "generated/00002"]
    );
    let task = problem.task;
    assert_eq!(
        task.limits.time,
        TimeLimit::Declared(Duration::from_millis(1500))
    );
    assert_eq!((task.limits.memory_bytes, task.rating), (64, Some(1200)));
    assert_eq!(task.tags, ["dp"]);
    assert_eq!(task.statement.as_deref(), Some("Add."));
}

#[test]
fn zeros_and_nulls_in_problem_json_mean_unknown() {
    let json = r#"{"cf_rating": 0, "time_limit": null, "memory_limit_bytes": 0, "input_file": "",
        "public_tests": {"input": ["1"], "output": ["2"]}}"#;
    let task = read(&[("problem.json", json)]).task;
    assert_eq!(task.limits, TaskLimits::default());
    assert_eq!((task.rating, task.file_io), (None, None));
}

#[test]
fn programs_may_read_and_write_files() {
    let json = r#"{"input_file": "in.txt", "output_file": "",
        "public_tests": {"input": ["1"], "output": ["2"]}}"#;
    let file_io = read(&[("problem.json", json)]).task.file_io.unwrap();
    assert_eq!(file_io.input.as_deref(), Some("in.txt"));
    assert_eq!(file_io.output, None);
}

#[test]
fn a_time_limit_too_small_to_count_is_not_zero() {
    let json = r#"{"time_limit": {"nanos": 0.1}, "public_tests": [{"input": "", "output": ""}]}"#;
    let config = "time_limit_seconds = 1e-300";
    for limit in [("problem.json", json), ("problem.toml", config)] {
        let time = read(&[limit, ("tests/1.in", ""), ("tests/1.ans", "")])
            .task
            .limits
            .time;
        assert_eq!(time, TimeLimit::Declared(Duration::from_nanos(1)));
    }
}

#[test]
fn missing_tests_are_named() {
    assert_snapshot!(error(&[("tests/", "")]), @r"
    failed to load problem from `P`
      problem has no tests
    hint: tests are pairs `1.in` and `1.ans` in `tests/public` and `tests/secret`, or in a package's `data/sample` and `data/secret`
    ");
    assert_snapshot!(error(&[("tests/secret/1.in", ""), ("tests/secret/1.ans", "")]), @r"
    failed to load problem from `P`
      problem has no public test: at least 1 is needed to filter candidates on
    hint: move a test into `tests/public`
    ");
    assert_snapshot!(error(&[("tests/1.in", ""), ("tests/1.ans", ""), ("tests/2.in", "")]), @r"
    failed to load problem from `P/tests/2.in`
      test `2` has an input but no answer
    hint: put the answer beside the input, with the extension `.ans`
    ");
    assert_snapshot!(error(&[("tests/1.in", ""), ("tests/1.ans", ""), ("tests/2.ans", "")]), @r"
    failed to load problem from `P/tests/2.ans`
      test `2` has an answer but no input
    hint: put the input beside the answer, with the extension `.in`
    ");
    let mixed = [
        ("tests/2.in", ""),
        ("tests/2.ans", ""),
        ("tests/sample/1.in", ""),
        ("tests/sample/1.ans", ""),
    ];
    assert_snapshot!(error(&mixed), @r"
    failed to load problem from `P/tests/2.in`
      test `2` is neither public nor private, though others are
    hint: move it into `tests/public` or `tests/secret`
    ");
}

fn config_error(config: &str) -> String {
    error(&[
        ("tests/1.in", ""),
        ("tests/1.ans", ""),
        ("problem.toml", config),
    ])
}

#[test]
fn a_bad_config_is_named_with_its_line_or_field() {
    assert_snapshot!(config_error("title = 'x'\ntime_limit_seconds = ="), @r"
    failed to load problem from `P/problem.toml`
      line 2: extra `=`, expected nothing
    ");
    assert_snapshot!(config_error("rating = 800\ntimelimit = 2\n"), @r"
    failed to load problem from `P/problem.toml`
      line 2: unknown field `timelimit`, expected one of `title`, `time_limit_seconds`, `memory_limit_bytes`, `output_limit_bytes`, `source_limit_bytes`, `rating`, `tags`, `checker`
    ");
    assert_snapshot!(config_error("time_limit_seconds = nan\n"), @r"
    failed to load problem from `P/problem.toml`
      field `time_limit_seconds` is `NaN`: expected a number of seconds above 0, and no more than a day
    ");
    assert_snapshot!(config_error("output_limit_bytes = 0\n"), @r"
    failed to load problem from `P/problem.toml`
      field `output_limit_bytes` is `0`: expected a number of bytes above 0
    ");
    assert_snapshot!(config_error("memory_limit_bytes = -1\n"), @r"
    failed to load problem from `P/problem.toml`
      line 1: invalid value: integer `-1`, expected u64
    ");
    assert_snapshot!(config_error("[checker]\nname = 'wcmp'\n"), @r"
    failed to load problem from `P/problem.toml`
      field `checker.name` is `wcmp`: expected a checker, such as `tokens`, `kattis` or `testlib:wcmp`
    ");
    assert_snapshot!(config_error("[checker]\nname = 'kattis'\nflags = 'float_tolerance x'\n"), @r"
    failed to load problem from `P/problem.toml`
      field `checker.flags` has bad checker flags
      flag `float_tolerance` has the value `x`: expected a number
    hint: flags are `case_sensitive`, `space_change_sensitive`, `float_tolerance E`, `float_absolute_tolerance E` and `float_relative_tolerance E`
    ");
    assert_snapshot!(config_error("[checker]\nname = 'tokens'\nflags = 'case_sensitive'\n"), @r"
    failed to load problem from `P/problem.toml`
      field `checker.flags` is `case_sensitive`: expected what the checker takes, which is nothing for most
    ");
    assert_snapshot!(config_error("checker = 5\n"), @r"
    failed to load problem from `P/problem.toml`
      line 1: invalid type: integer `5`, expected the name of a checker, or a table of `name` and `flags`
    ");
}

#[test]
fn a_bad_problem_json_is_named_with_its_line_or_field() {
    assert_snapshot!(error(&[("problem.json", "{\n\"name\": ]")]), @r"
    failed to load problem from `P/problem.json`
      line 2: expected value
    ");
    assert_snapshot!(error(&[("problem.json", "[1]")]), @r"
    failed to load problem from `P/problem.json`
      line 1: expected fields with names
    ");
    assert_snapshot!(error(&[("problem.json", r#"{"public_tests": {"input": ["1"], "output": []}}"#)]), @r"
    failed to load problem from `P/problem.json`
      field `public_tests` is a map: expected `input` and `output`: two lists of texts of one length, or both in each object
    ");
    assert_snapshot!(error(&[("problem.json", r#"{"input_file": "../in.txt"}"#)]), @r"
    failed to load problem from `P/problem.json`
      field `input_file` is `../in.txt`: expected the name of a file without a folder
    ");
}

#[test]
fn a_statement_must_be_text() {
    let folder = folder(&[("tests/1.in", ""), ("tests/1.ans", "")]);
    fs::write(folder.path().join("statement.md"), b"a\nb\xff").unwrap();
    let err = load(folder.path(), &LoadOptions::default()).unwrap_err();
    assert_snapshot!(describe(&err, &folder), @r"
    failed to load problem from `P/statement.md`
      line 2: text is not UTF-8
    ");
}
