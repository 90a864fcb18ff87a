//! Whole searches over candidates written in WAT, so that no toolchain is needed.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod evaluate;
mod fixture;
mod limits;
mod live;
mod load;
mod parting;
mod verify;

use std::sync::Arc;

use riddle_engine::{
    Interrupt, LoadedProblem, Replay, SearchConfig, Silent, Stage, StopReason, judge,
    problems::{LoadOptions, Verdict},
    sandbox::{Sandbox, SandboxOptions},
    unpack,
};

use crate::fixture::{ECHO, Fixture, as_refs, candidates, constant, start};

#[test]
fn a_search_sorts_candidates_out_and_picks_a_right_one() {
    let fixture = Fixture::new();
    let pool = fixture.pool(&as_refs(&candidates()));
    let report = fixture.run(&pool, "run", 2, SearchConfig::default());

    let reasons = |stage: Stage| {
        let count = report.funnel.iter().find(|it| it.stage == stage).unwrap();
        let reasons: Vec<String> = count
            .reasons
            .iter()
            .map(|(reason, n)| format!("{reason} {n}"))
            .collect();
        (count.n_in, count.n_out, reasons.join(", "))
    };
    assert_eq!(
        reasons(Stage::Sample),
        (
            14,
            11,
            "empty_source 1, source_too_large 1, unknown_language 1".into()
        )
    );
    assert_eq!(reasons(Stage::Source), (11, 9, "duplicate_source 2".into()));
    assert_eq!(reasons(Stage::Compile), (9, 8, "compile_error 1".into()));
    assert_eq!(
        reasons(Stage::Artifact),
        (8, 7, "duplicate_artifact 1".into())
    );
    assert_eq!(
        reasons(Stage::PublicTests),
        (7, 3, "MLE 1, RTE 1, TLE 1, WA 1".into())
    );

    // `17`, twice as it is and once with a line feed, which the checker does not see; the echo three times, later.
    let clusters: Vec<_> = report
        .clusters
        .iter()
        .map(|it| (it.size, it.n_programs, &*it.representative))
        .collect();
    assert_eq!(clusters, [(3, 2, "line 1"), (3, 1, "line 6")]);
    let verdicts: Vec<_> = report
        .submissions
        .iter()
        .map(|it| it.verdict.unwrap())
        .collect();
    assert_eq!(verdicts, [Verdict::Wa, Verdict::Ac, Verdict::Wa]);
    assert_eq!(report.submissions[1].source, ECHO);
    assert_eq!(
        fixture.read(&format!("run/{}", report.submissions[1].file)),
        ECHO
    );

    let metrics = &report.metrics;
    assert_eq!(
        (metrics.n_candidates, metrics.n_survivors, metrics.n_right),
        (14, 6, Some(3))
    );
    assert_eq!((metrics.oracle, metrics.chosen), (Some(true), Some(true)));
    assert!((metrics.at["pass@1"] - 3.0 / 14.0).abs() < 1e-12);
    assert_eq!(report.stop_reason, StopReason::SamplesExhausted);
    assert!(report.backstops.is_empty());
}

#[test]
fn the_report_is_the_same_for_any_number_of_workers_and_from_its_own_journal() {
    let fixture = Fixture::new();
    let mut many = candidates();
    for n in 0..60 {
        many.push(("wasm".to_owned(), constant(&(n % 20).to_string())));
        many.push(("wasm".to_owned(), format!(";; {n}\n{ECHO}")));
    }
    let pool = fixture.pool(&as_refs(&many));
    fixture.run(&pool, "one", 1, SearchConfig::default());
    fixture.run(&pool, "four", 4, SearchConfig::default());
    fixture.run(
        &fixture.path("one/candidates.jsonl"),
        "again",
        3,
        SearchConfig::default(),
    );
    assert_eq!(
        fixture.read("one/report.json"),
        fixture.read("four/report.json")
    );
    assert_eq!(
        fixture.read("one/report.json"),
        fixture.read("again/report.json")
    );
    assert_eq!(
        fixture.read("one/candidates.jsonl"),
        fixture.read("again/candidates.jsonl")
    );
}

