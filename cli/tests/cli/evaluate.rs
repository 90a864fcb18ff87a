//! `riddle evaluate`.

use serde_json::{Value, json};

use crate::{check, programs, world::World};

/// Solves problem `echo`: two clusters of right programs' look-alikes, and what fails.
fn world_with_run() -> World {
    let world = World::new();
    world.echo_problem("echo");
    let sources = [
        programs::prints(1, *b"1234"),
        programs::echo(),
        programs::traps(),
        format!(";; again\n{}", programs::echo()),
        programs::broken(),
    ];
    let lines: Vec<_> = sources
        .iter()
        .map(|it| json!({"language": "wasm", "source": it}).to_string())
        .collect();
    world.write("pool.jsonl", lines.join("\n"));
    let solved = world.riddle(&["solve", "echo", "--candidates", "pool.jsonl", "-o", "run"]);
    assert_eq!(solved.exit, Some(0), "{solved}");
    world
}

#[test]
fn rules_beside_the_oracle() {
    let args = [
        "evaluate",
        "run",
        "--rules",
        "alphacode,first",
        "--submissions",
        "1,10",
        "--k",
        "1,5",
        "--inputs",
        "0,50",
        "--draws",
        "50",
    ];
    check!(world_with_run().riddle(&args), @"");
}

#[test]
fn the_clusters_of_a_problem() {
    let args = [
        "evaluate",
        "run",
        "--rules",
        "alphacode,first",
        "--explain",
        "echo",
    ];
    check!(world_with_run().riddle(&args), @"");
}

#[test]
fn json_has_the_promised_fields() {
    let world = world_with_run();
    let outcome = world.riddle(&["evaluate", "run", "--inputs", "1", "--format", "json"]);
    assert_eq!(outcome.exit, Some(0), "{outcome}");
    let report: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let fields = |it: &Value| {
        let fields = it.as_object().unwrap().keys();
        fields.map(String::as_str).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        fields(&report),
        "runs rules n_draws seed n_problems n_scored oracle table inputs problems warnings"
    );
    assert_eq!(
        fields(&report["table"][0]),
        "rule n_submissions n_solved solved gap difference at cost"
    );
    assert_eq!(
        fields(&report["table"][0]["at"][0]),
        "k n_problems solved gap difference"
    );
    assert_eq!(
        fields(&report["inputs"][0]),
        "n_inputs order n_submissions n_clusters rules"
    );
    assert_eq!(
        fields(&report["problems"][0]),
        "run problem n_candidates n_survivors n_programs n_clusters n_inputs n_right unscored \
         as_recorded cost rules inputs"
    );
    assert_eq!(report["problems"][0]["as_recorded"], true);
}

#[test]
fn a_problem_without_verdicts_has_a_way_out() {
    let world = World::new();
    world.echo_problem("echo");
    fs_err::remove_dir_all(world.path("echo/tests/private")).unwrap();
    let line = json!({"language": "wasm", "source": programs::echo()}).to_string();
    world.write("pool.jsonl", line);
    let solve = ["solve", "echo", "--candidates", "pool.jsonl", "-o", "run"];
    assert_eq!(world.riddle(&solve).exit, Some(0));
    check!(world.riddle(&["evaluate", "run"]), @"");
    // As if the run had been cut short before it came to them.
    let manifest = world.read("run/manifest.json");
    let manifest = manifest.replace(r#""n_private_tests": 0"#, r#""n_private_tests": 1"#);
    world.write("run/manifest.json", manifest);
    check!(world.riddle(&["evaluate", "run"]), @"");
}

#[test]
fn a_run_goes_through_a_parquet_file() {
    let world = world_with_run();
    check!(world.riddle(&["evaluate", "run", "--export", "m.parquet"]), @"");
    let args = ["--rules", "alphacode", "--format", "json"];
    let direct = world.riddle(&[&["evaluate", "run"], &args[..]].concat());
    let by_file = world.riddle(&[&["evaluate", "--import", "m.parquet"], &args[..]].concat());
    let table = |text: &str| serde_json::from_str::<Value>(text).unwrap()["table"].clone();
    assert_eq!(table(&direct.stdout), table(&by_file.stdout));
}

#[test]
fn bad_input_is_named() {
    let world = world_with_run();
    check!(world.riddle(&["evaluate", "run", "--rules", "luck"]), @"");
    check!(world.riddle(&["evaluate", "run", "./run"]), @"");
    check!(world.riddle(&["evaluate", "echo"]), @"");
    check!(world.riddle(&["evaluate", "run", "--explain", "odd"]), @"");
    check!(world.riddle(&["evaluate", "run", "--export", "pool.jsonl"]), @"");
    check!(world.riddle(&["evaluate", "--import", "pool.jsonl"]), @"");
    check!(world.riddle(&["evaluate", "run", "--rules", "first", "--k", "9"]), @"");
    let database = fs_err::read(world.path("run/run.sqlite")).unwrap();
    world.write("run/run.sqlite", &database[..database.len() / 2]);
    check!(world.riddle(&["evaluate", "run"]), @"");
}
