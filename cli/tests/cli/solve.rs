//! `riddle solve`, and `riddle show` of what it leaves.

use std::{
    fmt::Write as _,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use crate::{check, programs, world::World};

/// A line of a pool.
fn line(id: &str, language: &str, source: &str) -> String {
    json!({"id": id, "problem": "echo", "language": language, "source": source}).to_string()
}

/// A pool with a candidate for each way to go.
fn pool() -> Vec<String> {
    let echo = programs::echo();
    vec![
        line("wrong", "wasm", &programs::prints(1, *b"oops")),
        line("right", "wasm", &echo),
        line("right-again", "wasm", &format!("{echo}\r\n")),
        line(
            "right-with-a-comment",
            "wasm",
            &format!("{echo} ;; the same program"),
        ),
        line("fixed", "wasm", &programs::prints(1, *b"1234")),
        line("traps", "wasm", &programs::traps()),
        line("loops", "wasm", &programs::loops()),
        line("floods", "wasm", &programs::floods()),
        line("broken", "wasm", &programs::broken()),
        line("unknown", "brainfuck", "+"),
        line("empty", "wasm", " \n"),
        "{\"problem\": \"echo\", \"language\": ".to_owned(),
        "{\"problem\": \"echo\", \"source\": \"x\"}".to_owned(),
        line("no-toolchain", "python", "print(input())"),
        line("large", "wasm", &";".repeat(300_000)),
    ]
}

fn world() -> World {
    let world = World::new();
    world.echo_problem("echo");
    world.write("pool.jsonl", pool().join("\n"));
    world
}

#[test]
fn a_search_from_candidates_to_submissions() {
    let world = world();
    let args = ["solve", "echo", "--candidates", "pool.jsonl"];
    let solved = world.riddle(&args);
    check!(solved, @"
    exit 0
    --- stdout
    echo  time limit 0.01 s
      stage         in  out  dropped  why
      sampled       15   10        5  unreadable 2, empty source 1, source too large 1, unknown language 1
      new source    10    9        1  duplicate source 1
      compiled       9    7        2  compile error 1, no toolchain 1
      new program    7    6        1  duplicate artifact 1
      public tests   6    2        4  OLE 1, RTE 1, TLE 1, WA 1

      4 survivors in 2 clusters by 50 generated inputs
      cluster  size  programs  earliest
            1     3         1  right
            2     1         1  fixed

      submit  candidate  language  size  verdict
           1  right      wasm         3  AC
           2  fixed      wasm         1  WA

      solved by submission 1 of 2
      108 executions, [n] fuel
      9 compiled, 0 from the cache, [time]

    solved 1 of 1 problem
    --- stderr
    wrote runs/echo-1
    warning: echo: 1 candidate in `python` dropped: it has no toolchain here
    hint: run `riddle setup`, or `riddle doctor` to see why
    ");
    // The picks are there to be sent.
    assert_eq!(
        world.read("runs/echo-1/submissions/echo/01.wat"),
        programs::echo()
    );
    // A second run has a folder of its own, and a third what the second left free.
    world.riddle(&args);
    fs_err::remove_dir_all(world.path("runs/echo-1")).unwrap();
    assert!(world.riddle(&args).stderr.contains("wrote runs/echo-1\n"));
    assert!(world.path("runs/echo-2").exists());
}

#[test]
fn the_report_does_not_depend_on_the_number_of_threads_or_on_the_cache() {
    let world = world();
    for (run, args) in [
        ("a", ["-j", "1"]),
        ("b", ["-j", "2"]),
        ("c", ["-j2", "--no-cache"]),
    ] {
        let solve = ["solve", "echo", "--candidates", "pool.jsonl", "-o", run];
        let outcome = world.riddle(&[&solve[..], &args[..]].concat());
        assert_eq!(outcome.exit, Some(0), "{outcome}");
    }
    let report = world.read("a/report.json");
    assert_eq!(world.read("b/report.json"), report);
    assert_eq!(world.read("c/report.json"), report);
    // And the journal replays to it.
    world.riddle(&[
        "solve",
        "echo",
        "--candidates",
        "a/candidates.jsonl",
        "-o",
        "d",
    ]);
    assert_eq!(world.read("d/report.json"), report);
}

#[test]
fn json_is_the_report_and_show_repeats_it() {
    let world = world();
    let solve = ["solve", "echo", "--candidates", "pool.jsonl", "-o", "run"];
    let solved = world.riddle(&[&solve[..], &["--format", "json"]].concat());
    assert_eq!(solved.stdout, world.read("run/report.json"));
    for format in ["json", "jsonl"] {
        let shown = world.riddle(&["show", "run", "--format", format]);
        let shown: Value = serde_json::from_str(&shown.stdout).unwrap();
        let report: Value = serde_json::from_str(&solved.stdout).unwrap();
        assert_eq!(shown, report);
    }
}

#[test]
fn show_prints_what_solve_printed() {
    let world = world();
    let solved = world.riddle(&["solve", "echo", "--candidates", "pool.jsonl", "-o", "run"]);
    let shown = world.riddle(&["show", "run"]);
    assert_eq!(shown.stdout, solved.stdout);
    assert_eq!(shown.exit, Some(0));
    check!(world.riddle(&["show", "echo"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `echo` is not a run folder: failed to open file `echo/manifest.json`: No such file or directory (os error 2)
    ");
}

#[test]
fn many_problems_have_a_line_each() {
    let world = World::new();
    let mut pool = String::new();
    for n in 1..=6 {
        let id = format!("echo-{n}");
        world.echo_problem(&id);
        let source = if n == 6 {
            programs::traps()
        } else {
            programs::echo()
        };
        let line = json!({"problem": id, "language": "wasm", "source": source});
        writeln!(pool, "{line}").unwrap();
    }
    // Nothing can tell whether an answer to this one is right.
    fs_err::remove_dir_all(world.path("echo-1/tests/private")).unwrap();
    writeln!(pool, "{}", line("x", "wasm", &programs::echo())).unwrap();
    pool += "{}\n[]\n{\n\n\u{0}\n";
    world.write("pool.jsonl", pool);
    let problems = ["echo-1", "echo-2", "echo-3", "echo-4", "echo-5", "echo-6"];
    let args = [&["solve"], &problems[..], &["--candidates", "pool.jsonl"]].concat();
    check!(world.riddle(&args), @"
    exit 0
    --- stdout
      problem  sampled  survive  clusters  result
      echo-1         1        1         1  1 submission to try
      echo-2         1        1         1  solved by submission 1 of 1
      echo-3         1        1         1  solved by submission 1 of 1
      echo-4         1        1         1  solved by submission 1 of 1
      echo-5         1        1         1  solved by submission 1 of 1
      echo-6         1        0         0  not solved: no candidate passes the public tests

      stage         in  out  dropped  why
      sampled        6    6        0
      new source     6    6        0
      compiled       6    6        0
      new program    6    6        0
      public tests   6    5        1  RTE 1

    solved 4 of 5 problems
    --- stderr
    warning: 4 lines of the pool can be put down to no problem
      line 8: field `problem` is missing
      line 9: field `problem` is missing
      line 10: broken JSON: EOF while parsing an object at column 1
      …
    warning: 1 candidate of the pool left out, for problems not asked for: `echo`
    wrote runs/batch-1
    ");

    let lines = world
        .riddle(&[&args[..], &["--format", "jsonl"]].concat())
        .stdout;
    let ids: Vec<Value> = lines
        .lines()
        .map(|it| serde_json::from_str::<Value>(it).unwrap()["problem"].clone())
        .collect();
    assert_eq!(ids, problems);
}

#[test]
fn a_folder_of_programs_is_a_pool() {
    let world = World::new();
    world.echo_problem("echo");
    world.write("pool/a/right.wat", programs::echo());
    world.write("pool/b/notes.txt", "not a program");
    // Sparse: what counts is the size that the system tells.
    world.write("pool/b/huge.wat", "");
    let huge = fs_err::OpenOptions::new()
        .write(true)
        .open(world.path("pool/b/huge.wat"));
    huge.unwrap().set_len(50_000_000).unwrap();
    world.write("pool/b/latin1.wat", b"(module) ;; \xe9");
    check!(world.riddle(&["solve", "echo", "--candidates", "pool"]), @"
    exit 0
    --- stdout
    echo  time limit 0.01 s
      stage         in  out  dropped  why
      sampled        4    2        2  source too large 1, unknown language 1
      new source     2    2        0
      compiled       2    1        1  compile error 1
      new program    1    1        0
      public tests   1    1        0

      1 survivor in 1 cluster by 50 generated inputs
      cluster  size  programs  earliest
            1     1         1  a/right.wat

      submit  candidate    language  size  verdict
           1  a/right.wat  wasm         1  AC

      solved by submission 1 of 1
      52 executions, [n] fuel
      2 compiled, 0 from the cache, [time]

    solved 1 of 1 problem
    --- stderr
    wrote runs/echo-1
    ");
}

#[test]
fn a_line_of_fifty_megabytes_is_one_candidate_less() {
    let world = World::new();
    world.echo_problem("echo");
    let huge = line("huge", "wasm", &";".repeat(50_000_000));
    world.write(
        "pool.jsonl",
        format!("{huge}\n{}", line("right", "wasm", &programs::echo())),
    );
    let outcome = world.riddle(&["solve", "echo", "--candidates", "pool.jsonl"]);
    assert!(outcome.stdout.contains("unreadable 1"), "{outcome}");
    assert!(
        outcome.stdout.ends_with("solved 1 of 1 problem\n"),
        "{outcome}"
    );
}

#[test]
fn nothing_to_submit_is_an_answer() {
    let world = World::new();
    world.echo_problem("echo");
    world.write("pool.jsonl", line("traps", "wasm", &programs::traps()));
    check!(world.riddle(&["solve", "echo", "--candidates", "pool.jsonl"]), @"
    exit 1
    --- stdout
    echo  time limit 0.01 s
      stage         in  out  dropped  why
      sampled        1    1        0
      new source     1    1        0
      compiled       1    1        0
      new program    1    1        0
      public tests   1    0        1  RTE 1

      not solved: no candidate passes the public tests
      1 execution, [n] fuel
      1 compiled, 0 from the cache, [time]

    solved 0 of 1 problem
    --- stderr
    wrote runs/echo-1
    ");
    world.write("pool.jsonl", "");
    let outcome = world.riddle(&["solve", "echo", "--candidates", "pool.jsonl"]);
    assert!(
        outcome
            .stderr
            .contains("warning: the pool has no candidate for `echo`")
    );
    assert_eq!(outcome.exit, Some(1));
}

#[test]
fn names_from_a_pool_do_not_reach_the_terminal_as_commands() {
    let world = World::new();
    world.echo_problem("echo");
    world.write(
        "pool.jsonl",
        line("\u{1b}[2Jx\ny", "wasm", &programs::echo()),
    );
    let outcome = world.riddle(&["solve", "echo", "--candidates", "pool.jsonl"]);
    assert!(!outcome.to_string().contains('\u{1b}'), "{outcome}");
}

/// Tries to solve a problem called `p` and checks what is said.
macro_rules! check_refused {
    ($world:expr, @$snapshot:literal) => {
        $world.write("pool.jsonl", "");
        check!($world.riddle(&["solve", "p", "--candidates", "pool.jsonl"]), @$snapshot);
    };
}

#[test]
fn a_problem_that_cannot_be_read_is_named() {
    check_refused!(World::new(), @"
    exit 2
    --- stdout
    --- stderr
    error: failed to load problem from `p`
      caused by: could not read it
      caused by: failed to canonicalize path `p`: No such file or directory (os error 2)
    ");

    let world = World::new();
    world.write("p/statement.md", "no tests");
    check_refused!(world, @"
    exit 2
    --- stdout
    --- stderr
    error: failed to load problem from `p`: problem has no tests
    hint: tests are pairs `1.in` and `1.ans` in `tests/public` and `tests/secret`, or in a package's `data/sample` and `data/secret`
    ");

    let world = World::new();
    world.echo_problem("p");
    fs_err::remove_file(world.path("p/tests/private/1.ans")).unwrap();
    check_refused!(world, @"
    exit 2
    --- stdout
    --- stderr
    error: failed to load problem from `p/tests/private/1.in`: test `private/1` has an input but no answer
    hint: put the answer beside the input, with the extension `.ans`
    ");

    let world = World::new();
    world.echo_problem("p");
    world.write(
        "p/problem.toml",
        "title = \"p\"\ntime_limit_seconds = soon\n",
    );
    check_refused!(world, @"
    exit 2
    --- stdout
    --- stderr
    error: failed to load problem from `p/problem.toml`
      caused by: line 2: string values must be quoted, expected literal string
    ");
}

#[test]
fn a_run_folder_that_cannot_be_used_is_named() {
    let world = world();
    let solve = ["solve", "echo", "--candidates", "pool.jsonl", "-o"];
    world.write("taken/file", "");
    check!(world.riddle(&[&solve[..], &["taken"]].concat()), @"
    exit 2
    --- stdout
    --- stderr
    error: `taken` is not an empty folder
    hint: pass another folder by `-o`
    ");
    assert_eq!(fs_err::read_dir(world.path("taken")).unwrap().count(), 1);
    check!(world.riddle(&[&solve[..], &["taken/file/run"]].concat()), @"
    exit 2
    --- stdout
    --- stderr
    error: could not make the run folder
      caused by: failed to create directory `taken/file/run`: Not a directory (os error 20)
    ");
}

#[test]
fn wrong_arguments_are_named() {
    let world = world();
    world.echo_problem("other/echo");
    let pool = ["--candidates", "pool.jsonl"];
    let with = |args: &[&str]| world.riddle(&[&["solve"], args, &pool].concat());
    check!(with(&["echo", "other/echo"]), @"
    exit 2
    --- stdout
    --- stderr
    error: `echo` and `other/echo` have the same problem id `echo`
    hint: solve them in two runs, or rename one folder
    ");
    check!(with(&["echo", "-j", "0"]), @"
    exit 2
    --- stdout
    --- stderr
    error: invalid value '0' for '--jobs <N>': 0 is not in 1..=4096

    For more information, try '--help'.
    ");
    check!(with(&["echo", "--languages", "cpp,java"]), @"
    exit 2
    --- stdout
    --- stderr
    error: invalid value 'java' for '--languages <LANGUAGE>': unknown language `java`: expected one of c, cpp, python, rust, go, wasm

    For more information, try '--help'.
    ");
    check!(world.riddle(&["solve", "echo", "--candidates", "none.jsonl"]), @"
    exit 2
    --- stdout
    --- stderr
    error: could not open the pool of candidates
      caused by: failed to query resolved metadata `none.jsonl`: No such file or directory (os error 2)
    ");
    assert!(!world.path("runs").exists());
}

#[test]
fn ctrl_c_reports_what_was_finished() {
    let world = World::new();
    world.echo_problem("echo");
    // Enough that the run cannot have ended by itself when it is interrupted: each is another program
    // that loops until its fuel is gone, some 20 ms.
    let mut pool = line("right", "wasm", &programs::echo());
    for n in 0..2000 {
        let source = programs::loops().replace("(loop", &format!("(drop (i32.const {n})) (loop"));
        pool += "\n";
        pool += &line("loops", "wasm", &source);
    }
    world.write("pool.jsonl", pool);
    let child = world
        .command(&[
            "solve",
            "echo",
            "--candidates",
            "pool.jsonl",
            "-j1",
            "-o",
            "run",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The journal is flushed each 64 candidates: the search is well under way.
    let journal = world.path("run/candidates.jsonl");
    while fs_err::metadata(&journal).map_or(0, |it| it.len()) == 0 {
        std::thread::yield_now();
    }
    let kill = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(kill.unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(stdout.contains("interrupted after "), "{stdout}");
    assert!(stdout.ends_with("solved 1 of 1 problem\n"), "{stdout}");
    let report: Value = serde_json::from_str(&world.read("run/report.json")).unwrap();
    assert_eq!(report["stop_reason"], "interrupted");
}
