//! The time limit that a problem's programs run under, and where it comes from.
//!
//! A package that states none derives it from its slowest accepted program; those are executed here,
//! on all tests, and measured in fuel, so that the limit is the same on every machine.

use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use futures_util::{StreamExt, stream};
use riddle_problems::{PrivateTests, Submission, Test, TimeLimit, Verdict};
use riddle_sandbox::{Calibration, Language, Limits, SandboxError};

use crate::{
    EngineError, Interrupt, Workers,
    evaluate::{TestResult, limits},
    judging::Judges,
    parts::Parts,
    report::{TimeLimitReport, TimeLimitSource},
};

/// The time that an accepted program may take on one test while the limit is derived. A slower one sets no limit:
/// no contest waits so long, but a judge may have run by a faster Python what is CPython's here.
const DERIVATION_LIMIT: Duration = Duration::from_secs(10);

/// A time limit, where it comes from, and what was found out on the way.
#[derive(Debug)]
pub(crate) struct ResolvedTimeLimit {
    pub(crate) limit: Duration,
    pub(crate) source: TimeLimitSource,
    /// Accepted programs that passed every test, by their path.
    pub(crate) passed: BTreeMap<String, Arc<Passed>>,
    /// Accepted programs of which the backstop ended a compilation or an execution, by their path: the
    /// limit may be another one the next time.
    pub(crate) backstops: Vec<String>,
}

/// An accepted program that passed every test while the limit was derived.
#[derive(Debug)]
pub(crate) struct Passed {
    pub(crate) compile_cpu_time: Duration,
    pub(crate) results: Vec<TestResult>,
}

impl Passed {
    fn most_fuel(&self) -> u64 {
        let fuel = self.results.iter().map(|it| it.record.fuel);
        fuel.max().unwrap_or(0)
    }

    /// Returns true if the program does the same with so much fuel as it did while the limit was derived:
    /// it came to its end each time, and with fuel left.
    pub(crate) fn holds_for(&self, limits: &Limits) -> bool {
        self.most_fuel() < limits.fuel
    }
}

impl ResolvedTimeLimit {
    fn new(limit: Duration, source: TimeLimitSource) -> Self {
        Self {
            limit,
            source,
            passed: BTreeMap::new(),
            backstops: Vec::new(),
        }
    }

    pub(crate) fn report(&self) -> TimeLimitReport {
        TimeLimitReport {
            seconds: self.limit.as_secs_f64(),
            source: self.source,
        }
    }
}

/// Finds a task's time limit; `None` if the user interrupted it. `folder` is where its labelled programs
/// are looked for if it has to be derived.
pub(crate) async fn resolve(
    judges: &Arc<Judges>,
    workers: &Workers,
    interrupt: &Interrupt,
    private: &PrivateTests,
    folder: Option<&Path>,
    default: Duration,
) -> Result<Option<ResolvedTimeLimit>, EngineError> {
    let task = judges.task();
    let mut resolved = ResolvedTimeLimit::new(default, TimeLimitSource::Default);
    match (task.limits.time, folder) {
        (TimeLimit::Declared(limit), _) => {
            resolved = ResolvedTimeLimit::new(limit, TimeLimitSource::Declared);
        }
        (TimeLimit::FromAccepted { .. }, Some(folder)) => {
            let submissions = riddle_problems::load_submissions(folder)?;
            let tests: Arc<[Test]> = task
                .public_tests
                .iter()
                .chain(private.open_for_scoring())
                .cloned()
                .collect();
            let tried = accepted(judges, workers, interrupt, &tests, submissions).await?;
            if interrupt.is_set() {
                return Ok(None);
            }
            let mut slowest = None;
            for (path, language, tried) in tried {
                match tried {
                    Tried::Passed(passed) => {
                        let time = Calibration::of(language).time_of(passed.most_fuel());
                        slowest = slowest.max((!tests.is_empty()).then_some(time));
                        resolved.passed.insert(path, Arc::new(passed));
                    }
                    Tried::Backstop => resolved.backstops.push(path),
                    Tried::NotPassed => {}
                }
            }
            if let Some(limit) = task.limits.time.resolve(slowest) {
                resolved.limit = limit;
                resolved.source = TimeLimitSource::SlowestAccepted;
            }
        }
        _ => {}
    }
    Ok(Some(resolved))
}

/// What came of one accepted program.
enum Tried {
    Passed(Passed),
    /// It cannot be run here, or does not pass: another program sets the limit.
    NotPassed,
    /// The backstop ended it.
    Backstop,
}

/// Runs the accepted programs, in order of path, until the user interrupts it.
async fn accepted(
    judges: &Arc<Judges>,
    workers: &Workers,
    interrupt: &Interrupt,
    tests: &Arc<[Test]>,
    submissions: Vec<Submission>,
) -> Result<Vec<(String, Language, Tried)>, EngineError> {
    let accepted = submissions.into_iter().filter_map(|it| {
        let language = Parts::of(&it, judges.task()).ok()?.language;
        (it.label() == Some(Verdict::Ac)).then_some((language, it))
    });
    let mut running = stream::iter(accepted)
        .take_while(|_| std::future::ready(!interrupt.is_set()))
        .map(|(language, submission)| {
            let (judges, tests) = (Arc::clone(judges), Arc::clone(tests));
            let interrupt = interrupt.clone();
            let path = submission.path.clone();
            let work = workers.run(path.clone(), move || {
                try_one(&judges, &tests, &interrupt, &submission)
            });
            async move { Ok::<_, EngineError>((path, language, work.await??)) }
        })
        .buffered(workers.capacity());
    let mut all = Vec::new();
    while let Some(tried) = running.next().await {
        all.push(tried?);
    }
    Ok(all)
}

fn try_one(
    judges: &Judges,
    tests: &[Test],
    interrupt: &Interrupt,
    submission: &Submission,
) -> Result<Tried, SandboxError> {
    let task = judges.task();
    let Ok(parts) = Parts::of(submission, task) else {
        return Ok(Tried::NotPassed);
    };
    let compiled = match parts.compile(judges.sandbox()) {
        Err(SandboxError::NoToolchain { .. }) => return Ok(Tried::NotPassed),
        compiled => compiled?,
    };
    let program = match compiled.outcome {
        Ok(program) => program,
        Err(failure) if failure.is_deterministic() => return Ok(Tried::NotPassed),
        Err(_) => return Ok(Tried::Backstop),
    };
    let limits = limits(task, DERIVATION_LIMIT, parts.language);
    let tests = tests.iter().take_while(|_| !interrupt.is_set());
    let results = judges.run_tests(&program, &limits, tests)?;
    Ok(match results.last() {
        Some(last) if last.met_backstop() => Tried::Backstop,
        Some(last) if last.verdict != Verdict::Ac => Tried::NotPassed,
        _ => Tried::Passed(Passed {
            compile_cpu_time: compiled.cpu_time,
            results,
        }),
    })
}
