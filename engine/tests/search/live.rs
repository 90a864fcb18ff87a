//! Searches over samplers whose samples arrive in any order, fail, or are cut short, and runs that are
//! resumed.

use std::{collections::BTreeSet, path::Path, sync::Mutex};

use futures_util::{StreamExt, stream, stream::BoxStream};
use riddle_engine::{
    Ask, EngineError, Interrupt, Lineage, OwnSampler, Place, ProblemReport, Report, Sample,
    Sampled, Sampler, SamplerError, SearchConfig, Silent, StopReason,
    problems::{LoadOptions, Task},
    sandbox::Language,
};

use crate::fixture::{ECHO, Fixture, candidates, constant};

/// Choices of one request of the scripted sampler.
const CHOICES: u64 = 3;

/// A live sampler by script: gives the wasm candidates of the fixture in an order of its own.
#[derive(Default)]
struct Scripted {
    /// Moves the samples out of order, by so much at most.
    shuffle: u64,
    /// Gives up after so many samples.
    fails_after: Option<usize>,
    /// Sets the interrupt after so many samples.
    interrupts_after: Option<usize>,
    /// The indices that were asked for.
    asked: Mutex<Vec<u64>>,
}

fn samples() -> Vec<Sample> {
    let wasm = candidates().into_iter().filter(|(it, _)| it == "wasm");
    wasm.map(|(_, source)| Sample::new(Language::Wasm, source))
        .collect()
}

impl Sampler for Scripted {
    fn name(&self) -> &'static str {
        "scripted"
    }

    fn n_samples(&self, _: &Task) -> Option<u64> {
        None
    }

    fn samples(&self, ask: Ask) -> BoxStream<'_, Result<Sampled, SamplerError>> {
        let mut wanted: Vec<Sampled> = (0..)
            .zip(samples())
            .filter(|(index, _)| ask.wants(*index))
            .map(|(index, sample)| Sampled {
                place: Place {
                    request: index / CHOICES,
                    choice: u32::try_from(index % CHOICES).unwrap(),
                },
                lineage: Lineage {
                    model: Some("scripted".to_owned()),
                    n_tokens: index,
                    truncated: index == 2,
                    ..Lineage::default()
                },
                ..Sampled::new(index, Ok(sample))
            })
            .collect();
        if self.shuffle > 0 {
            wanted.sort_by_key(|it| (it.index * 7 + 3) % self.shuffle);
        }
        let mut items: Vec<Result<Sampled, SamplerError>> = wanted.into_iter().map(Ok).collect();
        if let Some(n) = self.fails_after {
            items.truncate(n);
            items.push(Err(
                SamplerError::new("the server is gone").with_hint("start it")
            ));
        }
        let interrupt = ask.interrupt.clone();
        let interrupts_after = self.interrupts_after;
        stream::iter(items.into_iter().enumerate())
            .take_while(move |(number, _)| {
                if Some(*number) == interrupts_after {
                    ask.interrupt.set();
                }
                std::future::ready(!interrupt.is_set())
            })
            .then(async |(number, item)| {
                // Some arrive at once, before others only after the workers had their turn.
                if number % 3 == 1 {
                    std::future::ready(()).await;
                    tokio::task::yield_now().await;
                }
                item
            })
            .inspect(|it| {
                if let Ok(sampled) = it {
                    self.asked.lock().unwrap().push(sampled.index);
                }
            })
            .boxed()
    }
}

fn run(fixture: &Fixture, sampler: &dyn Sampler, run: &str, n_workers: usize) -> ProblemReport {
    let (report, _) = fixture
        .solver(n_workers, SearchConfig::default())
        .run(&[fixture.problem()], sampler, &fixture.path(run), &Silent)
        .unwrap();
    one(report)
}

fn resume(fixture: &Fixture, sampler: &dyn Sampler, run: &str) -> Result<Report, EngineError> {
    fixture
        .solver(2, SearchConfig::default())
        .resume(&[fixture.problem()], sampler, &fixture.path(run), &Silent)
        .map(|(report, _)| report)
}

fn one(report: Report) -> ProblemReport {
    match report {
        Report::One(report) => *report,
        Report::Many(_) => panic!("one problem has one report"),
    }
}

fn indices(journal: &str) -> Vec<u64> {
    let line = |it| serde_json::from_str::<serde_json::Value>(it).unwrap();
    journal
        .lines()
        .map(|it| line(it)["index"].as_u64().unwrap())
        .collect()
}

/// The report of a replay over a run's own journal.
fn replayed(fixture: &Fixture, run: &str) -> String {
    let journal = fixture.path(&format!("{run}/candidates.jsonl"));
    let again = format!("{run}-again");
    fixture.run(&journal, &again, 1, SearchConfig::default());
    fixture.read(&format!("{again}/report.json"))
}

