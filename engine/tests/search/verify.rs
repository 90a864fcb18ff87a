//! Runs that are verified: as they were written, with one recorded value changed, and without what they
//! were made from.

use std::{path::Path, sync::Arc};

use riddle_engine::{
    EngineError, Interrupt, Replay, SearchConfig, Silent, Solver, VerifyOptions, VerifyReport,
    Workers,
    sandbox::{Sandbox, SandboxOptions},
    unpack, verify,
};
use rusqlite::{Connection, params};
use serde_json::Value;

use crate::fixture::{ECHO, Fixture, as_refs, candidates, start};

fn all() -> VerifyOptions {
    VerifyOptions {
        share: 1.0,
        ..VerifyOptions::default()
    }
}

fn try_verify(fixture: &Fixture, options: &VerifyOptions) -> Result<VerifyReport, EngineError> {
    verify(
        &Arc::new(fixture.sandbox()),
        &Workers::start(2).unwrap(),
        &fixture.path("run"),
        options,
        &Interrupt::new(),
        |_| {},
    )
}

fn verified(fixture: &Fixture) -> VerifyReport {
    try_verify(fixture, &all()).unwrap()
}

/// A fixture with a run over the usual candidates, and the number of its executions.
fn with_run() -> (Fixture, u64) {
    let fixture = Fixture::new();
    // One of the candidates uses it up.
    fixture.write("echo/problem.toml", "time_limit_seconds = 0.002");
    let pool = fixture.pool(&as_refs(&candidates()));
    let report = fixture.run(&pool, "run", 2, SearchConfig::default());
    (fixture, report.cost.n_executions)
}

fn database(fixture: &Fixture) -> Connection {
    Connection::open(fixture.path("run/run.sqlite")).unwrap()
}

/// Changes the run's manifest.
fn edit_manifest(fixture: &Fixture, edit: impl FnOnce(&mut Value)) {
    let mut manifest = serde_json::from_str(&fixture.read("run/manifest.json")).unwrap();
    edit(&mut manifest);
    fixture.write("run/manifest.json", manifest.to_string());
}

#[test]
fn a_run_verifies_clean() {
    let (fixture, n_executions) = with_run();
    let before = files_of(&fixture.path("run"));
    let report = verified(&fixture);
    assert_eq!(report.mismatches, []);
    let executions = report.executions;
    assert_eq!(executions.n_recorded, n_executions);
    assert_eq!(executions.n_equal, n_executions);
    assert_eq!(report.compilations.n_equal, 9);
    assert_eq!(report.inputs.n_equal, report.inputs.n_recorded);
    assert!(report.inputs.n_equal > 0);
    assert!(!report.is_incomplete() && !report.is_interrupted);
    assert_eq!(report.warnings, [""; 0]);
    assert_eq!(files_of(&fixture.path("run")), before);
}

