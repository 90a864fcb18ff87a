//! Inputs that a search looks for, since they part survivors that did the same on all others.

use std::sync::Arc;

use riddle_engine::{
    EvaluateOptions, Event, Interrupt, Observer, ProblemReport, Replay, SearchConfig, Silent,
    StopReason, VerifyOptions, VerifyReport, Workers, evaluate, verify,
};
use rusqlite::Connection;

use crate::fixture::{ECHO, Fixture};

const N_INPUTS: usize = 10;

fn config(n_parting_inputs: usize) -> SearchConfig {
    SearchConfig {
        // Of small numbers all: what parts comes later.
        n_inputs: N_INPUTS,
        n_parting_inputs,
        ..SearchConfig::default()
    }
}

/// A program that is right on inputs of up to four bytes, and the right one; the wrong one came first.
fn fixture() -> (Fixture, std::path::PathBuf) {
    let fixture = Fixture::new();
    let read = "(i32.store (i32.const 4) (i32.load (i32.const 8)))";
    assert!(ECHO.contains(read));
    let short = format!(
        "(if (i32.gt_u (i32.load (i32.const 8)) (i32.const 4)) (then (i32.store (i32.const 8) (i32.const 1)))) {read}"
    );
    let wrong = ECHO.replace(read, &short);
    let commented = format!("{ECHO} ;; again");
    let pool = fixture.pool(&[("wasm", &wrong), ("wasm", ECHO), ("wasm", &commented)]);
    (fixture, pool)
}

fn origins(fixture: &Fixture) -> Vec<String> {
    let database = Connection::open(fixture.path("run/run.sqlite")).unwrap();
    let query = "SELECT origin FROM input ORDER BY number";
    let mut statement = database.prepare(query).unwrap();
    let origins = statement.query_map([], |row| row.get(0)).unwrap();
    origins.map(Result::unwrap).collect()
}

fn verified(fixture: &Fixture) -> VerifyReport {
    let (sandbox, workers) = (Arc::new(fixture.sandbox()), Workers::start(2).unwrap());
    let options = VerifyOptions {
        share: 1.0,
        ..VerifyOptions::default()
    };
    let run = fixture.path("run");
    verify(
        &sandbox,
        &workers,
        &run,
        &options,
        &Interrupt::new(),
        |_| {},
    )
    .unwrap()
}

#[test]
fn what_one_input_leaves_together_is_parted() {
    let (fixture, pool) = fixture();
    let report = fixture.run(&pool, "run", 2, config(0));
    assert_eq!((report.clusters.len(), report.n_inputs), (1, 10));

    let (fixture, pool) = self::fixture();
    let report = fixture.run(&pool, "run", 2, config(50));
    assert_eq!(report.clusters.len(), 2);
    assert_eq!(report.clusters[0].size, 2);
    let origins = origins(&fixture);
    assert_eq!(origins.len() as u64, report.n_inputs);
    let (generated, parting) = origins.split_at(N_INPUTS);
    let is_parting = |it: &String| it.starts_with("parting, ");
    assert!(!generated.iter().any(is_parting));
    assert!(!parting.is_empty() && parting.iter().all(is_parting));
    assert!(report.cost.n_fruitless > 0);
    // Two candidates of three did as the first submission.
    let chances: Vec<f64> = report
        .submissions
        .iter()
        .map(|it| it.probability.unwrap())
        .collect();
    assert!(chances[0] > chances[1] && chances[1] > 0.0, "{chances:?}");
    let solved = report.solved_probability.unwrap();
    assert!(solved >= chances[0] && solved <= 1.0, "{solved}");
}

#[test]
fn threads_change_nothing_and_all_that_counts_is_recorded() {
    let (fixture, pool) = fixture();
    let report = |n_workers, name| {
        let report = fixture.run(&pool, name, n_workers, config(50));
        serde_json::to_string(&report).unwrap().replace(name, "run")
    };
    assert_eq!(report(1, "run"), report(3, "other"));

    let verified = verified(&fixture);
    assert_eq!(verified.mismatches, []);
    assert_eq!(verified.executions.n_not_comparable, 0);
    assert_eq!(verified.executions.n_equal, verified.executions.n_recorded);
    let n_inputs = origins(&fixture).len() as u64;
    assert_eq!(verified.inputs.n_equal, n_inputs);

    let evaluated = evaluate(&[fixture.path("run")], &[], &EvaluateOptions::default()).unwrap();
    assert_eq!(evaluated.warnings, [""; 0]);
    assert_eq!(evaluated.problems[0].as_recorded, Some(true));
}

#[test]
fn a_record_that_was_changed_is_noticed() {
    let (fixture, pool) = fixture();
    fixture.run(&pool, "run", 2, config(50));
    let database = Connection::open(fixture.path("run/run.sqlite")).unwrap();
    let change = "UPDATE input SET content = x'31' WHERE origin LIKE 'parting%'";
    assert!(database.execute(change, []).unwrap() > 0);
    drop(database);
    let verified = verified(&fixture);
    assert!(verified.mismatches.iter().any(|it| it.field == "input"));
}

/// Interrupts a search that begins to look for inputs.
struct Hasty(Interrupt);

impl Observer for Hasty {
    fn event(&self, event: Event<'_>) {
        if matches!(event, Event::LookingForInputs { .. }) {
            self.0.set();
        }
    }
}

#[test]
fn an_interrupt_while_inputs_are_looked_for_cuts_the_search_short() {
    let (fixture, pool) = fixture();
    let whole = fixture.run(&pool, "whole", 2, config(50));

    let interrupt = Interrupt::new();
    let solver = fixture
        .solver(2, config(50))
        .with_interrupt(interrupt.clone());
    let (problems, run) = ([fixture.problem()], fixture.path("run"));
    let replay = Replay::open(&pool, &["echo"]).unwrap();
    let (report, _) = solver
        .run(&problems, &replay, &run, &Hasty(interrupt))
        .unwrap();
    assert_eq!(report.problems()[0].stop_reason, StopReason::Interrupted);
    assert_eq!(report.problems()[0].clusters.len(), 1);

    let solver = fixture.solver(2, config(50));
    let (report, _) = solver.resume(&problems, &replay, &run, &Silent).unwrap();
    let text = |it: &ProblemReport| serde_json::to_string(it).unwrap();
    assert_eq!(text(&report.problems()[0]), text(&whole));
}