#[test]
fn the_order_of_arrival_decides_nothing() {
    let fixture = Fixture::new();
    run(&fixture, &Scripted::default(), "in-order", 1);
    let expected = fixture.read("in-order/report.json");
    assert_eq!(replayed(&fixture, "in-order"), expected);
    for shuffle in [2, 5, 11] {
        let name = format!("shuffle-{shuffle}");
        let sampler = Scripted {
            shuffle,
            ..Scripted::default()
        };
        run(&fixture, &sampler, &name, 2);
        assert_eq!(fixture.read(&format!("{name}/report.json")), expected);
        let arrived = indices(&fixture.read(&format!("{name}/candidates.jsonl")));
        assert!(!arrived.is_sorted());
        assert_eq!(replayed(&fixture, &name), expected);
    }
}

#[test]
fn what_the_sampler_tells_is_summed() {
    let fixture = Fixture::new();
    let report = run(&fixture, &Scripted::default(), "run", 2);
    let n = samples().len() as u64;
    assert_eq!(report.sampling.n_tokens, n * (n - 1) / 2);
    assert_eq!(report.sampling.n_truncated, 1);
    assert_eq!(report.submissions[0].candidate, "0.0");
    assert_eq!(report.submissions[1].candidate, "1.2");
}

#[test]
fn a_sampler_that_gives_up_ends_the_search_and_not_the_run() {
    let fixture = Fixture::new();
    let sampler = Scripted {
        fails_after: Some(7),
        ..Scripted::default()
    };
    let report = run(&fixture, &sampler, "run", 2);
    assert_eq!(report.stop_reason, StopReason::SamplerFailed);
    assert_eq!(report.metrics.n_candidates, 7);
    assert!(report.warnings.contains(&"the server is gone".to_owned()));
    assert!(!report.submissions.is_empty());

    let sampler = Scripted {
        shuffle: 5,
        ..Scripted::default()
    };
    resume(&fixture, &sampler, "run").unwrap();
    let asked: BTreeSet<u64> = sampler.asked.lock().unwrap().iter().copied().collect();
    assert_eq!(asked, (7..samples().len() as u64).collect());
    check_whole(&fixture, "run");
}

#[test]
fn a_sampler_that_gives_nothing_is_an_error_with_advice() {
    let fixture = Fixture::new();
    let sampler = Scripted {
        fails_after: Some(0),
        ..Scripted::default()
    };
    let error = fixture
        .solver(1, SearchConfig::default())
        .run(
            &[fixture.problem()],
            &sampler,
            &fixture.path("run"),
            &Silent,
        )
        .unwrap_err();
    assert_eq!(error.to_string(), "the server is gone");
    assert_eq!(error.hint().as_deref(), Some("start it"));
}

#[test]
fn an_interrupted_run_goes_on_where_it_stopped() {
    let fixture = Fixture::new();
    let sampler = Scripted {
        interrupts_after: Some(5),
        shuffle: 5,
        ..Scripted::default()
    };
    let (report, _) = fixture
        .solver(2, SearchConfig::default())
        .with_interrupt(Interrupt::new())
        .run(
            &[fixture.problem()],
            &sampler,
            &fixture.path("run"),
            &Silent,
        )
        .unwrap();
    let report = one(report);
    assert_eq!(report.stop_reason, StopReason::Interrupted);
    assert_eq!(report.metrics.n_candidates, 5);

    let sampler = Scripted::default();
    resume(&fixture, &sampler, "run").unwrap();
    check_whole(&fixture, "run");
    // A run that was done is left as it is, and nothing is asked.
    let sampler = Scripted::default();
    let before = fixture.read("run/report.json");
    resume(&fixture, &sampler, "run").unwrap();
    assert!(sampler.asked.lock().unwrap().is_empty());
    assert_eq!(fixture.read("run/report.json"), before);
}

/// The run has each index once, and its report is that of a run that was never cut.
#[track_caller]
fn check_whole(fixture: &Fixture, name: &str) {
    let mut arrived = indices(&fixture.read(&format!("{name}/candidates.jsonl")));
    arrived.sort_unstable();
    assert_eq!(arrived, (0..samples().len() as u64).collect::<Vec<_>>());
    let report = fixture.read(&format!("{name}/report.json"));
    if !fixture.path("whole").exists() {
        run(fixture, &Scripted::default(), "whole", 1);
    }
    assert_eq!(report, fixture.read("whole/report.json"));
}