fn files_of(folder: &Path) -> Vec<String> {
    let entries = fs_err::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|it| it.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn a_share_is_drawn_by_the_seed() {
    let (fixture, n_executions) = with_run();
    let drawn = |seed| {
        let options = VerifyOptions {
            share: 0.3,
            seed,
            ..VerifyOptions::default()
        };
        let report = try_verify(&fixture, &options).unwrap();
        assert_eq!(report.n_mismatches, 0);
        assert_eq!(report.executions.n_equal, report.executions.n_drawn);
        report.executions.n_drawn
    };
    let counts: Vec<u64> = (0..8).map(drawn).collect();
    assert!(counts.iter().all(|n| (1..n_executions).contains(n)));
    assert_eq!(drawn(3), counts[3]);
    assert!(counts.iter().any(|n| *n != counts[0]), "{counts:?}");
}

/// Changes one value of the last recorded execution of a kind, and checks that just that is found.
#[track_caller]
fn check_flipped(stage: &str, field: &str, change: impl Fn(&mut Record)) {
    let (fixture, _) = with_run();
    let database = database(&fixture);
    let (artifact, blob): (Vec<u8>, Vec<u8>) = database
        .query_row(
            "SELECT artifact, results FROM stage WHERE stage = ? ORDER BY length(results) DESC",
            [stage],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    let records = unpack(&blob).unwrap().into_iter();
    let mut records: Vec<Record> = records
        .map(|it| {
            let ending = it.ending as u8;
            Record(ending, it.exit_code, it.fuel, it.memory_bytes, it.output.0)
        })
        .collect();
    change(records.last_mut().unwrap());
    let n = database
        .execute(
            "UPDATE stage SET results = ? WHERE artifact = ? AND stage = ?",
            params![packed(&records), artifact, stage],
        )
        .unwrap();
    assert_eq!(n, 1);
    drop(database);
    let report = verified(&fixture);
    let [mismatch] = &report.mismatches[..] else {
        panic!("{:?}", report.mismatches);
    };
    assert_eq!((&*mismatch.stage, &*mismatch.field), (stage, field));
    assert_eq!(mismatch.number, Some(records.len() as u64 - 1));
    assert_ne!(mismatch.recorded, mismatch.seen);
    assert_eq!(report.executions.n_different, 1);
    assert!(mismatch.candidate.is_some());
}

/// An execution as the tests may change it: ending, exit code, fuel, memory, output.
struct Record(u8, i32, u64, u64, [u8; 32]);

/// Packs executions as `docs/formats.md` says.
fn packed(records: &[Record]) -> Vec<u8> {
    let mut out = vec![1];
    let number = |out: &mut Vec<u8>, mut n: u64| {
        while n >= 0x80 {
            out.push(n.to_le_bytes()[0] | 0x80);
            n >>= 7;
        }
        out.push(n.to_le_bytes()[0]);
    };
    number(&mut out, records.len() as u64);
    for Record(ending, exit_code, fuel, memory_bytes, output) in records {
        out.push(*ending);
        if *ending == 1 {
            number(&mut out, u64::from((exit_code << 1).cast_unsigned()));
        }
        number(&mut out, *fuel);
        number(&mut out, *memory_bytes);
        out.extend(output);
    }
    out
}

#[test]
fn a_changed_ending_is_found() {
    check_flipped("inputs", "ending", |it| it.0 = 2);
}

#[test]
fn a_changed_output_is_found() {
    check_flipped("inputs", "output", |it| it.4[31] ^= 1);
    check_flipped("private", "output", |it| it.4[0] ^= 1);
}

#[test]
fn changed_fuel_is_found() {
    check_flipped("public", "fuel", |it| it.2 += 1);
}

#[test]
fn changed_memory_is_found() {
    check_flipped("private", "memory_bytes", |it| it.3 -= 1);
}

/// Changes the database by a statement that changes one row, and returns what is found: stage and field.
#[track_caller]
fn check_changed(statement: &str, expected: &[(&str, &str)]) {
    let (fixture, _) = with_run();
    assert_eq!(database(&fixture).execute(statement, []).unwrap(), 1);
    let report = verified(&fixture);
    let found: Vec<_> = (report.mismatches.iter())
        .map(|it| (&*it.stage, &*it.field))
        .collect();
    assert_eq!(found, expected, "{:?}", report.mismatches);
}

#[test]
fn a_changed_fate_of_a_candidate_is_found() {
    check_changed(
        "UPDATE candidate SET reason = 'RTE' WHERE reason = 'WA'",
        &[("public", "verdict")],
    );
    check_changed(
        "UPDATE candidate SET detail = 'on public test 2' WHERE reason = 'WA'",
        &[("public", "detail")],
    );
    check_changed(
        "UPDATE candidate SET reason = 'unsupported' WHERE reason = 'compile_error'",
        &[("compile", "failure")],
    );
    check_changed(
        "UPDATE candidate SET detail = '' WHERE reason = 'compile_error'",
        &[("compile", "detail")],
    );
    check_changed(
        "UPDATE candidate SET artifact = zeroblob(32) WHERE reason = 'duplicate_artifact'",
        &[("compile", "artifact")],
    );
    check_changed(
        "UPDATE candidate SET source = zeroblob(32) WHERE reason = 'TLE'",
        &[("compile", "source")],
    );
    check_changed(
        "UPDATE candidate SET language = 'cpp' WHERE reason = 'TLE'",
        &[("compile", "language")],
    );
}

#[test]
fn a_changed_input_is_found() {
    check_changed(
        "UPDATE input SET content = x'00' WHERE number = 3",
        &[("inputs", "input")],
    );
    check_changed(
        "UPDATE input SET digest = zeroblob(32) WHERE number = 3",
        &[("inputs", "input")],
    );
}

#[test]
fn results_that_cannot_be_read_are_found() {
    check_changed(
        "UPDATE stage SET results = x'0100ff' WHERE stage = 'public' AND artifact =
            (SELECT artifact FROM candidate WHERE reason = 'WA')",
        &[("public", "record")],
    );
}

#[test]
fn a_changed_verdict_in_the_report_is_found() {
    let (fixture, _) = with_run();
    let report = fixture.read("run/report.json");
    let mut report: Value = serde_json::from_str(&report).unwrap();
    let submission = &mut report["submissions"][0];
    assert_eq!(submission["verdict"], "WA");
    submission["verdict"] = "RTE".into();
    submission["failed_test"] = "private/2".into();
    fixture.write("run/report.json", report.to_string());
    let report = verified(&fixture);
    let found: Vec<_> = report.mismatches.iter().map(|it| &*it.field).collect();
    assert_eq!(found, ["verdict", "failed_test"]);
}

#[test]
fn a_changed_verdict_in_the_database_is_found() {
    check_changed(
        "UPDATE verdict SET verdict = 'TLE' WHERE verdict = 'AC'",
        &[("private", "verdict")],
    );
    check_changed(
        "UPDATE verdict SET failed_test = 'private/9' WHERE verdict = 'WA' AND artifact =
            (SELECT min(artifact) FROM verdict WHERE verdict = 'WA')",
        &[("private", "failed_test")],
    );
}

#[test]
fn a_run_that_was_cut_short_is_verified_as_far_as_it_came() {
    let (fixture, n_executions) = with_run();
    fs_err::remove_file(fixture.path("run/report.json")).unwrap();
    let journal = fixture.read("run/candidates.jsonl");
    fixture.write("run/candidates.jsonl", &journal[..journal.len() - 9]);
    let report = verified(&fixture);
    assert_eq!(report.executions.n_equal, n_executions);
    assert_eq!(report.n_mismatches, 0);
}

#[test]
fn a_problem_that_has_moved_is_found_where_it_is_said_to_be() {
    let (fixture, n_executions) = with_run();
    fs_err::rename(fixture.path("echo"), fixture.path("moved")).unwrap();
    let report = verified(&fixture);
    assert_eq!(report.executions.n_not_comparable, n_executions);
    assert_eq!(report.executions.n_equal, 0);
    let reason = report.not_comparable.keys().next().unwrap();
    assert!(
        reason.starts_with("problem `echo` is not where it was: "),
        "{reason}"
    );

    let options = VerifyOptions {
        problems: vec![fixture.path("cache"), fixture.path("moved")],
        ..all()
    };
    let report = try_verify(&fixture, &options).unwrap();
    assert_eq!(report.executions.n_equal, n_executions);
    assert_eq!(report.inputs.n_different, 0);
}

/// Checks that nothing is different, and why some records could not be compared.
#[track_caller]
fn check_not_comparable(fixture: &Fixture, reason: &str) -> VerifyReport {
    let report = verified(fixture);
    let reasons: Vec<_> = report.not_comparable.keys().collect();
    assert_eq!(reasons, [reason]);
    assert_eq!(report.n_mismatches, 0);
    assert!(report.is_incomplete());
    report
}

#[test]
fn what_a_changed_problem_was_asked_is_not_comparable() {
    let (fixture, n_executions) = with_run();
    fixture.write("echo/tests/private/2.ans", "98");
    let report = check_not_comparable(
        &fixture,
        "the private tests of `echo` are not those of the run",
    );
    // The echo ran on two private tests, the two constants on one.
    assert_eq!(report.executions.n_not_comparable, 4);
    assert_eq!(report.executions.n_equal, n_executions - 4);
    fixture.write("echo/tests/public/1.ans", "18");
    let report = check_not_comparable(
        &fixture,
        "problem `echo` is not what it was when the run began",
    );
    assert_eq!(report.executions.n_equal, 0);
}

#[test]
fn another_toolchain_is_not_comparable_and_another_runtime_is_refused() {
    let (fixture, n_executions) = with_run();
    edit_manifest(&fixture, |manifest| {
        let toolchains = manifest["toolchains"].as_array_mut().unwrap();
        let wasm = toolchains.iter_mut().find(|it| it[0] == "wasm").unwrap();
        wasm[1] = "0".repeat(64).into();
    });
    let reason = "the toolchain of `wasm` is not the one that the run was made with";
    let report = check_not_comparable(&fixture, reason);
    assert_eq!(report.executions.n_not_comparable, n_executions);

    edit_manifest(&fixture, |it| it["sandbox"] = "0".repeat(64).into());
    let error = try_verify(&fixture, &all()).unwrap_err();
    assert!(
        error.to_string().ends_with(
            "is not comparable: it was made by another runtime (Riddle 0.1.0), or by one that was \
             set up otherwise"
        ),
        "{error}"
    );
}

#[test]
fn a_run_of_an_older_version_is_compared_with_a_warning() {
    let (fixture, n_executions) = with_run();
    edit_manifest(&fixture, |manifest| {
        let manifest = manifest.as_object_mut().unwrap();
        manifest.remove("sandbox").unwrap();
        manifest.remove("sandbox_seed").unwrap();
        let problem = manifest["problems"][0].as_object_mut().unwrap();
        problem.remove("private_digest").unwrap();
    });
    let report = verified(&fixture);
    assert_eq!(report.executions.n_equal, n_executions);
    assert_eq!(
        report.warnings,
        [
            "the run does not say which runtime made it (Riddle 0.1.0): differences may be the \
             runtime's"
        ]
    );
    edit_manifest(&fixture, |it| it["format_version"] = 2.into());
    let error = try_verify(&fixture, &all()).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("its format is version 2: this Riddle knows 1")
    );
}

#[test]
fn an_interrupt_leaves_out_what_was_not_begun() {
    let (fixture, _) = with_run();
    let interrupt = Interrupt::new();
    let mut n_done = 0;
    let report = verify(
        &Arc::new(fixture.sandbox()),
        &Workers::start(1).unwrap(),
        &fixture.path("run"),
        &all(),
        &interrupt,
        |_| {
            n_done += 1;
            interrupt.set();
        },
    )
    .unwrap();
    assert!(report.n_mismatches == 0 && n_done >= 1);
    let left = report.executions.n_recorded - report.executions.n_equal;
    assert_eq!(report.is_interrupted, left > 0, "{left}");
    // Before anything was begun.
    let report = verify(
        &Arc::new(fixture.sandbox()),
        &Workers::start(1).unwrap(),
        &fixture.path("run"),
        &all(),
        &interrupt,
        |_| {},
    )
    .unwrap();
    assert!(report.is_interrupted);
    assert_eq!(report.executions.n_equal, 0);
}

#[test]
fn executions_that_the_wall_clock_ended_say_nothing() {
    let fixture = Fixture::new();
    let pool = fixture.pool(&[("wasm", ECHO), ("wasm", &start("(loop $l (br $l))"))]);
    let hasty = SandboxOptions {
        max_backstop: std::time::Duration::ZERO,
        ..SandboxOptions::new(fixture.path("cache"))
    };
    let hasty = Arc::new(Sandbox::open(hasty).unwrap());
    let solver = Solver::new(Arc::clone(&hasty), 1, SearchConfig::default()).unwrap();
    let replay = Replay::open(&pool, &["echo"]).unwrap();
    let (run, problem) = (fixture.path("run"), [fixture.problem()]);
    let (report, _) = solver.run(&problem, &replay, &run, &Silent).unwrap();
    let report = &report.problems()[0];
    assert_eq!(report.backstops, ["line 2"]);
    assert_eq!(report.funnel[4].reasons["JE"], 1);

    // Whether the clock ended it then, …
    let report = verified(&fixture);
    assert_eq!(report.executions.n_backstopped, 1);
    assert_eq!(report.executions.n_different, 0);
    assert!(!report.is_incomplete());
    // … or now.
    fs_err::remove_dir_all(&run).unwrap();
    fixture.run(&pool, "run", 1, SearchConfig::default());
    let workers = Workers::start(1).unwrap();
    let report = verify(&hasty, &workers, &run, &all(), &Interrupt::new(), |_| {}).unwrap();
    assert_eq!(report.executions.n_backstopped, 1);
    assert_eq!(report.n_mismatches, 0);
}

#[test]
fn what_is_no_run_is_refused() {
    let fixture = Fixture::new();
    fixture.write("run/file", "");
    let error = try_verify(&fixture, &all()).unwrap_err();
    assert!(error.to_string().contains("is not a run folder"), "{error}");
}
