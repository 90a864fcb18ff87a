//! `riddle run`.

use serde_json::Value;

use crate::{check, programs, world::World};

/// Runs a program and checks its ending, exit code and ours.
#[track_caller]
fn check_ending(program: &str, args: &[&str], ending: &str, exit_code: Option<i64>, exit: i32) {
    let world = World::new();
    world.write("a.wat", program);
    let args = [&["run", "a.wat", "--format", "json"], args].concat();
    let outcome = world.riddle(&args);
    let json: Value = serde_json::from_str(&outcome.stdout).expect("one JSON object");
    assert_eq!(json["ending"], ending, "{outcome}");
    assert_eq!(json["exit_code"].as_i64(), exit_code, "{outcome}");
    assert_eq!(outcome.exit, Some(exit), "{outcome}");
}

#[test]
fn every_ending_has_its_name_and_exit_code() {
    check_ending(&programs::echo(), &[], "ok", Some(0), 0);
    check_ending(&programs::exits(3), &[], "exit", Some(3), 1);
    check_ending(&programs::traps(), &[], "trap", None, 1);
    check_ending(
        &programs::loops(),
        &["--time-limit", "0.01"],
        "fuel",
        None,
        1,
    );
    check_ending(&programs::grows(), &[], "memory", None, 1);
    check_ending(&programs::floods(), &[], "output", None, 1);
    check_ending(&programs::broken(), &[], "compile_error", None, 1);
    check_ending(&programs::loops(), &["--compile-only"], "ok", None, 0);
}

#[test]
fn output_goes_where_it_says_and_a_line_tells_how_it_ended() {
    let world = World::new();
    world.write("echo.wat", programs::echo());
    check!(world.riddle_reading(&["run", "echo.wat"], b"hello\n"), @"
    exit 0
    --- stdout
    hello
    --- stderr
    ok: [n] fuel, 64.0 KiB, compiled in [time], ran in [time]
    ");
    world.write("complain.wat", programs::prints(2, *b"oh\xff!"));
    check!(world.riddle(&["run", "complain.wat"]), @"
    exit 0
    --- stdout
    --- stderr
    oh�!
    ok: [n] fuel, 64.0 KiB, compiled in [time], ran in [time]
    ");
    world.write("exit.wat", programs::exits(3));
    check!(world.riddle(&["run", "exit.wat"]), @"
    exit 1
    --- stdout
    --- stderr
    exit 3: [n] fuel, 64.0 KiB, compiled in [time], ran in [time]
    ");
    world.write("trap.wat", programs::traps());
    check!(world.riddle(&["run", "trap.wat"]), @"
    exit 1
    --- stdout
    --- stderr
    trap (wasm `unreachable` instruction executed): [n] fuel, 64.0 KiB, compiled in [time], ran in [time]
    ");
}

#[test]
fn a_compile_error_shows_what_the_compiler_said() {
    let world = World::new();
    world.write("a.wat", programs::broken());
    check!(world.riddle(&["run", "a.wat"]), @"
    exit 1
    --- stdout
    --- stderr
    failed to compile: wasm[0]::function[0]: WebAssembly translation error: Invalid input WebAssembly code at offset 35: type mismatch: expected i32 but nothing on stack
    compile_error: compiled in [time]
    ");
}

#[test]
fn json_has_the_promised_fields_in_one_object() {
    let world = World::new();
    world.write("a.wat", programs::prints(1, *b"\xff\n\"x"));
    let outcome = world.riddle(&["run", "a.wat", "--format", "jsonl"]);
    assert_eq!(outcome.stdout.lines().count(), 1);
    let json: serde_json::Map<String, Value> = serde_json::from_str(&outcome.stdout).unwrap();
    let fields: Vec<_> = json.keys().map(String::as_str).collect();
    let promised = "language ending exit_code stdout stderr fuel memory_bytes compile_ms run_ms";
    assert_eq!(fields.join(" "), promised);
    assert_eq!(json["stdout"], "\u{fffd}\n\"x");
    assert!(outcome.stderr.is_empty());
}

#[test]
fn what_cannot_be_run_is_named() {
    let world = World::new();
    world.write("a.txt", "");
    check!(world.riddle(&["run", "a.txt"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `a.txt` has the ending of no language that we know
    hint: pass `--language` with one of c, cpp, python, rust, go, wasm
    ");
    check!(world.riddle(&["run", "none.wat"]), @"
    exit 2
    --- stdout
    --- stderr
    error: could not read the program: failed to open file `none.wat`: No such file or directory (os error 2)
    ");
    check!(world.riddle(&["run", "a.txt", "--language", "python"]), @"
    exit 2
    --- stdout
    --- stderr
    error: no toolchain for `python`: it is not installed
    hint: run `riddle setup`, or `riddle doctor` to see why
    ");
    check!(world.riddle(&["run", "a.txt", "--language", "java"]), @"
    exit 2
    --- stdout
    --- stderr
    error: invalid value 'java' for '--language <LANGUAGE>': unknown language `java`: expected one of c, cpp, python, rust, go, wasm

    For more information, try '--help'.
    ");
    check!(world.riddle(&["run", "a.txt", "--time-limit", "0"]), @"
    exit 2
    --- stdout
    --- stderr
    error: invalid value '0' for '--time-limit <SECONDS>': expected more than 0 and at most 86400 seconds

    For more information, try '--help'.
    ");
}

#[test]
fn a_language_can_be_told_where_the_ending_does_not() {
    let world = World::new();
    world.write("a.txt", programs::echo());
    let outcome = world.riddle_reading(&["run", "a.txt", "--language", "wasm"], b"x");
    assert_eq!((outcome.exit, &*outcome.stdout), (Some(0), "x"));
}

#[test]
fn output_that_nobody_reads_is_no_error() {
    let world = World::new();
    world.write("a.wat", programs::prints(1, *b"abcd"));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = world
        .command(&["run", "a.wat"])
        .stdout(writer)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(!String::from_utf8_lossy(&output.stderr).contains("error"));
}

#[test]
fn a_cache_folder_that_cannot_be_used_is_named() {
    let world = World::new();
    world.write("file", "");
    world.write("a.wat", programs::echo());
    check!(world.riddle(&["run", "a.wat", "--cache", "file/cache"]), @"
    exit 2
    --- stdout
    --- stderr
    error: could not open the cache folder
      caused by: could not open the artifact store `file/cache/artifacts/v1`
      caused by: failed to create directory `file/cache/artifacts/v1`: Not a directory (os error 20)
    hint: pass `--cache DIR` or set RIDDLE_CACHE to a folder that can be written to
    ");
}
