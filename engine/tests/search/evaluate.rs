//! Rules measured over recorded runs: as they were written, and cut, changed or empty.

use std::path::PathBuf;

use proptest::prelude::*;
use riddle_engine::{
    ClusterExplanation, EngineError, EvaluateOptions, EvaluationReport, ProblemReport, RuleOnPool,
    SearchConfig, SurveyOptions, Unscored, evaluate, explain_clusters, export_matrix, survey,
};
use rusqlite::Connection;

use crate::fixture::{ECHO, Fixture, as_refs, candidates, constant, start};

fn few_draws() -> EvaluateOptions {
    EvaluateOptions {
        n_draws: 20,
        ..EvaluateOptions::default()
    }
}

fn try_evaluate(
    fixture: &Fixture,
    options: &EvaluateOptions,
) -> Result<EvaluationReport, EngineError> {
    evaluate(&[fixture.path("run")], &[], options)
}

fn evaluated(fixture: &Fixture) -> EvaluationReport {
    try_evaluate(fixture, &few_draws()).unwrap()
}

fn explained(fixture: &Fixture) -> ClusterExplanation {
    let explained = explain_clusters(&fixture.path("run"), "echo", &few_draws());
    explained.unwrap().expect("the run has the problem")
}

fn run_over(candidates: &[(&str, &str)], config: SearchConfig) -> (Fixture, ProblemReport) {
    let fixture = Fixture::new();
    // Some of the candidates use it up.
    fixture.write("echo/problem.toml", "time_limit_seconds = 0.002");
    let pool = fixture.pool(candidates);
    let report = fixture.run(&pool, "run", 2, config);
    (fixture, report)
}

fn with_run() -> (Fixture, ProblemReport) {
    run_over(&as_refs(&candidates()), SearchConfig::default())
}

fn database(fixture: &Fixture) -> Connection {
    Connection::open(fixture.path("run/run.sqlite")).unwrap()
}

/// Checks that what is read back is what the run made its report of.
#[track_caller]
fn check_as_reported(fixture: &Fixture, report: &ProblemReport) {
    let evaluation = evaluated(fixture);
    assert_eq!(evaluation.warnings, [""; 0]);
    let pool = &evaluation.problems[0];
    assert_eq!(pool.as_recorded, Some(true));
    assert_eq!(pool.n_candidates, report.metrics.n_candidates);
    assert_eq!(pool.n_survivors, report.metrics.n_survivors);
    assert_eq!(pool.n_right, report.metrics.n_right);
    assert_eq!(pool.n_inputs, report.n_inputs);
    let own = pool.rules.iter().find(|it| it.rule == report.rule);
    assert_eq!(own.map(|it| it.solved), report.metrics.chosen);

    let explained = explained(fixture);
    let clusters: Vec<_> = (explained.clusters.iter())
        .map(|it| (it.rank, it.size, it.n_programs, &*it.representative))
        .collect();
    let reported: Vec<_> = (report.clusters.iter().take(10))
        .map(|it| (it.rank, it.size, it.n_programs, &*it.representative))
        .collect();
    assert_eq!(clusters, reported);
    let own = explained.picks.iter().find(|it| it.rule == report.rule);
    let picks: Vec<_> = (own.unwrap().picks.iter())
        .map(|it| (&*it.candidate, it.cluster, it.verdict, &*it.reason))
        .collect();
    let submitted: Vec<_> = (report.submissions.iter())
        .map(|it| (&*it.candidate, it.cluster, it.verdict, &*it.reason))
        .collect();
    assert_eq!(picks, submitted);
}

#[test]
fn the_runs_own_rule_gives_the_runs_own_submissions() {
    let (fixture, report) = with_run();
    assert_eq!(report.clusters[0].size, 3, "duplicates count");
    check_as_reported(&fixture, &report);
}

