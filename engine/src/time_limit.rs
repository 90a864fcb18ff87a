//! The time limit that a problem's programs run under, and where it comes from.
//!
//! A package that states none derives it from its slowest accepted program; those are executed here,
//! on all tests, and measured in fuel, so that the limit is the same on every machine.

use std::{path::Path, sync::Arc, time::Duration};

use futures_util::{StreamExt, stream};
use riddle_problems::{PrivateTests, Submission, Task, Test, TimeLimit, Verdict};
use riddle_sandbox::{Calibration, Language, Limits, Sandbox};

use crate::{
    EngineError, Workers,
    evaluate::run_tests,
    report::{TimeLimitReport, TimeLimitSource},
};

/// The time that an accepted program may take while the limit is derived.
const DERIVATION_LIMIT: Duration = Duration::from_secs(60);

/// A time limit, and where it comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ResolvedTimeLimit {
    pub(crate) limit: Duration,
    pub(crate) source: TimeLimitSource,
}

impl ResolvedTimeLimit {
    pub(crate) fn report(self) -> TimeLimitReport {
        TimeLimitReport {
            seconds: self.limit.as_secs_f64(),
            source: self.source,
        }
    }
}

/// Finds a task's time limit. `folder` is where its labelled programs are looked for if it has to be
/// derived.
pub(crate) async fn resolve(
    sandbox: &Arc<Sandbox>,
    workers: &Workers,
    task: &Arc<Task>,
    private: &PrivateTests,
    folder: Option<&Path>,
    default: Duration,
) -> Result<ResolvedTimeLimit, EngineError> {
    let derived = match (task.limits.time, folder) {
        (TimeLimit::Declared(limit), _) => {
            return Ok(ResolvedTimeLimit {
                limit,
                source: TimeLimitSource::Declared,
            });
        }
        (TimeLimit::FromAccepted { .. }, Some(folder)) => {
            let submissions = riddle_problems::load_submissions(folder)?;
            let slowest = slowest_accepted(sandbox, workers, task, private, submissions).await?;
            task.limits.time.resolve(slowest)
        }
        _ => None,
    };
    Ok(match derived {
        Some(limit) => ResolvedTimeLimit {
            limit,
            source: TimeLimitSource::SlowestAccepted,
        },
        None => ResolvedTimeLimit {
            limit: default,
            source: TimeLimitSource::Default,
        },
    })
}

/// Returns the native time that the slowest test of the slowest accepted program stands for, among
/// the programs that can be run here and do pass.
async fn slowest_accepted(
    sandbox: &Arc<Sandbox>,
    workers: &Workers,
    task: &Arc<Task>,
    private: &PrivateTests,
    submissions: Vec<Submission>,
) -> Result<Option<Duration>, EngineError> {
    let tests: Arc<[Test]> = task
        .public_tests
        .iter()
        .chain(private.open_for_scoring())
        .cloned()
        .collect();
    let accepted = submissions.into_iter().filter_map(|it| {
        let language = Language::from_path(Path::new(&it.path))?;
        (it.label() == Some(Verdict::Ac) && it.files.len() == 1).then_some((language, it))
    });
    let times: Vec<_> = stream::iter(accepted)
        .map(|(language, submission)| {
            let (sandbox, task, tests) =
                (Arc::clone(sandbox), Arc::clone(task), Arc::clone(&tests));
            workers.run(submission.path.clone(), move || {
                time_of(
                    &sandbox,
                    &task,
                    &tests,
                    language,
                    &submission.files[0].bytes,
                )
            })
        })
        .buffered(workers.capacity())
        .collect()
        .await;
    let mut slowest = None;
    for time in times {
        slowest = slowest.max(time??);
    }
    Ok(slowest)
}

/// Returns the time of a program's slowest test, or `None` if it cannot be run or does not pass.
fn time_of(
    sandbox: &Sandbox,
    task: &Task,
    tests: &[Test],
    language: Language,
    source: &[u8],
) -> Result<Option<Duration>, EngineError> {
    let program = match sandbox.compile(language, source) {
        Ok(compiled) => match compiled.outcome {
            Ok(program) => program,
            Err(_) => return Ok(None),
        },
        // Another language's program sets the limit then.
        Err(riddle_sandbox::SandboxError::NoToolchain { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let calibration = Calibration::of(language);
    let limits = Limits {
        fuel: calibration.fuel_of(DERIVATION_LIMIT),
        memory_bytes: task.limits.memory_bytes,
        stdout_bytes: task.limits.output_bytes,
        wall_time: DERIVATION_LIMIT * 10,
        ..Limits::default()
    };
    let results = run_tests(sandbox, &program, &limits, &task.checker, tests.iter())?;
    let passed = results.last().is_none_or(|it| it.verdict == Verdict::Ac);
    let most = results.iter().map(|it| it.record.fuel).max();
    Ok(most
        .filter(|_| passed)
        .map(|fuel| calibration.time_of(fuel)))
}
