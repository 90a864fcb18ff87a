//! `riddle judge`.

use serde_json::{Map, Value};

use crate::{check, programs, world::World};

/// A problem with a labelled program for most verdicts.
fn labelled() -> World {
    let world = World::new();
    world.echo_problem("echo");
    for (name, program) in [
        ("accepted/echo.wat", programs::echo()),
        ("wrong_answer/fixed.wat", programs::prints(1, *b"1234")),
        ("run_time_error/trap.wat", programs::traps()),
        ("time_limit_exceeded/loop.wat", programs::loops()),
        ("compile_error/broken.wat", programs::broken()),
        ("mixed/exit.wat", programs::exits(1)),
    ] {
        world.write(&format!("echo/submissions/{name}"), program);
    }
    world
}

#[test]
fn labels_that_are_met() {
    check!(labelled().riddle(&["judge", "echo"]), @"
    exit 0
    --- stdout
    echo
            got  want     time     memory  program
      met   AC   AC [time]   64.0 KiB  submissions/accepted/echo.wat
      met   CE   CE          -          -  submissions/compile_error/broken.wat
      -     RTE  - [time]   64.0 KiB  submissions/mixed/exit.wat (test public/1)
      met   RTE  RTE [time]   64.0 KiB  submissions/run_time_error/trap.wat (test public/1)
      met   TLE  TLE [time]   64.0 KiB  submissions/time_limit_exceeded/loop.wat (test public/1)
      met   WA   WA [time]   64.0 KiB  submissions/wrong_answer/fixed.wat (test private/1)
      time limit 0.01 s

      label   AC  WA  TLE  RTE  CE
      AC       1   .    .    .   .
      WA       .   1    .    .   .
      TLE      .   .    1    .   .
      RTE      .   .    .    1   .
      CE       .   .    .    .   1
      (none)   .   .    .    1   .

      language  judged  met  missed  not judged
      wasm           6    5       0

    labels met: 5 of 5
    --- stderr
    ");
}

#[test]
fn a_label_that_is_not_met_is_an_answer() {
    let world = labelled();
    world.write("echo/submissions/accepted/loop.wat", programs::loops());
    world.write("echo/submissions/accepted/broken.wat", programs::broken());
    world.write("echo/submissions/accepted/Main.java", "class Main {}");
    check!(world.riddle(&["judge", "echo"]), @"
    exit 1
    --- stdout
    echo
            got  want     time     memory  program
      -     -    AC          -          -  submissions/accepted/Main.java (not judged)
      MISS  CE   AC          -          -  submissions/accepted/broken.wat (failed to compile: wasm[0]::function[0]: WebAssem…: type mismatch: expected i32 but nothing on stack)
      met   AC   AC [time]   64.0 KiB  submissions/accepted/echo.wat
      MISS  TLE  AC [time]   64.0 KiB  submissions/accepted/loop.wat (test public/1)
      met   CE   CE          -          -  submissions/compile_error/broken.wat
      -     RTE  - [time]   64.0 KiB  submissions/mixed/exit.wat (test public/1)
      met   RTE  RTE [time]   64.0 KiB  submissions/run_time_error/trap.wat (test public/1)
      met   TLE  TLE [time]   64.0 KiB  submissions/time_limit_exceeded/loop.wat (test public/1)
      met   WA   WA [time]   64.0 KiB  submissions/wrong_answer/fixed.wat (test private/1)
      time limit 0.01 s

      label   AC  WA  TLE  RTE  CE  not judged
      AC       1   .    1    .   1           1
      WA       .   1    .    .   .           .
      TLE      .   .    1    .   .           .
      RTE      .   .    .    1   .           .
      CE       .   .    .    .   1           .
      (none)   .   .    .    1   .           .

      language  judged  met  missed  not judged
      (none)         0    0       0  1: the file's ending is of no language that we know
      wasm           8    5       2

    labels met: 5 of 7; 1 program not judged
    --- stderr
    ");
}

#[test]
fn jsonl_has_the_promised_fields_a_line_a_program() {
    let outcome = labelled().riddle(&["judge", "echo", "--format", "jsonl"]);
    let lines: Vec<Map<String, Value>> = outcome
        .stdout
        .lines()
        .map(|it| serde_json::from_str(it).unwrap())
        .collect();
    let promised = "problem submission language expected verdict failed_test tests_run compile_ms \
                    run_ms fuel memory_bytes message";
    for line in &lines {
        let fields: Vec<_> = line.keys().map(String::as_str).collect();
        assert_eq!(fields.join(" "), promised);
    }
    let of =
        |field: &str| -> Vec<String> { lines.iter().map(|it| it[field].to_string()).collect() };
    let expected = r#""AC" "CE" null "RTE" "TLE" "WA""#;
    assert_eq!(of("expected").join(" "), expected);
    let verdicts = r#""AC" "CE" "RTE" "RTE" "TLE" "WA""#;
    assert_eq!(of("verdict").join(" "), verdicts);
    assert_eq!(of("submission")[0], r#""submissions/accepted/echo.wat""#);
    assert_eq!(of("failed_test")[5], r#""private/1""#);
    assert_eq!(of("tests_run").join(" "), "2 0 1 1 1 2");
    assert_eq!(outcome.exit, Some(0));
}

#[test]
fn json_is_one_document() {
    let outcome = labelled().riddle(&["judge", "echo", "--format", "json"]);
    let json: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(json["problems"][0]["problem"], "echo");
    assert_eq!(
        json["problems"][0]["submissions"].as_array().unwrap().len(),
        6
    );
    assert_eq!(json["totals"]["n_met"], 5);
    assert_eq!(json["totals"]["n_labelled"], 5);
}

#[test]
fn a_broken_problem_does_not_keep_the_others_from_being_judged() {
    let world = labelled();
    world.write(
        "broken/problem.toml",
        "title = \"x\"\ntime_limit_seconds = soon\n",
    );
    check!(world.riddle(&["judge", "broken", "echo"]), @"
    exit 2
    --- stdout
    echo
            got  want     time     memory  program
      met   AC   AC [time]   64.0 KiB  submissions/accepted/echo.wat
      met   CE   CE          -          -  submissions/compile_error/broken.wat
      -     RTE  - [time]   64.0 KiB  submissions/mixed/exit.wat (test public/1)
      met   RTE  RTE [time]   64.0 KiB  submissions/run_time_error/trap.wat (test public/1)
      met   TLE  TLE [time]   64.0 KiB  submissions/time_limit_exceeded/loop.wat (test public/1)
      met   WA   WA [time]   64.0 KiB  submissions/wrong_answer/fixed.wat (test private/1)
      time limit 0.01 s

      label   AC  WA  TLE  RTE  CE
      AC       1   .    .    .   .
      WA       .   1    .    .   .
      TLE      .   .    1    .   .
      RTE      .   .    .    1   .
      CE       .   .    .    .   1
      (none)   .   .    .    1   .

      language  judged  met  missed  not judged
      wasm           6    5       0

    labels met: 5 of 5
    --- stderr
    error: failed to load problem from `broken/problem.toml`
      caused by: line 2: string values must be quoted, expected literal string
    ");
}

#[test]
fn given_programs_take_the_place_of_the_problem_s_own() {
    let world = labelled();
    world.write("mine.wat", programs::echo());
    world.write("yours.wat", programs::traps());
    check!(world.riddle(&["judge", "echo", "--submission", "mine.wat", "yours.wat"]), @"
    exit 0
    --- stdout
    echo
            got  want     time     memory  program
      -     AC   - [time]   64.0 KiB  mine.wat
      -     RTE  - [time]   64.0 KiB  yours.wat (test public/1)
      time limit 0.01 s

      label   AC  RTE
      (none)   1    1

      language  judged  met  missed  not judged
      wasm           2    0       0

    labels met: 0 of 0
    --- stderr
    ");
    check!(world.riddle(&["judge", "echo", "--submission", "nobodys.wat"]), @"
    exit 2
    --- stdout
    --- stderr
    error: could not find the submission
      caused by: failed to query resolved metadata `nobodys.wat`: No such file or directory (os error 2)
    ");
}

#[test]
fn nothing_to_judge_is_no_success() {
    let world = World::new();
    world.echo_problem("echo");
    check!(world.riddle(&["judge", "echo"]), @"
    exit 2
    --- stdout
    echo
      no programs

    labels met: 0 of 0
    --- stderr
    error: no program was judged
    hint: put programs into `submissions/accepted` and so on, or pass `--submission FILE`
    ");
}

#[test]
fn a_toolchain_that_is_not_installed_is_no_verdict() {
    let world = World::new();
    world.echo_problem("echo");
    world.write("echo/submissions/accepted/a.py", "print(input())");
    world.write("echo/submissions/accepted/b.wat", programs::echo());
    check!(world.riddle(&["judge", "echo"]), @"
    exit 2
    --- stdout
    echo
            got  want     time     memory  program
      -     -    AC          -          -  submissions/accepted/a.py (not judged)
      met   AC   AC [time]   64.0 KiB  submissions/accepted/b.wat
      time limit 0.01 s

      label  AC  not judged
      AC      1           1

      language  judged  met  missed  not judged
      python         0    0       0  1: no toolchain for `python`: it is not installed
      wasm           1    1       0

    labels met: 1 of 1; 1 program not judged
    --- stderr
    error: 1 program not judged: no toolchain for python
    hint: run `riddle setup`, or `riddle doctor` to see why
    ");
}
