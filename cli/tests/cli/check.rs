//! `riddle check`.

use serde_json::Value;

use crate::{check, world::World};

fn world() -> World {
    let world = World::new();
    world.write("a.ans", "1 2\n0.5\n");
    world.write("a.out", "1 2\n0.50\n");
    world
}

#[test]
fn the_default_is_tokens_and_the_first_difference_is_shown() {
    let world = world();
    check!(world.riddle(&["check", "a.ans", "a.out"]), @"
    exit 1
    --- stdout
    rejected by tokens: token 3, line 2: expected `0.5`, found `0.50`
    --- stderr
    ");
    check!(world.riddle(&["check", "a.ans", "a.ans"]), @"
    exit 0
    --- stdout
    accepted by tokens
    --- stderr
    ");
}

#[test]
fn a_profile_is_chosen_by_its_name() {
    let world = world();
    let args = ["check", "a.ans", "a.out", "--profile", "testlib:rcmp6"];
    assert_eq!(world.riddle(&args).exit, Some(0));
    let args = [
        "check",
        "a.ans",
        "-",
        "--profile",
        "kattis float_tolerance 1e-3",
    ];
    assert_eq!(world.riddle_reading(&args, b"1\n2 0.5001").exit, Some(0));
    check!(world.riddle(&["check", "a.ans", "a.out", "--profile", "kattis fuzzy"]), @"
    exit 2
    --- stdout
    --- stderr
    error: invalid value 'kattis fuzzy' for '--profile <NAME>': checker `kattis` has bad flags: unknown flag `fuzzy`

    For more information, try '--help'.
    ");
}

#[test]
fn an_answer_that_the_rule_refuses_is_not_judged() {
    let world = world();
    check!(world.riddle(&["check", "a.ans", "a.ans", "--profile", "testlib:yesno"]), @"
    exit 2
    --- stdout
    not judged by testlib:yesno: token 1, line 1: expected `1`, found `1` (the rule wants YES or NO)
    --- stderr
    ");
}

#[test]
fn what_cannot_be_read_is_an_error() {
    let world = world();
    check!(world.riddle(&["check", "-", "-"]), @"
    exit 2
    --- stdout
    --- stderr
    error: both outputs are to be read from standard input
    ");
    let outcome = world.riddle(&["check", "a.ans", "none"]);
    assert_eq!(outcome.exit, Some(2), "{outcome}");
    assert!(
        outcome.stderr.contains("could not read the actual output"),
        "{outcome}"
    );
}

#[test]
fn json_has_the_profile_and_the_difference() {
    let world = world();
    check!(world.riddle(&["check", "a.ans", "a.out", "--format", "json"]), @"");
    let args = ["check", "a.ans", "a.out", "--profiles", "--format", "json"];
    let outcome = world.riddle(&args);
    let json: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let profiles = json["profiles"].as_array().unwrap();
    let accepted: Vec<&str> = profiles
        .iter()
        .filter(|it| it["accepted"] == true)
        .map(|it| it["profile"].as_str().unwrap())
        .collect();
    insta::assert_snapshot!(accepted.join(" "), @"");
    assert_eq!(outcome.exit, Some(1));
}

#[test]
fn every_profile_has_a_line() {
    let world = world();
    check!(world.riddle(&["check", "a.ans", "a.out", "--profiles"]), @"");
    let args = [
        "check",
        "a.ans",
        "a.out",
        "--profiles",
        "--profile",
        "dmoj:floats 1",
    ];
    let outcome = world.riddle(&args);
    let first = outcome.stdout.lines().nth(1).unwrap();
    assert!(first.trim().starts_with("dmoj:floats 1"), "{outcome}");
    assert_eq!(outcome.exit, Some(0));
}