#[test]
fn every_candidate_and_execution_is_in_the_database() {
    let fixture = Fixture::new();
    let pool = fixture.pool(&as_refs(&candidates()));
    let report = fixture.run(&pool, "run", 2, SearchConfig::default());
    let database = rusqlite::Connection::open(fixture.path("run/run.sqlite")).unwrap();
    let count = |query: &str| {
        database
            .query_row(query, [], |row| row.get::<_, i64>(0))
            .unwrap()
    };
    assert_eq!(count("SELECT count(*) FROM candidate"), 14);
    assert_eq!(
        count("SELECT count(*) FROM candidate WHERE dropped_at IS NULL"),
        3
    );
    assert_eq!(
        count("SELECT count(*) FROM input").cast_unsigned(),
        report.n_inputs
    );

    let mut statement = database.prepare("SELECT results FROM stage").unwrap();
    let n_executions: usize = statement
        .query_map([], |row| row.get::<_, Vec<u8>>(0))
        .unwrap()
        .map(|blob| unpack(&blob.unwrap()).unwrap().len())
        .sum();
    assert_eq!(n_executions as u64, report.cost.n_executions);
}

#[test]
fn settings_bound_the_search() {
    let fixture = Fixture::new();
    let pool = fixture.pool(&as_refs(&candidates()));
    let config = SearchConfig {
        n_samples: Some(6),
        n_submissions: 1,
        n_inputs: 3,
        ..SearchConfig::default()
    };
    let report = fixture.run(&pool, "run", 2, config);
    assert_eq!(report.metrics.n_candidates, 6);
    assert_eq!(report.submissions.len(), 1);
    assert_eq!(report.n_inputs, 3);
    assert_eq!(report.stop_reason, StopReason::SamplesReached);
    let journal = fixture.read("run/candidates.jsonl");
    assert_eq!(journal.lines().count(), 6);
}

#[test]
fn languages_not_asked_for_are_dropped() {
    let fixture = Fixture::new();
    let pool = fixture.pool(&as_refs(&candidates()));
    let config = SearchConfig {
        languages: vec!["cpp".parse().unwrap()],
        ..SearchConfig::default()
    };
    let report = fixture.run(&pool, "run", 1, config);
    assert_eq!(report.funnel[0].reasons["language_not_asked"], 13);
    assert!(report.submissions.is_empty());
}

#[test]
fn an_interrupted_search_reports_what_it_has() {
    let fixture = Fixture::new();
    let pool = fixture.pool(&as_refs(&candidates()));
    let replay = Replay::open(&pool, &["echo"]).unwrap();
    let interrupt = Interrupt::new();
    interrupt.set();
    let (report, _) = fixture
        .solver(1, SearchConfig::default())
        .with_interrupt(interrupt)
        .run(&[fixture.problem()], &replay, &fixture.path("run"), &Silent)
        .unwrap();
    assert_eq!(report.problems()[0].stop_reason, StopReason::Interrupted);
    assert_eq!(report.problems()[0].metrics.n_candidates, 0);
}

#[test]
fn a_pool_with_broken_lines_goes_on() {
    let fixture = Fixture::new();
    let mut pool = b"{\"source\": \"\n\n\xff\xfe\n[]\n".to_vec();
    pool.extend(vec![b'x'; 9 << 20]);
    pool.push(b'\n');
    let line = serde_json::json!({ "language": "wasm", "source": ECHO });
    pool.extend(line.to_string().into_bytes());
    fixture.write("pool.jsonl", pool);
    let report = fixture.run(
        &fixture.path("pool.jsonl"),
        "run",
        1,
        SearchConfig::default(),
    );
    assert_eq!(report.funnel[0].reasons["unreadable"], 4);
    assert_eq!(report.submissions[0].candidate, "line 6");
    let journal = fixture.read("run/candidates.jsonl");
    assert!(
        journal.contains("line has 9437185 bytes: the limit is 8388608"),
        "{journal}"
    );
}

