//! Kattis and ICPC packages.

use std::time::Duration;

use insta::assert_snapshot;
use riddle_problems::{Format, LoadOptions, Rounding, TimeLimit, load};

use super::{SECRET, error, folder, package, private, public, read};

#[test]
fn a_package_needs_no_config() {
    let problem = read(&package(&[]));
    assert_eq!(problem.task.format, Format::Kattis);
    assert_eq!(
        (public(&problem), private(&problem)),
        (vec!["sample/1"], vec!["secret/1"])
    );
    assert_eq!(problem.task.limits.memory_bytes, 2048 << 20);
    assert_eq!(problem.task.checker.to_string(), "kattis");
    assert_eq!(problem.warnings, [""; 0]);
}

#[test]
fn the_format_can_be_forced() {
    let folder = folder(&package(&[("tests/a.in", ""), ("tests/a.ans", "")]));
    let options = LoadOptions {
        format: Some(Format::Folder),
        ..LoadOptions::default()
    };
    assert_eq!(public(&load(folder.path(), &options).unwrap()), ["a"]);
}

#[test]
fn a_legacy_config_is_read() {
    let config = "name: Bank Queue\nvalidator_flags: float_tolerance 1e-6\nkeywords: a b\n\
                  limits:\n  time_multiplier: 3\n  memory: 512\n  output: 1\n  code: 64\n";
    let statement = (
        "problem_statement/problem.en.tex",
        "\\problemname{Other}\nText",
    );
    let task = read(&package(&[("problem.yaml", config), statement])).task;
    assert_eq!(task.title.as_deref(), Some("Bank Queue"));
    assert_eq!(task.statement.as_deref(), Some(statement.1));
    assert_eq!(task.tags, ["a", "b"]);
    assert_eq!(task.limits.memory_bytes, 512 << 20);
    assert_eq!(
        (task.limits.output_bytes, task.limits.source_bytes),
        (1 << 20, 64 << 10)
    );
    let second = Duration::from_secs(1);
    let rounding = Rounding::Nearest;
    let expected = TimeLimit::FromAccepted {
        multiplier: 3.0,
        minimum: second,
        resolution: second,
        rounding,
    };
    assert_eq!(task.limits.time, expected);
    assert!(task.checker.judge(b"1.0", b"1.0000001").accepted);
}

#[test]
fn a_modern_config_is_read() {
    let config = "problem_format_version: 2025-09\nname: {sv: Hej, en: Hello}\ntype: pass-fail\n\
                  keywords: [x y]\nlimits: {time_multipliers: {ac_to_time_limit: 1.5}, \
                  time_resolution: 0.1}\n";
    let group = (
        "data/test_group.yaml",
        "output_validator_args: [float_tolerance, 1e-3]",
    );
    let task = read(&package(&[("problem.yaml", config), group])).task;
    assert_eq!(task.title.as_deref(), Some("Hello"));
    assert_eq!(task.tags, ["x y"]);
    let tenth = Duration::from_millis(100);
    let rounding = Rounding::Up;
    let expected = TimeLimit::FromAccepted {
        multiplier: 1.5,
        minimum: tenth,
        resolution: tenth,
        rounding,
    };
    assert_eq!(task.limits.time, expected);
    let text = task.checker.to_string();
    assert_eq!(text, "kattis float_tolerance 1e-3");
}

#[track_caller]
fn check_time(files: &[(&str, &str)], expected_ms: u64) {
    let expected = TimeLimit::Declared(Duration::from_millis(expected_ms));
    assert_eq!(read(&package(files)).task.limits.time, expected);
}

#[test]
fn a_time_limit_too_small_to_count_is_not_zero() {
    let time = read(&package(&[(".timelimit", "1e-300")])).task.limits.time;
    assert_eq!(time, TimeLimit::Declared(Duration::from_nanos(1)));
}

#[test]
fn a_stated_time_limit_counts_before_a_judges_own() {
    check_time(&[(".timelimit", "2\n")], 2000);
    check_time(
        &[("domjudge-problem.ini", "name = x\ntimelimit = '1.5'\n")],
        1500,
    );
    check_time(
        &[(".timelimit", "2"), ("domjudge-problem.ini", "timelimit=3")],
        2000,
    );
    check_time(
        &[
            (".timelimit", "2"),
            ("problem.yaml", "limits: {time_limit: 4}"),
        ],
        4000,
    );
}

#[test]
fn the_last_of_two_equal_fields_counts() {
    let config = ("problem.yaml", "name: x\nname: y\n");
    assert_eq!(read(&package(&[config])).task.title.as_deref(), Some("y"));
}

#[test]
fn titles_of_old_packages_are_in_the_statement() {
    let task = read(&package(&[(
        "problem_statement/problem.tex",
        "\\problemname{A1 Paper}",
    )]))
    .task;
    assert_eq!(task.title.as_deref(), Some("A1 Paper"));
}