#[test]
fn a_survey_is_what_its_parts_say() {
    let (fixture, _) = with_run();
    let surveyed = |n_explained, n_sources| {
        let options = SurveyOptions {
            evaluate: few_draws(),
            n_explained,
            n_sources,
        };
        survey(&fixture.path("run"), &options).unwrap()
    };
    let all = surveyed(1, usize::MAX);
    let [got, expected] = [&all.evaluation, &evaluated(&fixture)].map(serde_json::to_string);
    assert_eq!(got.unwrap(), expected.unwrap());
    let [got, expected] = [&all.clusters, &vec![explained(&fixture)]].map(serde_json::to_string);
    assert_eq!(got.unwrap(), expected.unwrap());
    assert_eq!(surveyed(0, 1).clusters.len(), 0);
    let some = surveyed(1, 1);
    let has_source: Vec<bool> = (some.clusters[0].clusters.iter())
        .map(|it| it.source.is_some())
        .collect();
    assert!(
        has_source[0] && has_source[1..].iter().all(|it| !it),
        "{has_source:?}"
    );
}

/// Programs by number: right, wrong, failing, the same as another, and none at all.
fn program(number: usize) -> String {
    match number {
        0 => ECHO.to_owned(),
        1 => format!("{ECHO}\r\n"),
        2 => format!(";; a comment\n{ECHO}"),
        3 => constant("17"),
        4 => format!(";; another\n{}", constant("17")),
        5 => constant("17\\n"),
        6 => constant("18"),
        7 => start("unreachable"),
        _ => "(module".to_owned(),
    }
}

proptest! {
    // Each case is a whole search.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(8) })]
    #[test]
    fn any_run_is_read_back_as_it_was_reported(
        pool in prop::collection::vec(0..9_usize, 1..24),
        n_submissions in 1..4_usize,
        n_inputs in 0..4_usize,
    ) {
        let sources: Vec<String> = pool.into_iter().map(program).collect();
        let candidates: Vec<_> = sources.iter().map(|it| ("wasm", &**it)).collect();
        let config = SearchConfig { n_submissions, n_inputs, ..SearchConfig::default() };
        let (fixture, report) = run_over(&candidates, config);
        let options = EvaluateOptions { n_submissions: vec![n_submissions], ..few_draws() };
        let evaluation = try_evaluate(&fixture, &options).unwrap();
        let pool = &evaluation.problems[0];
        prop_assert_eq!(pool.as_recorded, Some(true));
        prop_assert_eq!(pool.n_clusters, report.clusters.len() as u64);
        let own = pool.rules.iter().find(|it| it.rule == report.rule);
        prop_assert_eq!(own.map(|it| it.solved), report.metrics.chosen);
        let sizes: Vec<u64> = explained(&fixture).clusters.iter().map(|it| it.size).collect();
        let reported: Vec<u64> = report.clusters.iter().map(|it| it.size).collect();
        prop_assert_eq!(sizes, reported);
    }
}

fn row_of<'a>(report: &'a EvaluationReport, rule: &str) -> &'a RuleOnPool {
    let mut rules = report.problems[0].rules.iter();
    rules.find(|it| it.rule == rule).unwrap()
}

#[test]
fn samples_are_drawn_from_all_candidates_and_never_from_more() {
    let (fixture, report) = with_run();
    let n = report.metrics.n_candidates;
    let options = EvaluateOptions {
        ks: vec![1, n, n + 1],
        n_submissions: vec![1, 10],
        ..few_draws()
    };
    let evaluation = try_evaluate(&fixture, &options).unwrap();
    let ks: Vec<u64> = evaluation.oracle.at.iter().map(|it| it.k).collect();
    assert_eq!(ks, [1, n]);
    assert_eq!(
        evaluation.warnings,
        [format!(
            "no problem has {} candidates to draw from: the most that one has is {n}",
            n + 1
        )]
    );
    // All candidates are one sample.
    let all = row_of(&evaluation, "alphacode");
    assert_eq!(all.at[1].n_solved, u64::from(all.solved) * 20);
    assert_eq!(evaluation.table.len(), 2 * evaluation.rules.len());
    let pass = report.metrics.at["pass@1"];
    assert!((evaluation.oracle.at[0].solved.value - pass).abs() < 1e-12);
    assert_eq!(evaluation.table[0].difference.unwrap().value.to_bits(), 0);
}