#[test]
fn a_folder_of_programs_is_a_pool_in_byte_order() {
    let fixture = Fixture::new();
    fixture.write("pool/b/echo.wat", ECHO);
    fixture.write("pool/a.wat", constant("17"));
    fixture.write("pool/notes.txt", "not a program");
    fixture.write("pool/.hidden.wat", ECHO);
    let report = fixture.run(&fixture.path("pool"), "run", 1, SearchConfig::default());
    assert_eq!(report.funnel[0].reasons["unknown_language"], 1);
    let names: Vec<_> = report.submissions.iter().map(|it| &*it.candidate).collect();
    assert_eq!(names, ["a.wat", "b/echo.wat"]);
}

#[test]
fn several_problems_take_their_own_candidates() {
    let fixture = Fixture::new();
    for name in ["tests/public/1.in", "tests/public/1.ans"] {
        fixture.write(&format!("other/{name}"), "5");
    }
    fixture.write("pool/echo/a.wat", ECHO);
    fixture.write("pool/other/a.wat", constant("5"));
    let replay = Replay::open(&fixture.path("pool"), &["echo", "other"]).unwrap();
    let other = LoadedProblem::load(&fixture.path("other"), &LoadOptions::default()).unwrap();
    let (report, _) = fixture
        .solver(2, SearchConfig::default())
        .run(
            &[fixture.problem(), other],
            &replay,
            &fixture.path("run"),
            &Silent,
        )
        .unwrap();
    let totals = report.totals();
    assert_eq!(
        (totals.n_problems, totals.n_scored, totals.n_solved),
        (2, 1, 1)
    );
    assert_eq!(report.problems()[1].submissions[0].verdict, None);
    assert!(fixture.path("run/submissions/other/01.wat").is_file());
}

#[test]
fn a_run_folder_in_use_is_refused() {
    let fixture = Fixture::new();
    let pool = fixture.pool(&as_refs(&candidates()));
    fixture.write("run/precious.txt", "mine");
    let replay = Replay::open(&pool, &["echo"]).unwrap();
    let error = fixture
        .solver(1, SearchConfig::default())
        .run(&[fixture.problem()], &replay, &fixture.path("run"), &Silent)
        .unwrap_err();
    assert!(
        error.to_string().ends_with("is not an empty folder"),
        "{error}"
    );
    assert_eq!(fixture.read("run/precious.txt"), "mine");
}

#[test]
fn judging_tells_every_label() {
    let fixture = Fixture::new();
    for (path, source) in [
        ("accepted/echo.wat", ECHO.to_owned()),
        ("wrong_answer/constant.wat", constant("17")),
        ("time_limit_exceeded/loop.wat", start("(loop $l (br $l))")),
        ("run_time_error/trap.wat", start("unreachable")),
        ("compile_error/broken.wat", "(module".to_owned()),
        ("accepted/other.hs", "main = interact id".to_owned()),
    ] {
        fixture.write(&format!("echo/submissions/{path}"), source);
    }
    let sandbox = Arc::new(Sandbox::open(SandboxOptions::new(fixture.path("cache"))).unwrap());
    let workers = riddle_engine::Workers::start(2).unwrap();
    let mut n_seen = 0;
    let judged = judge(
        &sandbox,
        &workers,
        &fixture.path("echo"),
        &riddle_engine::JudgeOptions::default(),
        &Interrupt::new(),
        |_| n_seen += 1,
    )
    .unwrap();
    assert_eq!(n_seen, 6);
    let met: Vec<_> = judged
        .submissions
        .iter()
        .map(|it| (&*it.submission, it.label_met()))
        .collect();
    assert_eq!(
        met,
        [
            ("submissions/accepted/echo.wat", Some(true)),
            ("submissions/accepted/other.hs", None),
            ("submissions/compile_error/broken.wat", Some(true)),
            ("submissions/run_time_error/trap.wat", Some(true)),
            ("submissions/time_limit_exceeded/loop.wat", Some(true)),
            ("submissions/wrong_answer/constant.wat", Some(true)),
        ]
    );
    assert_eq!(
        judged.submissions[5].failed_test.as_deref(),
        Some("private/1")
    );
    assert_eq!(judged.submissions[5].tests_run, 2);
}