#[test]
fn a_run_that_was_killed_anywhere_comes_to_the_same_report() {
    let fixture = Fixture::new();
    let sampler = Scripted {
        shuffle: 5,
        ..Scripted::default()
    };
    run(&fixture, &sampler, "run", 2);
    let journal = fixture.read("run/candidates.jsonl");
    for part in 0..10 {
        let name = format!("killed-{part}");
        copy_cut(&fixture, &name, journal.len() * part / 10);
        resume(&fixture, &Scripted::default(), &name).unwrap();
        check_whole(&fixture, &name);
    }
}

/// Makes a run folder as a kill leaves it: a manifest, a database without its last rows, and a journal
/// cut after `n_bytes`.
fn copy_cut(fixture: &Fixture, name: &str, n_bytes: usize) {
    let journal = fixture.read("run/candidates.jsonl");
    fixture.write(&format!("{name}/candidates.jsonl"), &journal[..n_bytes]);
    fixture.write(
        &format!("{name}/manifest.json"),
        fixture.read("run/manifest.json"),
    );
    fs_err::copy(
        fixture.path("run/run.sqlite"),
        fixture.path(&format!("{name}/run.sqlite")),
    )
    .unwrap();
}

/// Fails for the first of several problems until it is mended.
struct FailsForOne {
    problem: &'static str,
    is_mended: bool,
}

impl Sampler for FailsForOne {
    fn name(&self) -> &'static str {
        "fails for one"
    }

    fn n_samples(&self, _: &Task) -> Option<u64> {
        None
    }

    fn samples(&self, ask: Ask) -> BoxStream<'_, Result<Sampled, SamplerError>> {
        if ask.task.id == self.problem && !self.is_mended {
            return stream::iter([Err(SamplerError::new("it does not fit"))]).boxed();
        }
        let echo = Sampled::new(0, Ok(Sample::new(Language::Wasm, ECHO)));
        stream::iter([echo].map(Ok)).boxed()
    }
}

#[test]
fn a_resumed_run_keeps_the_problems_that_were_done() {
    let fixture = Fixture::new();
    for problem in ["second", "third"] {
        for name in ["tests/public/1.in", "tests/public/1.ans"] {
            fixture.write(&format!("{problem}/{name}"), "5");
        }
    }
    let load = |name| {
        riddle_engine::LoadedProblem::load(&fixture.path(name), &LoadOptions::default()).unwrap()
    };
    let problems = [fixture.problem(), load("second"), load("third")];
    let failing = |is_mended| FailsForOne {
        problem: "echo",
        is_mended,
    };
    let solver = fixture.solver(1, SearchConfig::default());
    let run = fixture.path("run");
    solver
        .run(&problems, &failing(false), &run, &Silent)
        .unwrap();
    let stale = "run/submissions/echo/09.wat";
    fixture.write(stale, "of an earlier session");
    let (report, timings) = solver
        .resume(&problems, &failing(true), &run, &Silent)
        .unwrap();
    assert!(!fixture.path(stale).exists());
    let names: Vec<_> = report.problems().iter().map(|it| &*it.problem).collect();
    assert_eq!(names, ["echo", "second", "third"]);
    assert_eq!(timings.problems.len(), 3);
    let written = serde_json::to_string_pretty(&report).unwrap();
    assert_eq!(fixture.read("run/report.json").trim_end(), written);
    solver
        .run(&problems, &failing(true), &fixture.path("whole"), &Silent)
        .unwrap();
    assert_eq!(
        fixture.read("run/report.json"),
        fixture.read("whole/report.json")
    );
}

#[test]
fn a_slow_candidate_does_not_end_the_search_of_those_behind_it() {
    // Passes the public test, and loops on all other inputs until its fuel is gone.
    let slow = ECHO.replace(
        "(i32.store (i32.const 4) (i32.load (i32.const 8)))",
        r"(i32.store (i32.const 4) (i32.load (i32.const 8)))
          (if (i32.ne (i32.load16_u (i32.const 16)) (i32.const 0x3731)) (then (loop $l (br $l))))",
    );
    let fixture = Fixture::new();
    let sampler = OwnSampler::new(move |_| {
        let slow = Sample::new(Language::Wasm, slow.clone());
        std::iter::once(slow).chain((0..9000).map(|_| Sample::new(Language::Wasm, " ")))
    });
    let report = fixture
        .solver(2, SearchConfig::default())
        .solve(&fixture.problem(), &sampler)
        .unwrap();
    assert_eq!(report.metrics.n_candidates, 9001);
    assert_eq!(report.metrics.n_survivors, 1);
}

#[test]
fn two_journals_joined_are_a_pool() {
    let fixture = Fixture::new();
    run(&fixture, &Scripted::default(), "run", 1);
    let journal = fixture.read("run/candidates.jsonl");
    fixture.write("joined.jsonl", format!("{journal}{journal}"));
    let report = fixture.run(
        &fixture.path("joined.jsonl"),
        "joined",
        2,
        SearchConfig::default(),
    );
    assert_eq!(report.metrics.n_candidates, 2 * samples().len() as u64);
    let mut places: Vec<_> = report.clusters.iter().map(|it| it.place).collect();
    places.dedup();
    assert_eq!(places.len(), report.clusters.len());
}