#[test]
fn the_same_options_give_the_same_bytes() {
    let (fixture, _) = with_run();
    let bytes = || serde_json::to_string(&evaluated(&fixture)).unwrap();
    assert_eq!(bytes(), bytes());
}

#[test]
fn costs_are_of_the_report_and_by_problem_solved() {
    let (fixture, report) = with_run();
    let evaluation = evaluated(&fixture);
    let solved = evaluation.table.iter().find(|it| it.n_solved == 1).unwrap();
    let cost = solved.cost.unwrap();
    #[expect(clippy::cast_precision_loss, reason = "they are small")]
    let expected = (report.cost.n_executions as f64, report.cost.fuel as f64);
    assert_eq!((cost.n_executions, cost.fuel), expected);
}

#[test]
fn fewer_inputs_make_fewer_clusters() {
    let (fixture, report) = with_run();
    let options = EvaluateOptions {
        n_inputs: vec![0, 1, 1_000],
        ..few_draws()
    };
    let evaluation = try_evaluate(&fixture, &options).unwrap();
    let inputs = &evaluation.problems[0].inputs;
    assert_eq!(inputs[0].n_clusters, 1);
    assert_eq!(inputs[2].n_clusters, report.clusters.len() as u64);
    assert!(inputs[1].n_clusters <= inputs[2].n_clusters);
    for (all, some) in evaluation.problems[0].rules.iter().zip(&inputs[2].rules) {
        assert_eq!((&all.rule, all.solved), (&some.rule, some.solved));
    }
}

#[test]
fn clusters_are_told_apart_by_a_recorded_input() {
    let (fixture, _) = with_run();
    let explained = explained(&fixture);
    assert!(!explained.differences.is_empty());
    for difference in &explained.differences {
        let [one, other] = &difference.conduct;
        assert_ne!(one, other);
        assert!(difference.n_inputs > 0);
    }
    assert_eq!(explained.clusters[1].source.as_deref(), Some(ECHO));
    let nowhere = explain_clusters(&fixture.path("run"), "nowhere", &few_draws());
    assert!(nowhere.unwrap().is_none());
}

/// Checks how many problems of a run over `candidates` each rule solves with all of them.
#[track_caller]
fn check_solved(candidates: &[(&str, &str)], config: SearchConfig, n_clusters: u64, n_solved: u64) {
    let (fixture, report) = run_over(candidates, config);
    check_as_reported(&fixture, &report);
    let evaluation = evaluated(&fixture);
    assert_eq!(evaluation.n_scored, 1);
    assert_eq!(evaluation.problems[0].n_clusters, n_clusters);
    for row in &evaluation.table {
        assert_eq!(row.n_solved, n_solved, "{}", row.rule);
        assert_eq!(row.cost.is_some(), n_solved > 0);
    }
}

#[test]
fn small_pools_are_measured_like_others() {
    let wrong = constant("18");
    let first = constant("17");
    let trap = start("unreachable");
    let default = SearchConfig::default;
    // No survivors, one, all in one cluster, all alone.
    check_solved(&[("wasm", &wrong), ("wasm", &trap)], default(), 0, 0);
    check_solved(&[("wasm", ECHO)], default(), 1, 1);
    check_solved(&[("wasm", &first)], default(), 1, 0);
    let again = format!(";; again\n{ECHO}");
    check_solved(&[("wasm", ECHO), ("wasm", &again)], default(), 1, 1);
    let alone = [("wasm", &*first), ("wasm", ECHO)];
    check_solved(&alone, default(), 2, 1);
    // Without inputs nothing tells them apart.
    let no_inputs = SearchConfig {
        n_inputs: 0,
        ..default()
    };
    check_solved(&alone, no_inputs, 1, 1);
}

