//! Time limits that are derived, what an interrupt cuts short, and executions that the backstop ended.

use std::{path::Path, sync::Arc, time::Duration};

use riddle_engine::{
    EngineError, Event, Interrupt, JudgeOptions, JudgedProblem, Observer, Replay, Report,
    SearchConfig, Silent, Solver, StopReason, TimeLimitSource, Workers, judge,
    problems::Verdict,
    sandbox::{Sandbox, SandboxOptions, default_cache},
};

use crate::fixture::{ECHO, Fixture, as_refs, candidates, constant, start};

/// Loops a hundredth of a second of fuel away before it copies its input: more than one look at the clock.
fn slow_echo() -> String {
    ECHO.replace(
        "(func (export \"_start\")",
        "(func (export \"_start\") (local $n i32) (loop $l (br_if $l (i32.lt_u
            (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 40000000))))",
    )
}

/// A Kattis package that gives no time limit, with an accepted program, one that loops, and a wrong one.
fn package(fixture: &Fixture) {
    fixture.write("pack/problem.yaml", "name: pack\n");
    for (name, text) in [("sample/1", "17"), ("secret/1", "23"), ("secret/2", "99")] {
        fixture.write(&format!("pack/data/{name}.in"), text);
        fixture.write(&format!("pack/data/{name}.ans"), text);
    }
    for (path, source) in [
        ("accepted/slow.wat", slow_echo()),
        ("accepted/loop.wat", start("(loop $l (br $l))")),
        ("wrong_answer/constant.wat", constant("17")),
    ] {
        fixture.write(&format!("pack/submissions/{path}"), source);
    }
}

/// A sandbox whose executions meet the backstop as soon as they look at it.
fn hasty(fixture: &Fixture) -> Arc<Sandbox> {
    let options = SandboxOptions {
        max_backstop: Duration::ZERO,
        ..SandboxOptions::new(fixture.path("cache"))
    };
    Arc::new(Sandbox::open(options).unwrap())
}

fn judged(
    sandbox: &Arc<Sandbox>,
    problem: &Path,
    interrupt: &Interrupt,
) -> Result<JudgedProblem, EngineError> {
    let workers = Workers::start(2).unwrap();
    let options = JudgeOptions::default();
    judge(sandbox, &workers, problem, &options, interrupt, |_| {})
}

#[test]
fn accepted_programs_that_gave_the_time_limit_are_judged_by_what_they_did() {
    let fixture = Fixture::new();
    package(&fixture);
    fs_err::remove_file(fixture.path("pack/submissions/accepted/loop.wat")).unwrap();
    let sandbox = Arc::new(fixture.sandbox());
    let derived = judged(&sandbox, &fixture.path("pack"), &Interrupt::new()).unwrap();
    assert_eq!(derived.time_limit.source, TimeLimitSource::SlowestAccepted);
    // Compiled once: a second compilation would have come from the store.
    assert_eq!(sandbox.store_stats().n_hits, 0);

    // The same limit, declared, so that everything is run under it.
    let seconds = derived.time_limit.seconds;
    let yaml = format!("name: pack\nlimits:\n  time_limit: {seconds}\n");
    fixture.write("pack/problem.yaml", yaml);
    let declared = judged(&sandbox, &fixture.path("pack"), &Interrupt::new()).unwrap();
    assert_eq!(declared.time_limit.source, TimeLimitSource::Declared);
    let results = |judged: &JudgedProblem| -> Vec<_> {
        let all = judged.submissions.iter();
        all.map(|it| {
            (
                it.verdict,
                it.tests_run,
                it.fuel,
                it.memory_bytes,
                it.failed_test.clone(),
            )
        })
        .collect()
    };
    assert_eq!(results(&derived), results(&declared));
    assert_eq!(derived.submissions[0].verdict, Some(Verdict::Ac));
    assert_eq!(derived.submissions[0].tests_run, 3);
}

#[test]
fn a_backstop_while_the_limit_is_derived_or_a_program_judged_is_named() {
    let fixture = Fixture::new();
    package(&fixture);
    let judged = judged(&hasty(&fixture), &fixture.path("pack"), &Interrupt::new()).unwrap();
    assert_eq!(judged.submissions[0].verdict, Some(Verdict::Je));
    let warnings: Vec<_> = judged.warnings.iter().map(String::as_str).collect();
    let expected = [
        "the backstop ended `submissions/accepted/loop.wat` while the time limit was derived: it may \
         be another one",
        "the backstop ended `submissions/accepted/loop.wat`: another run may give another verdict",
    ];
    for warning in expected {
        assert!(warnings.contains(&warning), "{warnings:?}");
    }
}

#[test]
fn a_backstop_at_any_stage_of_a_search_is_named_once() {
    let fixture = Fixture::new();
    // Passes the public test, and loops on the others.
    let late = ECHO.replace(
        "(i32.store (i32.const 4) (i32.load (i32.const 8)))",
        "(i32.store (i32.const 4) (i32.load (i32.const 8)))
         (if (i32.ne (i32.load16_u (i32.const 16)) (i32.const 0x3731)) (then (loop $l (br $l))))",
    );
    let slow = slow_echo();
    let pool = fixture.pool(&[("wasm", ECHO), ("wasm", &late), ("wasm", &slow)]);
    let config = SearchConfig {
        n_inputs: 3,
        ..SearchConfig::default()
    };
    let solver = Solver::new(hasty(&fixture), 1, config).unwrap();
    let replay = Replay::open(&pool, &["echo"]).unwrap();
    let (problem, run) = ([fixture.problem()], fixture.path("run"));
    let (report, _) = solver.run(&problem, &replay, &run, &Silent).unwrap();
    assert_eq!(report.problems()[0].backstops, ["line 2", "line 3"]);
}

