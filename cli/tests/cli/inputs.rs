//! `riddle inputs`. What is made may change with the generator; what is said of it may not.

use crate::{
    check,
    programs::{echo, prints, traps},
    world::World,
};

fn world() -> World {
    let world = World::new();
    world.write("list/tests/1.in", "3\n10 20 30\n");
    world.write("list/tests/1.ans", "3\n10 20 30\n");
    world.write(
        "list/statement.md",
        "The first line has n (1 ≤ n ≤ 100), the second n integers a_i (0 ≤ a_i ≤ 1000).\n",
    );
    world.write("right.wat", echo());
    world.write(
        "wrong.wat",
        "(module (memory (export \"memory\") 1) (func (export \"_start\")))",
    );
    world
}

#[test]
fn the_grammar_is_explained() {
    let told = world().riddle(&["inputs", "list", "--explain"]);
    assert_eq!(told.exit, Some(0), "{told}");
    for part in ["line 1: n (count", "1..=100, stated", "0..=1000, stated"] {
        assert!(told.stdout.contains(part), "{told}");
    }
}

#[test]
fn a_seed_gives_the_same_inputs() {
    let world = world();
    let of = |seed| {
        world
            .riddle(&["inputs", "list", "--format", "json", "--seed", seed])
            .stdout
    };
    assert_eq!(of("3"), of("3"));
    assert_ne!(of("3"), of("4"));
    let listed = world.riddle(&["inputs", "list", "-n", "6"]);
    assert_eq!(listed.stdout.lines().count(), 7, "{listed}");
}

#[test]
fn an_oracle_gives_answers_and_must_pass_the_public_tests() {
    let world = world();
    let args = [
        "inputs",
        "list",
        "-n",
        "5",
        "--oracle",
        "right.wat",
        "-o",
        "made",
    ];
    check!(world.riddle(&args), @r"
    exit 0
    --- stdout
    --- stderr
    wrote 5 inputs to made
    ");
    for place in 1..=5 {
        let input = world.read(&format!("made/{place:03}.in"));
        assert_eq!(world.read(&format!("made/{place:03}.ans")), input);
    }
    let provenance = world.read("made/provenance.jsonl");
    assert_eq!(provenance.lines().count(), 6);
    assert!(
        provenance.contains("\"oracle\":\"right.wat\""),
        "{provenance}"
    );
    check!(world.riddle(&args), @r"
    exit 2
    --- stdout
    --- stderr
    error: `made` is not empty
    hint: name a folder that is new or empty
    ");
    check!(world.riddle(&["inputs", "list", "--oracle", "wrong.wat"]), @r"
    exit 2
    --- stdout
    --- stderr
    error: oracle `wrong.wat` does not pass the public test `1`: WA
    ");
}

#[test]
fn what_no_grammar_fits_is_mutated_and_told() {
    let world = World::new();
    world.write("odd/tests/1.in", b"\xff\xfe 12 30\n");
    world.write("odd/tests/1.ans", "1\n");
    check!(world.riddle(&["inputs", "odd", "--explain"]), @r"
    exit 1
    --- stdout
    --- stderr
    warning: there is no grammar: public input 0 is binary
    ");
    let made = world.riddle(&["inputs", "odd", "-n", "3"]);
    assert_eq!(made.exit, Some(0));
    assert!(made.stderr.contains("inputs are mutations alone"), "{made}");
}

#[test]
fn a_generator_makes_inputs_and_what_it_does_wrong_is_counted() {
    let world = world();
    world.write("same.wat", prints(1, *b"1\n5\n"));
    world.write("traps.wat", traps());
    let args = [
        "inputs",
        "list",
        "-n",
        "3",
        "--generator",
        "same.wat",
        "--oracle",
        "right.wat",
    ];
    check!(world.riddle(&args), @r"
    exit 0
    --- stdout
      input  bytes  made by              text
      001        4  same.wat 1992904201  1\n5
    --- stderr
    warning: 2 runs of the generator made what was there
    ");
    check!(world.riddle(&["inputs", "list", "-n", "2", "--generator", "traps.wat"]), @r"
    exit 1
    --- stdout
      input  bytes  made by  text
    --- stderr
    warning: 2 runs of the generator failed (the first: `traps.wat 1992904201` ended with `trap`)
    ");
    let args = [
        "inputs",
        "list",
        "-n",
        "2",
        "--generator",
        "same.wat",
        "--generator-args",
        "-n 5 {seed}x",
        "-o",
        "made",
    ];
    assert_eq!(world.riddle(&args).exit, Some(0));
    let provenance = world.read("made/provenance.jsonl");
    let second = provenance.lines().nth(1).unwrap();
    assert!(
        second.contains("\"origin\":\"same.wat -n 5 ") && second.contains("x\""),
        "{provenance}"
    );
    assert!(
        provenance.contains("\"generator\":\"same.wat\""),
        "{provenance}"
    );
}

#[test]
fn inputs_are_validated_where_there_is_a_validator() {
    let world = world();
    world.write("same.wat", prints(1, *b"1\n5\n"));
    let args = [
        "inputs",
        "list",
        "-n",
        "1",
        "--generator",
        "same.wat",
        "--validate",
    ];
    check!(world.riddle(&args), @r"
    exit 0
    --- stdout
      input  bytes  made by              text
      001        4  same.wat 1992904201  1\n5
    --- stderr
    warning: the problem has no input validators: every input is kept
    ");
    world.write("p/problem.yaml", "name: x\n");
    world.write("p/data/sample/1.in", "2\n");
    world.write("p/data/sample/1.ans", "2\n");
    world.write("p/input_validators/v.ctd", "INT(2, 3)");
    let args = [
        "inputs",
        "p",
        "-n",
        "1",
        "--generator",
        "same.wat",
        "--validate",
    ];
    check!(world.riddle(&args), @r"
    exit 1
    --- stdout
      input  bytes  made by  text
    --- stderr
    warning: 1 input left out: refused by a validator (the first: v.ctd: line 1, character 1: `INT`: 1 is out of range (line 1 of the script))
    ");
}
