//! `riddle verify`.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use crate::{check, programs, world::World};

/// Solves problem `echo` with programs in WebAssembly text, into a run folder.
fn solve(world: &World, run: &str, sources: &[String]) {
    let lines: Vec<_> = sources
        .iter()
        .map(|it| json!({"language": "wasm", "source": it}).to_string())
        .collect();
    world.write("pool.jsonl", lines.join("\n"));
    let args = ["solve", "echo", "--candidates", "pool.jsonl", "-o", run];
    let solved = world.riddle(&args);
    assert!(matches!(solved.exit, Some(0 | 1)), "{solved}");
}

fn world_with_run() -> World {
    let world = World::new();
    world.echo_problem("echo");
    let sources = [
        programs::echo(),
        programs::prints(1, *b"1234"),
        programs::traps(),
        programs::loops(),
        programs::exits(3),
        programs::broken(),
    ];
    solve(&world, "run", &sources);
    world
}

/// Changes the verdict that the report tells of the second submission.
fn tamper(world: &World) {
    let mut report: Value = serde_json::from_str(&world.read("run/report.json")).unwrap();
    assert_eq!(report["submissions"][1]["verdict"], "WA");
    report["submissions"][1]["verdict"] = "MLE".into();
    world.write("run/report.json", report.to_string());
}

#[test]
fn a_run_that_is_as_it_was() {
    check!(world_with_run().riddle(&["verify", "run", "--all", "--no-cache"]), @"
    exit 0
    --- stdout
    run
                    recorded  drawn  equal  different  by the clock  not comparable
      executions         107    107    107          0             0               0
      compilations         6      6      6          0             0               0
      inputs              50     50     50          0             0               0

      no differences

    --- stderr
    ");
}

#[test]
fn what_differs_is_shown_with_both_values() {
    let world = world_with_run();
    tamper(&world);
    check!(world.riddle(&["verify", "run", "--all"]), @"
    exit 1
    --- stdout
    run
                    recorded  drawn  equal  different  by the clock  not comparable
      executions         107    107    106          1             0               0
      compilations         6      6      6          0             0               0
      inputs              50     50     50          0             0               0

      candidate    stage    input      differs  recorded  seen
      echo line 2  private  private/1  verdict  MLE       WA

      1 difference

    --- stderr
    ");
}

#[test]
fn a_problem_that_has_gone_cannot_be_asked_again() {
    let world = world_with_run();
    fs_err::rename(world.path("echo"), world.path("elsewhere")).unwrap();
    check!(world.riddle(&["verify", "run", "--all"]), @"
    exit 2
    --- stdout
    run
                    recorded  drawn  equal  different  by the clock  not comparable
      executions         107    107      0          0             0             107
      compilations         6      6      0          0             0               6
      inputs              50     50      0          0             0              50
      not comparable, 113: problem `echo` is not where it was: failed to load problem from `run/../echo`: could not read it: failed to canonicalize path `run/../echo`: No such file or directory (os error 2)

      nothing was compared

    --- stderr
    hint: pass `--problem PROBLEM` to say where it is now
    ");
    let found = world.riddle(&["verify", "run", "--problem", "elsewhere"]);
    assert_eq!(found.exit, Some(0), "{found}");
}

#[test]
fn a_run_of_another_runtime_is_refused_and_the_others_are_verified() {
    let world = world_with_run();
    let manifest = world.read("run/manifest.json");
    let mut manifest: Value = serde_json::from_str(&manifest).unwrap();
    manifest["sandbox"] = "0".repeat(64).into();
    world.write("other/manifest.json", manifest.to_string());
    for name in ["candidates.jsonl", "run.sqlite"] {
        world.write(
            &format!("other/{name}"),
            fs_err::read(world.path(&format!("run/{name}"))).unwrap(),
        );
    }
    let outcome = world.riddle(&[
        "verify", "other", "run", "none", "--all", "--format", "jsonl",
    ]);
    assert_eq!(outcome.exit, Some(2));
    insta::assert_snapshot!(outcome.stderr, @"
    error: `other` is not comparable: it was made by another runtime (Riddle 0.1.0), or by one that was set up otherwise
    error: `none` is not a run folder: failed to open file `none/manifest.json`: No such file or directory (os error 2)
    ");
    let lines: Vec<Value> = (outcome.stdout.lines())
        .map(|it| serde_json::from_str(it).unwrap())
        .collect();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["run"], "run");
}

#[test]
fn json_is_the_report_of_one_run_or_of_all() {
    let world = world_with_run();
    tamper(&world);
    let args = ["verify", "run", "--all", "--format", "json"];
    let one = world.riddle(&args);
    assert_eq!(one.exit, Some(1));
    let one: Value = serde_json::from_str(&one.stdout).unwrap();
    let fields: Vec<_> = one
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let promised = "run share seed executions compilations inputs not_comparable n_mismatches \
                    mismatches is_interrupted warnings";
    assert_eq!(fields.join(" "), promised);
    assert_eq!(
        one["mismatches"][0],
        json!({
            "problem": "echo", "candidate": "line 2", "place": {"request": 1, "choice": 0},
            "stage": "private", "number": 0, "test": "private/1",
            "field": "verdict", "recorded": "MLE", "seen": "WA",
        })
    );
    let two = world.riddle(&[&args[..], &["run"]].concat());
    let two: Value = serde_json::from_str(&two.stdout).unwrap();
    assert_eq!(two["runs"], json!([one, one]));
    assert_eq!(two["totals"]["n_mismatches"], 2);
}

#[test]
fn wrong_arguments_are_named() {
    let world = World::new();
    for share in ["0", "-0.1", "1.5", "nan", "much"] {
        let outcome = world.riddle(&["verify", "run", &format!("--share={share}")]);
        assert_eq!(outcome.exit, Some(2), "{outcome}");
        assert!(
            outcome.stderr.contains("for '--share <SHARE>': expected"),
            "{outcome}"
        );
    }
    check!(world.riddle(&["verify", "run"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `run` is not a run folder: failed to open file `run/manifest.json`: No such file or directory (os error 2)
    ");
}

/// Takes some seconds: what is interrupted must not have ended by itself.
#[test]
fn ctrl_c_reports_what_was_compared() {
    let world = World::new();
    world.echo_problem("echo");
    solve(&world, "short", &[programs::echo()]);
    let loops: Vec<_> = (0..100)
        .map(|n| programs::loops().replace("(loop", &format!("(drop (i32.const {n})) (loop")))
        .collect();
    solve(&world, "long", &loops);
    let mut child = world
        .command(&[
            "verify", "short", "long", "--all", "-j1", "--format", "jsonl",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The first run's line says that the second is under way.
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut short = String::new();
    stdout.read_line(&mut short).unwrap();
    let kill = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(kill.unwrap().success());
    let mut long = String::new();
    stdout.read_to_string(&mut long).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let report = |line: &str| serde_json::from_str::<Value>(line).unwrap();
    assert_eq!(report(&short)["is_interrupted"], false);
    let long = report(&long);
    assert_eq!(long["is_interrupted"], true);
    assert_eq!(long["n_mismatches"], 0);
    assert!(long["executions"]["n_equal"].as_u64() < Some(100));
}