#[test]
fn half_a_test_is_left_out_with_a_warning() {
    let problem = read(&package(&[
        ("data/secret/2.in", ""),
        ("data/secret/g/3.ans", ""),
    ]));
    assert_eq!(private(&problem), ["secret/1"]);
    let expected = [
        "`data/secret/2.in` has no answer beside it: test left out",
        "`data/secret/g/3.ans` has no input beside it: test left out",
    ];
    assert_eq!(problem.warnings, expected);
}

#[test]
fn a_package_without_samples_can_be_judged() {
    let problem = read(&SECRET);
    assert_eq!((public(&problem).len(), private(&problem).len()), (0, 1));
    assert_eq!(
        problem.warnings,
        ["no sample data: nothing to filter candidates on"]
    );
}

#[test]
fn flags_of_test_groups_are_inherited_and_added_to_the_packages_own() {
    let task = read(&package(&[
        ("problem.yaml", "validator_flags: case_sensitive"),
        (
            "data/testdata.yaml",
            "output_validator_flags: space_change_sensitive",
        ),
        ("data/secret/testdata.yaml", "# nothing here\n"),
    ]))
    .task;
    assert_eq!(
        task.checker.to_string(),
        "kattis case_sensitive space_change_sensitive"
    );
}

fn config_error(config: &str) -> String {
    error(&package(&[("problem.yaml", config)]))
}

#[test]
fn an_unknown_version_or_kind_is_named() {
    assert_snapshot!(config_error("problem_format_version: 2030-01"), @r"
    failed to load problem from `P/problem.yaml`
      not supported yet: `problem_format_version` `2030-01`
    ");
    assert_snapshot!(config_error("type: quiz"), @r"
    failed to load problem from `P/problem.yaml`
      not supported yet: problem type `quiz`
    ");
    assert_snapshot!(config_error("validation: custom quantum"), @r"
    failed to load problem from `P/problem.yaml`
      not supported yet: `custom quantum` output validation
    ");
}

#[test]
fn a_bad_config_is_named_with_its_line_or_field() {
    assert_snapshot!(config_error("name: x\nlimits: [1\n"), @r"
    failed to load problem from `P/problem.yaml`
      line 2: unclosed bracket '['
    ");
    assert_snapshot!(config_error("just text"), @r"
    failed to load problem from `P/problem.yaml`
      line 1: expected fields with names
    ");
    assert_snapshot!(config_error("name: [x]"), @r"
    failed to load problem from `P/problem.yaml`
      field `name` is a list: expected a text, or a text for each language
    ");
    assert_snapshot!(config_error("limits: {memory: lots}"), @r"
    failed to load problem from `P/problem.yaml`
      field `limits.memory` is `lots`: expected a number of MiB above 0
    ");
    assert_snapshot!(config_error("limits: {memory: 18446744073709551615}"), @r"
    failed to load problem from `P/problem.yaml`
      field `limits.memory` is `18446744073709551615`: expected a number of MiB above 0
    ");
    assert_snapshot!(config_error("limits: {time_limit: 1e300}"), @r"
    failed to load problem from `P/problem.yaml`
      field `limits.time_limit` is `1e+300`: expected a number of seconds above 0, and no more than a day
    ");
    assert_snapshot!(config_error("limits: {time_multiplier: -1}"), @r"
    failed to load problem from `P/problem.yaml`
      field `limits.time_multiplier` is `-1`: expected a number above 0, and no more than 1000
    ");
    assert_snapshot!(config_error("validator_flags: float_tolerance"), @r"
    failed to load problem from `P/problem.yaml`
      field `validator_flags` has bad checker flags
      flag `float_tolerance` has no value
    hint: flags are `case_sensitive`, `space_change_sensitive`, `float_tolerance E`, `float_absolute_tolerance E` and `float_relative_tolerance E`
    ");
    let group = ("data/testdata.yaml", "output_validator_flags: exact");
    assert_snapshot!(error(&package(&[group])), @r"
    failed to load problem from `P/data/testdata.yaml`
      field `output_validator_flags` has bad checker flags
      unknown flag `exact`
    hint: flags are `case_sensitive`, `space_change_sensitive`, `float_tolerance E`, `float_absolute_tolerance E` and `float_relative_tolerance E`
    ");
    assert_snapshot!(error(&package(&[(".timelimit", "soon")])), @r"
    failed to load problem from `P/.timelimit`
      field `timelimit` is `soon`: expected a number of seconds above 0, and no more than a day
    ");
    assert_snapshot!(error(&[("problem.yaml", "name: x")]), @r"
    failed to load problem from `P`
      problem has no tests
    hint: tests are pairs `1.in` and `1.ans` in `tests/public` and `tests/secret`, or in a package's `data/sample` and `data/secret`
    ");
}

#[test]
fn a_config_made_to_grow_is_refused() {
    let mut bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (new, old) in "bcdefghi".chars().zip("abcdefgh".chars()) {
        bomb = format!(
            "{bomb}{new}: &{new} [{}]\n",
            vec![format!("*{old}"); 9].join(", ")
        );
    }
    assert!(config_error(&bomb).contains("problem.yaml"));
    assert!(config_error(&"[".repeat(100_000)).contains("problem.yaml"));
}