#[test]
fn a_run_without_a_report_is_read_as_far_as_it_came() {
    let (fixture, report) = with_run();
    fs_err::remove_file(fixture.path("run/report.json")).unwrap();
    let evaluation = evaluated(&fixture);
    assert_eq!(evaluation.n_scored, 1);
    assert_eq!(evaluation.problems[0].n_right, report.metrics.n_right);
    assert_eq!(evaluation.warnings, ["the run has no report of `echo`"]);
    assert!(evaluation.table.iter().all(|it| it.cost.is_none()));
}

#[track_caller]
fn check_unscored(fixture: &Fixture, reason: Unscored) {
    let evaluation = evaluated(fixture);
    assert_eq!(evaluation.n_scored, 0);
    assert_eq!(evaluation.problems[0].unscored, Some(reason));
    assert!(evaluation.problems[0].rules.is_empty());
    assert!(evaluation.table.iter().all(|it| it.solved.is_none()));
    // Its clusters can be looked at all the same.
    assert_eq!(explained(fixture).unscored, Some(reason));
}

#[test]
fn a_problem_without_verdicts_is_in_no_mean() {
    let (fixture, _) = with_run();
    database(&fixture)
        .execute_batch(
            "DROP TABLE verdict; ALTER TABLE input DROP COLUMN origin; PRAGMA user_version = 1",
        )
        .unwrap();
    check_unscored(&fixture, Unscored::OlderVersion);

    let (fixture, _) = with_run();
    let rows = "DELETE FROM verdict WHERE verdict = 'AC'";
    database(&fixture).execute_batch(rows).unwrap();
    check_unscored(&fixture, Unscored::OlderVersion);
    fs_err::remove_file(fixture.path("run/report.json")).unwrap();
    check_unscored(&fixture, Unscored::NotFinished);

    let (fixture, _) = with_run();
    let manifest = fixture.read("run/manifest.json");
    let manifest = manifest.replace(r#""n_private_tests": 2"#, r#""n_private_tests": 0"#);
    fixture.write("run/manifest.json", manifest);
    check_unscored(&fixture, Unscored::NoPrivateTests);
}

#[test]
fn files_that_do_not_belong_together_are_noticed() {
    let (fixture, _) = with_run();
    let statement = "DELETE FROM candidate WHERE request = (SELECT min(request) FROM candidate WHERE reason IS NULL)";
    database(&fixture).execute_batch(statement).unwrap();
    let warnings = evaluated(&fixture).warnings;
    assert!(
        warnings[0].starts_with("the report of `echo` tells of 14 candidates, the database of 13"),
        "{warnings:?}"
    );
    assert!(
        warnings[1]
            .starts_with("what rule `riddle` picks for `echo` is not what the run submitted"),
        "{warnings:?}"
    );
}

#[track_caller]
fn check_refused(fixture: &Fixture, message: &str) {
    let error = try_evaluate(fixture, &few_draws()).unwrap_err();
    let cause = std::error::Error::source(&error).map_or(String::new(), |it| format!(": {it}"));
    let text = format!("{error}{cause}");
    assert!(text.contains(message), "{text}");
}

#[test]
fn what_cannot_be_read_is_refused() {
    let (fixture, _) = with_run();
    let whole = fs_err::read(fixture.path("run/run.sqlite")).unwrap();
    for n_bytes in [whole.len() / 2, whole.len() - 4096] {
        fixture.write("run/run.sqlite", &whole[..n_bytes]);
        check_refused(&fixture, "could not read the tables in the run database");
    }
    fixture.write("run/run.sqlite", "");
    check_refused(&fixture, "its database has no tables");
    fixture.write("run/run.sqlite", &whole);
    database(&fixture)
        .execute_batch("UPDATE stage SET results = x'0100' WHERE stage = 'inputs'")
        .unwrap();
    check_refused(&fixture, "did cannot be read: 0 results for ");
    database(&fixture)
        .execute_batch("UPDATE verdict SET verdict = 'OK'")
        .unwrap();
    check_refused(&fixture, "unknown verdict `OK`");
    database(&fixture)
        .execute_batch("PRAGMA user_version = 4")
        .unwrap();
    check_refused(&fixture, "its database is version 4: this Riddle knows 3");
    fs_err::remove_file(fixture.path("run/run.sqlite")).unwrap();
    check_refused(&fixture, "is not a run folder");
}

#[test]
fn a_run_given_twice_is_refused() {
    let (fixture, _) = with_run();
    let run = fixture.path("run");
    let other_name: PathBuf = fixture.path("run/../run");
    let error = evaluate(&[run.clone(), other_name], &[], &few_draws()).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("is given twice: its problems would count double"),
        "{error}"
    );
    let again = fixture.run(
        &fixture.path("pool.jsonl"),
        "again",
        1,
        SearchConfig::default(),
    );
    assert_eq!(again.problem, "echo");
    let both = evaluate(&[run, fixture.path("again")], &[], &few_draws()).unwrap();
    assert_eq!((both.n_problems, both.n_scored), (2, 2));
    assert!(
        both.warnings[0].starts_with("`echo` is a problem of 2 runs, and counts 2 times"),
        "{:?}",
        both.warnings
    );
}

