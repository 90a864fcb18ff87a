//! `judge`: the verdicts of given programs on all of a problem's tests.
//!
//! Tests run in order, public ones first, up to the first that a program fails. Nothing is selected
//! and nothing recorded here.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use futures_util::{StreamExt, stream};
use riddle_problems::{
    Expectation, LoadError, LoadOptions, Problem, Submission, Task, Test, Verdict,
};
use riddle_sandbox::{Language, Sandbox, SandboxError};
use serde::Serialize;

use crate::{
    EngineError, Interrupt, TimeLimitReport, Workers,
    evaluate::{TestResult, limits, run_tests},
    time_limit, workers,
};

/// The verdict on one program, in the shape of a line of `judge --format jsonl`.
#[derive(Clone, Debug, Serialize)]
pub struct Judged {
    /// The problem's id.
    pub problem: String,
    /// The program's path below the problem folder, or as it was given.
    pub submission: String,
    /// Its language; `None` where the file's ending is of none that we know.
    pub language: Option<Language>,
    /// The one verdict that its label promises; `None` where several meet it, or there is no label.
    pub expected: Option<Verdict>,
    /// All that its label promises.
    #[serde(skip)]
    pub expectation: Option<Expectation>,
    /// The verdict; `None` where the program was not judged.
    pub verdict: Option<Verdict>,
    /// The first test that it fails.
    pub failed_test: Option<String>,
    /// Tests that were run.
    pub tests_run: usize,
    /// CPU time from source to runnable, in milliseconds, compiler processes included.
    pub compile_ms: f64,
    /// The most CPU time of any test, in milliseconds.
    pub run_ms: f64,
    /// The most fuel of any test.
    pub fuel: u64,
    /// The most memory of any test, in bytes.
    pub memory_bytes: u64,
    /// Why it was not judged, or what the compiler said.
    pub message: Option<String>,
}

impl Judged {
    /// Returns whether the verdict is the promised one; `None` where there is no promise or no verdict.
    pub fn label_met(&self) -> Option<bool> {
        Some(self.expectation.as_ref()?.is_met_by(self.verdict?))
    }
}

/// One problem, judged.
#[derive(Clone, Debug)]
pub struct JudgedProblem {
    /// The problem's id.
    pub problem: String,
    /// The time limit that programs ran under.
    pub time_limit: TimeLimitReport,
    /// What the loader warned of.
    pub warnings: Vec<String>,
    /// Each program, in byte order of path.
    pub submissions: Vec<Judged>,
}

/// What to judge a problem's programs by.
#[derive(Clone, Debug)]
pub struct JudgeOptions {
    /// How the problem is loaded.
    pub load: LoadOptions,
    /// Programs to judge in the place of the package's own. Default: none named.
    pub submissions: Vec<PathBuf>,
    /// The time limit where the problem gives none. Default: 2 s.
    pub default_time_limit: Duration,
}

impl Default for JudgeOptions {
    fn default() -> Self {
        Self {
            load: LoadOptions::default(),
            submissions: Vec::new(),
            default_time_limit: crate::SearchConfig::default().default_time_limit,
        }
    }
}

/// Judges programs on one problem, in parallel. `each` sees every result in order, as soon as it and
/// those before it are there. An interrupt leaves out the programs not yet begun.
///
/// # Errors
///
/// Returns an error if the problem or a given file cannot be read, or on a fault of ours.
pub fn judge(
    sandbox: &Arc<Sandbox>,
    workers: &Workers,
    folder: &Path,
    options: &JudgeOptions,
    interrupt: &Interrupt,
    mut each: impl FnMut(&Judged),
) -> Result<JudgedProblem, EngineError> {
    let problem = riddle_problems::load(folder, &options.load)?;
    if let Some(feature) = problem.needs() {
        return Err(LoadError::unsupported(folder, feature).into());
    }
    let Problem {
        task,
        private,
        warnings,
        groups: _,
        validation: _,
    } = problem;
    let submissions = if options.submissions.is_empty() {
        riddle_problems::load_submissions_as(folder, options.load.format)?
    } else {
        options
            .submissions
            .iter()
            .map(|path| given(path))
            .collect::<Result<_, _>>()?
    };
    let task = Arc::new(task);
    workers::block_on(async {
        let time_limit = time_limit::resolve(
            sandbox,
            workers,
            &task,
            &private,
            Some(folder),
            options.default_time_limit,
        )
        .await?;
        let tests: Arc<[Test]> = task
            .public_tests
            .iter()
            .chain(private.open_for_scoring())
            .cloned()
            .collect();
        let mut judged = stream::iter(submissions)
            .take_while(|_| std::future::ready(!interrupt.is_set()))
            .map(|submission| {
                let (sandbox, task, tests) =
                    (Arc::clone(sandbox), Arc::clone(&task), Arc::clone(&tests));
                workers.run(submission.path.clone(), move || {
                    judge_one(&sandbox, &task, &tests, time_limit.limit, &submission)
                })
            })
            .buffered(workers.capacity());
        let mut results = Vec::new();
        while let Some(result) = judged.next().await {
            let result = result??;
            each(&result);
            results.push(result);
        }
        drop(judged);
        Ok(JudgedProblem {
            problem: task.id.clone(),
            time_limit: time_limit.report(),
            warnings,
            submissions: results,
        })
    })?
}