#[test]
fn a_backstop_while_the_limit_is_derived_is_in_the_report_of_a_search() {
    let fixture = Fixture::new();
    package(&fixture);
    let pool = fixture.pool(&[]);
    let replay = Replay::open(&pool, &["pack"]).unwrap();
    let solver = Solver::new(hasty(&fixture), 1, SearchConfig::default()).unwrap();
    let load = riddle_engine::problems::LoadOptions::default();
    let pack = riddle_engine::LoadedProblem::load(&fixture.path("pack"), &load).unwrap();
    let run = fixture.path("run");
    let (report, _) = solver.run(&[pack], &replay, &run, &Silent).unwrap();
    let backstops = &report.problems()[0].backstops;
    assert!(
        backstops.contains(&"submissions/accepted/loop.wat".to_owned()),
        "{backstops:?}"
    );
}

#[test]
fn an_interrupt_cuts_the_derivation_of_a_limit_short() {
    let fixture = Fixture::new();
    package(&fixture);
    let interrupt = Interrupt::new();
    interrupt.set();
    let sandbox = Arc::new(fixture.sandbox());
    let error = judged(&sandbox, &fixture.path("pack"), &interrupt).unwrap_err();
    assert!(matches!(error, EngineError::Interrupted), "{error}");

    let load = riddle_engine::problems::LoadOptions::default();
    let pack = riddle_engine::LoadedProblem::load(&fixture.path("pack"), &load).unwrap();
    let replay = Replay::open(&fixture.pool(&[]), &["pack"]).unwrap();
    let solver = Solver::new(sandbox, 1, SearchConfig::default())
        .unwrap()
        .with_interrupt(interrupt);
    let error = solver.solve(&pack, &replay).unwrap_err();
    assert!(matches!(error, EngineError::Interrupted), "{error}");
    let run = fixture.path("run");
    let (report, _) = solver.run(&[pack], &replay, &run, &Silent).unwrap();
    assert!(report.problems().is_empty());
}

/// Sets the interrupt when the private tests begin.
struct StopsAtScoring(Interrupt);

impl Observer for StopsAtScoring {
    fn event(&self, event: Event<'_>) {
        if let Event::Scoring { .. } = event {
            self.0.set();
        }
    }
}

#[test]
fn an_interrupt_cuts_scoring_short_and_a_resumed_run_makes_up_for_it() {
    let fixture = Fixture::new();
    let pool = fixture.pool(&as_refs(&candidates()));
    fixture.run(&pool, "whole", 1, SearchConfig::default());
    let replay = Replay::open(&pool, &["echo"]).unwrap();
    let interrupt = Interrupt::new();
    let solver = fixture.solver(1, SearchConfig::default());
    let solver = solver.with_interrupt(interrupt.clone());
    let (problem, run) = ([fixture.problem()], fixture.path("run"));
    let observer = StopsAtScoring(interrupt.clone());
    let (report, _) = solver.run(&problem, &replay, &run, &observer).unwrap();
    // An interrupt that comes before scoring ends the search, of which scoring is the answer; this one
    // comes as it begins.
    let Report::One(report) = report else {
        panic!("one problem has one report")
    };
    assert_eq!(report.stop_reason, StopReason::Interrupted);
    assert!(report.submissions.iter().all(|it| it.verdict.is_none()));
    assert_eq!(report.metrics.chosen, None);
    let warning = "interrupted before the private tests were through: there are no verdicts";
    assert!(report.warnings.contains(&warning.to_owned()));

    let solver = fixture.solver(1, SearchConfig::default());
    solver.resume(&problem, &replay, &run, &Silent).unwrap();
    assert_eq!(
        fixture.read("run/report.json"),
        fixture.read("whole/report.json")
    );
}

#[test]
fn tests_that_early_exit_leaves_out_are_counted() {
    let fixture = Fixture::new();
    for name in ["public/2", "public/3"] {
        fixture.write(&format!("echo/tests/{name}.in"), "5");
        fixture.write(&format!("echo/tests/{name}.ans"), "5");
    }
    let trap = start("unreachable");
    let pool = fixture.pool(&[("wasm", ECHO), ("wasm", &constant("17")), ("wasm", &trap)]);
    let report = fixture.run(&pool, "run", 2, SearchConfig::default());
    // The constant fails the second public test of three, the trap the first.
    assert_eq!(report.cost.n_cancelled, 1 + 2);
    let n_inputs = report.n_inputs;
    assert_eq!(report.cost.n_executions, 3 + 2 + 1 + n_inputs + 2);
}

#[test]
fn a_compilation_that_the_wall_clock_ended_is_named() {
    let fixture = Fixture::new();
    let source = "int main(void) { return 0; }";
    fixture.write("echo/submissions/accepted/main.c", source);
    let mut options = SandboxOptions {
        use_store: false,
        ..SandboxOptions::new(default_cache().expect("a cache that `riddle setup` filled"))
    };
    // No compiler starts in less.
    options.compile_limits.wall_time = Duration::from_micros(100);
    let sandbox = Arc::new(Sandbox::open(options).unwrap());
    let replay = Replay::open(&fixture.pool(&[("c", source)]), &["echo"]).unwrap();
    let solver = Solver::new(Arc::clone(&sandbox), 1, SearchConfig::default()).unwrap();
    let report = solver.solve(&fixture.problem(), &replay).unwrap();
    assert_eq!(report.funnel[2].reasons["compiler_backstop"], 1);
    assert_eq!(report.backstops, ["line 1"]);

    let judged = judged(&sandbox, &fixture.path("echo"), &Interrupt::new()).unwrap();
    assert_eq!(judged.submissions[0].verdict, Some(Verdict::Je));
    assert!(judged.warnings[0].starts_with("the backstop ended `submissions/accepted/main.c`"));
}
