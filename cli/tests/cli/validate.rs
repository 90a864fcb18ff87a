//! `riddle validate`.

use serde_json::Value;

use crate::{check, world::World};

/// A package of three tests, one of which is not valid, and an input that no validator refuses though it should.
fn world() -> World {
    let world = World::new();
    world.write("p/problem.yaml", "name: x\n");
    world.write("p/input_validators/v.ctd", "INT(1, 10) NEWLINE");
    for (name, input) in [
        ("sample/1", "7\n"),
        ("secret/1", "70\n"),
        ("secret/2", "10\n"),
    ] {
        world.write(&format!("p/data/{name}.in"), input);
        world.write(&format!("p/data/{name}.ans"), "");
    }
    world.write("p/data/invalid_input/1.in", "5\n");
    world.write("p/data/invalid_input/2.in", "5");
    world
}

#[test]
fn inputs_that_are_not_as_they_must_be_are_listed() {
    check!(world().riddle(&["validate", "p"]), @"
    exit 1
    --- stdout
    p
      INVALID  secret/1         refused by v.ctd: line 1, character 1: `INT`: 70 is out of range (line 1 of the script)
      VALID    invalid_input/1  no validator refuses it
      5 inputs by v.ctd: 3 as they must be, 2 not so

    inputs: 3 as they must be, 2 not so
    --- stderr
    ");
}

#[test]
fn valid_inputs_are_counted() {
    let world = world();
    world.write("p/data/secret/1.in", "1\n");
    world.write("p/data/invalid_input/1.in", "0\n");
    check!(world.riddle(&["validate", "p"]), @"
    exit 0
    --- stdout
    p
      5 inputs by v.ctd: 5 as they must be

    inputs: 5 as they must be
    --- stderr
    ");
}

#[test]
fn given_files_stand_in_the_place_of_the_packages_own() {
    let world = world();
    world.write("a.in", "1\n");
    world.write("b.in", "one\n");
    check!(world.riddle(&["validate", "p", "--input", "a.in", "b.in"]), @"
    exit 1
    --- stdout
    p
      INVALID  b.in  refused by v.ctd: line 1, character 1: `INT`: a whole number is expected (line 1 of the script)
      2 inputs by v.ctd: 1 as they must be, 1 not so

    inputs: 1 as they must be, 1 not so
    --- stderr
    ");
    let read = world.riddle_reading(&["validate", "p", "--input", "-"], b"9\n");
    assert_eq!(read.exit, Some(0));
    check!(world.riddle(&["validate", "p", "--input", "c.in"]), @"
    exit 2
    --- stdout
    --- stderr
    error: could not read the input: failed to open file `c.in`: No such file or directory (os error 2)
    ");
}

#[test]
fn a_validator_that_cannot_be_run_is_said_once() {
    let world = world();
    world.write(
        "p/input_validators/w.viva",
        "{ [1 <= n <= 10] n: integer; }",
    );
    check!(world.riddle(&["validate", "p"]), @"
    exit 2
    --- stdout
    p
      INVALID  secret/1  refused by v.ctd: line 1, character 1: `INT`: 70 is out of range (line 1 of the script)
      5 inputs by v.ctd, w.viva: 1 as they must be, 1 not so, 3 unknown

    inputs: 1 as they must be, 1 not so, 3 unknown
    --- stderr
    warning: p: judge's program `w.viva` is not usable: programs in VIVA are not run
    ");
}

#[test]
fn a_script_that_fails_is_no_refusal() {
    let world = world();
    world.write("p/input_validators/v.ctd", "INT(1, n)");
    check!(world.riddle(&["validate", "p", "--input", "p/data/sample/1.in"]), @"
    exit 2
    --- stdout
    p
      unknown  p/data/sample/1.in  script `v.ctd` failed: line 1 of the script: `n` has no value
      1 input by v.ctd: 0 as they must be, 1 unknown

    inputs: 0 as they must be, 1 unknown
    --- stderr
    ");
}

#[test]
fn answers_are_listed_beside_inputs() {
    let world = world();
    world.write("p/data/secret/1.in", "1\n");
    world.write("p/data/invalid_input/1.in", "0\n");
    world.write("p/data/secret/2.ans", "no number\n");
    for name in ["sample/1", "secret/1"] {
        world.write(&format!("p/data/{name}.ans"), "1\n");
    }
    world.write("p/answer_validators/a.ctd", "INT(1, 10) NEWLINE");
    check!(world.riddle(&["validate", "p"]), @"
    exit 1
    --- stdout
    p
      INVALID  answer of secret/2  refused by a.ctd: line 1, character 1: `INT`: a whole number is expected (line 1 of the script)
      5 inputs by v.ctd; 3 answers by a.ctd: 7 as they must be, 1 not so

    inputs and answers: 7 as they must be, 1 not so
    --- stderr
    ");
    let given = world.riddle(&["validate", "p", "--input", "p/data/sample/1.in"]);
    assert_eq!(given.exit, Some(0));
    assert!(
        given.stdout.contains("1 input by v.ctd:"),
        "{}",
        given.stdout
    );
}

#[test]
fn a_problem_without_validators_is_told() {
    let world = World::new();
    world.echo_problem("echo");
    check!(world.riddle(&["validate", "echo"]), @"
    exit 2
    --- stdout
    --- stderr
    error: problem `echo` has no input validators
    hint: put programs that exit with code 42 for a valid input into `input_validators`
    ");
}

#[test]
fn json_has_the_promised_fields() {
    let world = world();
    let lines = world.riddle(&["validate", "p", "--format", "jsonl"]);
    let lines: Vec<Value> = lines
        .stdout
        .lines()
        .map(|it| serde_json::from_str(it).unwrap())
        .collect();
    for line in &lines {
        let fields: Vec<_> = line
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        let promised = "problem input subject expected says validator message";
        assert_eq!(fields.join(" "), promised);
    }
    let of =
        |field: &str| -> Vec<String> { lines.iter().map(|it| it[field].to_string()).collect() };
    assert_eq!(
        of("expected").join(" "),
        r#""valid" "valid" "valid" "invalid" "invalid""#
    );
    assert_eq!(
        of("says").join(" "),
        r#""valid" "invalid" "valid" "valid" "invalid""#
    );
    assert_eq!(of("validator")[1], r#""v.ctd""#);

    let whole = world.riddle(&["validate", "p", "--format", "json"]);
    let whole: Value = serde_json::from_str(&whole.stdout).unwrap();
    let totals = r#"{"n_as_expected":3,"n_not_so":2,"n_unknown":0}"#;
    assert_eq!(whole["totals"].to_string(), totals);
    let problem = &whole["problems"][0];
    assert_eq!(problem["validators"].to_string(), r#"["v.ctd"]"#);
    assert_eq!(problem["inputs"].as_array().unwrap(), &lines);
}
