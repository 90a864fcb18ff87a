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
    check!(world().riddle(&["validate", "p"]), @"");
}

#[test]
fn valid_inputs_are_counted() {
    let world = world();
    world.write("p/data/secret/1.in", "1\n");
    world.write("p/data/invalid_input/1.in", "0\n");
    check!(world.riddle(&["validate", "p"]), @"");
}

#[test]
fn given_files_stand_in_the_place_of_the_packages_own() {
    let world = world();
    world.write("a.in", "1\n");
    world.write("b.in", "one\n");
    check!(world.riddle(&["validate", "p", "--input", "a.in", "b.in"]), @"");
    let read = world.riddle_reading(&["validate", "p", "--input", "-"], b"9\n");
    assert_eq!(read.exit, Some(0));
    check!(world.riddle(&["validate", "p", "--input", "c.in"]), @"");
}

#[test]
fn a_validator_that_cannot_be_run_is_said_once() {
    let world = world();
    world.write(
        "p/input_validators/w.viva",
        "{ [1 <= n <= 10] n: integer; }",
    );
    check!(world.riddle(&["validate", "p"]), @"");
}

#[test]
fn a_script_that_fails_is_no_refusal() {
    let world = world();
    world.write("p/input_validators/v.ctd", "INT(1, n)");
    check!(world.riddle(&["validate", "p", "--input", "p/data/sample/1.in"]), @"");
}

#[test]
fn a_problem_without_validators_is_told() {
    let world = World::new();
    world.echo_problem("echo");
    check!(world.riddle(&["validate", "echo"]), @"");
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
        let promised = "problem input expected says validator message";
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