#[test]
fn a_run_is_resumed_only_as_it_began() {
    let fixture = Fixture::new();
    let sampler = Scripted {
        fails_after: Some(3),
        ..Scripted::default()
    };
    run(&fixture, &sampler, "run", 1);
    let journal = fixture.read("run/candidates.jsonl");
    let error = fixture
        .solver(
            1,
            SearchConfig {
                seed: 1,
                ..SearchConfig::default()
            },
        )
        .resume(
            &[fixture.problem()],
            &sampler,
            &fixture.path("run"),
            &Silent,
        )
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the settings are not those that the run began with"
    );
    fixture.write("echo/tests/public/1.ans", "18");
    let error = resume(&fixture, &sampler, "run").unwrap_err();
    assert_eq!(
        error.to_string(),
        "problem `echo` is not what it was when the run began"
    );
    let error = resume(&fixture, &sampler, "nothing").unwrap_err();
    assert!(error.to_string().contains("is not a run folder"), "{error}");
    assert_eq!(fixture.read("run/candidates.jsonl"), journal);
}

#[test]
fn a_sampler_that_breaks_its_word_is_named() {
    struct Twice;
    impl Sampler for Twice {
        fn name(&self) -> &'static str {
            "twice"
        }
        fn n_samples(&self, _: &Task) -> Option<u64> {
            None
        }
        fn samples(&self, _: Ask) -> BoxStream<'_, Result<Sampled, SamplerError>> {
            let sample = || Ok(Sampled::new(0, Ok(Sample::new(Language::Wasm, ECHO))));
            stream::iter([sample(), sample()]).boxed()
        }
    }
    let fixture = Fixture::new();
    let error = fixture
        .solver(1, SearchConfig::default())
        .solve(&fixture.problem(), &Twice)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "sampler `twice` gave sample 0 twice or too early"
    );
}

#[test]
fn a_sampler_that_repeats_itself_for_ever_is_noticed() {
    let fixture = Fixture::new();
    let sampler = OwnSampler::new(|_| std::iter::repeat(Sample::new(Language::Wasm, ECHO)));
    let config = SearchConfig {
        n_samples: Some(200),
        ..SearchConfig::default()
    };
    let report = fixture
        .solver(2, config)
        .solve(&fixture.problem(), &sampler)
        .unwrap();
    assert_eq!(report.stop_reason, StopReason::SamplesReached);
    let expected = "only 1 of 200 programs are distinct: the sampler repeats itself; a higher \
                    temperature may help";
    assert!(
        report.warnings.contains(&expected.to_owned()),
        "{:?}",
        report.warnings
    );
}

#[test]
fn no_candidates_are_an_answer() {
    let fixture = Fixture::new();
    let sampler = OwnSampler::new(|_| std::iter::empty());
    let report = fixture
        .solver(1, SearchConfig::default())
        .solve(&fixture.problem(), &sampler)
        .unwrap();
    assert!(report.submissions.is_empty());
    assert!(
        report
            .warnings
            .contains(&"the sampler gave no candidates".to_owned())
    );
}

#[test]
fn an_explanation_shows_where_clustering_made_the_difference() {
    let fixture = Fixture::new();
    // The earliest passes the public test and is wrong; the others are right, and more.
    fixture.write("pool/1.wat", constant("17"));
    fixture.write("pool/2.wat", ECHO);
    fixture.write("pool/3.wat", format!("{ECHO} "));
    let config = SearchConfig::default();
    fixture.run(&fixture.path("pool"), "run", 1, config.clone());
    let solver = fixture.sandbox();
    let explained = riddle_engine::explain(&solver, &fixture.path("run"), "echo");
    let explained = explained.unwrap().unwrap();
    assert!(explained.shows_the_effect());
    assert_eq!(
        (&*explained.earliest.candidate, explained.earliest.cluster),
        ("1.wat", 2)
    );
    assert_eq!(
        (&*explained.sent.candidate, explained.sent.cluster_size),
        ("2.wat", 2)
    );
    let difference = explained.difference.unwrap();
    assert_eq!(difference.earliest.stdout, "17");
    assert_eq!(difference.sent.stdout, difference.input);
    let error = riddle_engine::explain(&solver, &fixture.path("run"), "other").unwrap_err();
    assert!(error.to_string().ends_with("it has no problem `other`"));
    assert!(riddle_engine::explain(&solver, Path::new("/nothing"), "echo").is_err());
}