/// Makes a submission of a file that the user named.
fn given(path: &Path) -> Result<Submission, EngineError> {
    let bytes =
        fs_err::read(path).map_err(|error| EngineError::io("read the submission", error))?;
    let name = path.to_string_lossy().into_owned();
    Ok(Submission {
        path: name.clone(),
        expected: None,
        language: None,
        entry: None,
        files: vec![riddle_problems::SourceFile { name, bytes }],
    })
}

fn judge_one(
    sandbox: &Sandbox,
    task: &Task,
    tests: &[Test],
    time_limit: Duration,
    submission: &Submission,
) -> Result<Judged, SandboxError> {
    let mut judged = Judged {
        problem: task.id.clone(),
        submission: submission.path.clone(),
        language: None,
        expected: submission.label(),
        expectation: submission.expected.clone(),
        verdict: None,
        failed_test: None,
        tests_run: 0,
        compile_ms: 0.0,
        run_ms: 0.0,
        fuel: 0,
        memory_bytes: 0,
        message: None,
    };
    let [file] = &submission.files[..] else {
        judged.message = Some("programs of several files are not judged yet".to_owned());
        return Ok(judged);
    };
    let Some(language) = Language::from_path(Path::new(&file.name)) else {
        judged.message = Some("the file's ending is of no language that we know".to_owned());
        return Ok(judged);
    };
    judged.language = Some(language);
    if file.bytes.len() as u64 > task.limits.source_bytes {
        judged.verdict = Some(Verdict::Ce);
        judged.message = Some(format!(
            "source has {} bytes: the limit is {}",
            file.bytes.len(),
            task.limits.source_bytes
        ));
        return Ok(judged);
    }
    let compiled = match sandbox.compile(language, &file.bytes) {
        Ok(compiled) => compiled,
        Err(error @ SandboxError::NoToolchain { .. }) => {
            judged.message = Some(error.to_string());
            return Ok(judged);
        }
        Err(error) => return Err(error),
    };
    judged.compile_ms = milliseconds(compiled.cpu_time);
    let program = match compiled.outcome {
        Ok(program) => program,
        Err(failure) => {
            judged.verdict = Some(if failure.is_deterministic() {
                Verdict::Ce
            } else {
                Verdict::Je
            });
            judged.message = Some(failure.text);
            return Ok(judged);
        }
    };
    let limits = limits(task, time_limit, language);
    let results = run_tests(sandbox, &program, &limits, &task.checker, tests.iter())?;
    let last = results.last().map(|it| it.verdict);
    let verdict = last.unwrap_or(Verdict::Ac);
    judged.verdict = Some(verdict);
    judged.tests_run = results.len();
    if verdict != Verdict::Ac {
        judged.failed_test = Some(tests[results.len() - 1].name.clone());
    }
    let most = |value: fn(&TestResult) -> u64| results.iter().map(value).max().unwrap_or(0);
    judged.fuel = most(|it| it.record.fuel);
    judged.memory_bytes = most(|it| it.record.memory_bytes);
    let slowest = results.iter().map(|it| it.cpu_time).max();
    judged.run_ms = milliseconds(slowest.unwrap_or_default());
    Ok(judged)
}

fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}
