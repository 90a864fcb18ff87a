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
    check!(world_with_run().riddle(&args), @"
    exit 0
    --- stdout
    1 problem in 1 run, 1 with verdicts; 50 draws for each k, seed 0

    1 submission, all candidates: % of problems solved; executions and fuel for each
      rule       solved      % (95 %)    gap    against alphacode  executions    fuel
      oracle          1  100 (20–100)
      alphacode       1  100 (20–100)    0.0                              105  1.59 M
      first           0    0.0 (0–80)  100.0  -100.0 (-100..-100)

    1 submission, k candidates, drawn: % of problems solved
      rule              k = 1   gap          k = 5    gap
      problems              1                    1
      oracle     40.0 (40–40)        100 (100–100)
      alphacode  30.0 (30–30)  10.0  100 (100–100)    0.0
      first      30.0 (30–30)  10.0      0.0 (0–0)  100.0

    1 submission, all candidates, the first inputs: % of problems solved
      rule         0 inputs     50 inputs
      clusters          1.0           2.0
      alphacode  0.0 (0–80)  100 (20–100)
      first      0.0 (0–80)    0.0 (0–80)

    10 submissions, all candidates: % of problems solved; executions and fuel for each
      rule       solved      % (95 %)  gap  against alphacode  executions    fuel
      oracle          1  100 (20–100)
      alphacode       1  100 (20–100)  0.0                            105  1.59 M
      first           1  100 (20–100)  0.0         0.0 (0..0)         105  1.59 M

    10 submissions, k candidates, drawn: % of problems solved
      rule              k = 1   gap          k = 5  gap
      problems              1                    1
      oracle     40.0 (40–40)        100 (100–100)
      alphacode  30.0 (30–30)  10.0  100 (100–100)  0.0
      first      30.0 (30–30)  10.0  100 (100–100)  0.0

    10 submissions, all candidates, the first inputs: % of problems solved
      rule           0 inputs     50 inputs
      clusters            1.0           2.0
      alphacode  100 (20–100)  100 (20–100)
      first      100 (20–100)  100 (20–100)

    --- stderr
    ");
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
    check!(world_with_run().riddle(&args), @r#"
    exit 0
    --- stdout
    echo  5 candidates, 3 survivors: 2 programs in 2 clusters on 50 inputs

      cluster  size  programs  earliest  verdicts
            1     2         1  line 2    AC 1
            2     1         1  line 1    WA 1

      rule       first right  clusters of its picks, in order
      alphacode            1  1 2
      first                2  2 1

      cluster 1: line 2, wasm
          (module (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32))) (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32))) (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32))) (memory (export "memory") 1) (func (export "_start") (i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (i32.const 60000))
                   (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
                   (i32.store (i32.const 4) (i32.load (i32.const 8)))
                   (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))

      cluster 2: line 1, wasm
          (module (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32))) (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32))) (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32))) (memory (export "memory") 1) (func (export "_start") (i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (i32.const 4))
                   (i32.store (i32.const 16) (i32.const 875770417))
                   (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))

      clusters 1 and 2 differ on 50 inputs; on input 0
          2
      1 prints 8973c98b…
      2 prints 4f1ed62b…

    --- stderr
    "#);
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
    check!(world.riddle(&["evaluate", "run"]), @"
    exit 1
    --- stdout
    1 problem in 1 run, 0 with verdicts; 1,000 draws for each k, seed 0
    --- stderr
    warning: run: 1 problem not measured, the problem has no private tests: echo
    ");
    // As if the run had been cut short before it came to them.
    let manifest = world.read("run/manifest.json");
    let manifest = manifest.replace(r#""n_private_tests": 0"#, r#""n_private_tests": 1"#);
    world.write("run/manifest.json", manifest);
    check!(world.riddle(&["evaluate", "run"]), @"
    exit 1
    --- stdout
    1 problem in 1 run, 0 with verdicts; 1,000 draws for each k, seed 0
    --- stderr
    warning: run: 1 problem not measured, the run ended before its private tests were through: echo
    hint: `riddle resume run` goes on with the run
    ");
}

#[test]
fn a_run_goes_through_a_parquet_file() {
    let world = world_with_run();
    check!(world.riddle(&["evaluate", "run", "--export", "m.parquet"]), @"
    exit 0
    --- stdout
    --- stderr
    wrote 100 rows to m.parquet
    ");
    let args = ["--rules", "alphacode", "--format", "json"];
    let direct = world.riddle(&[&["evaluate", "run"], &args[..]].concat());
    let by_file = world.riddle(&[&["evaluate", "--import", "m.parquet"], &args[..]].concat());
    let table = |text: &str| serde_json::from_str::<Value>(text).unwrap()["table"].clone();
    assert_eq!(table(&direct.stdout), table(&by_file.stdout));
}

#[test]
fn bad_input_is_named() {
    let world = world_with_run();
    check!(world.riddle(&["evaluate", "run", "--rules", "luck"]), @"
    exit 2
    --- stdout
    --- stderr
    error: unknown rule `luck`: expected `all` or some of riddle, alphacode, alphacode2, mbr-exec, fmv, codet, codet-sqrt, b4, maxpass, srank, random, first
    ");
    check!(world.riddle(&["evaluate", "run", "./run"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `./run` is given twice: its problems would count double
    ");
    check!(world.riddle(&["evaluate", "echo"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `echo` is not a run folder: failed to open file `echo/manifest.json`: No such file or directory (os error 2)
    ");
    check!(world.riddle(&["evaluate", "run", "--explain", "odd"]), @"
    exit 2
    --- stdout
    --- stderr
    error: the run has no problem `odd`
    ");
    check!(world.riddle(&["evaluate", "run", "--export", "pool.jsonl"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `pool.jsonl` is there already
    ");
    check!(world.riddle(&["evaluate", "--import", "pool.jsonl"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `pool.jsonl` is not an execution matrix: Parquet error: Invalid Parquet file. Corrupt footer
    ");
    check!(world.riddle(&["evaluate", "run", "--rules", "first", "--k", "9"]), @"
    exit 0
    --- stdout
    1 problem in 1 run, 1 with verdicts; 1,000 draws for each k, seed 0

    10 submissions, all candidates: % of problems solved; executions and fuel for each
      rule    solved      % (95 %)  gap  against first  executions    fuel
      oracle       1  100 (20–100)
      first        1  100 (20–100)  0.0                        105  1.59 M

    --- stderr
    warning: no problem has 9 candidates to draw from: the most that one has is 5
    ");
    let database = fs_err::read(world.path("run/run.sqlite")).unwrap();
    world.write("run/run.sqlite", &database[..database.len() / 2]);
    check!(world.riddle(&["evaluate", "run"]), @"
    exit 2
    --- stdout
    --- stderr
    error: could not read the tables in the run database `run/run.sqlite`
      caused by: database disk image is malformed
      caused by: Error code 11: database disk image is malformed
    ");
}