fn exported(fixture: &Fixture) -> PathBuf {
    let path = fixture.path("matrix.parquet");
    export_matrix(&[fixture.path("run")], &path).unwrap();
    path
}

/// Checks that a run is measured the same by way of a file.
#[track_caller]
fn check_by_file(fixture: &Fixture) {
    let options = EvaluateOptions {
        n_inputs: vec![1, 3],
        ..few_draws()
    };
    let mut direct = try_evaluate(fixture, &options).unwrap();
    let file = exported(fixture);
    let mut by_file = evaluate(&[], &[file], &options).unwrap();
    // A file does not tell what the run itself chose, nor what the run's files lack.
    for report in [&mut direct, &mut by_file] {
        report.runs.clear();
        report.warnings.clear();
        report.problems[0].as_recorded = None;
    }
    let text = |it: &EvaluationReport| serde_json::to_string_pretty(it).unwrap();
    assert_eq!(text(&direct), text(&by_file));
}

#[test]
fn a_run_is_measured_the_same_by_way_of_a_parquet_file() {
    let (fixture, _) = with_run();
    check_by_file(&fixture);
    let error = export_matrix(&[fixture.path("run")], &fixture.path("matrix.parquet"));
    let error = error.unwrap_err().to_string();
    assert!(error.ends_with("is there already"), "{error}");

    let no_inputs = SearchConfig {
        n_inputs: 0,
        ..SearchConfig::default()
    };
    check_by_file(&run_over(&as_refs(&candidates()), no_inputs).0);
    check_by_file(&run_over(&[("wasm", &constant("18"))], SearchConfig::default()).0);
}

#[test]
fn a_file_that_is_no_matrix_is_refused() {
    let (fixture, _) = with_run();
    let file = exported(&fixture);
    let whole = fs_err::read(&file).unwrap();
    let refused = |content: &[u8]| {
        fixture.write("broken.parquet", content);
        let error = evaluate(&[], &[fixture.path("broken.parquet")], &few_draws()).unwrap_err();
        assert!(matches!(error, EngineError::NotAMatrix { .. }), "{error}");
        error.to_string()
    };
    for n_bytes in [0, 4, whole.len() / 2, whole.len() - 1] {
        refused(&whole[..n_bytes]);
    }
    let text = |from: &[u8], to: &[u8]| {
        let at = whole
            .windows(from.len())
            .rposition(|it| it == from)
            .unwrap();
        let mut changed = whole.clone();
        changed[at..at + to.len()].copy_from_slice(to);
        changed
    };
    let newer = refused(&text(br#""version":1"#, br#""version":7"#));
    assert!(
        newer.ends_with("it is of version 7: this Riddle knows 1"),
        "{newer}"
    );
    let error = evaluate(&[], &[fixture.path("none.parquet")], &few_draws()).unwrap_err();
    assert_eq!(error.to_string(), "could not read the execution matrix");
}
