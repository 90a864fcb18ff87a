//! `judge`: the verdicts of given programs on all of a problem's tests.
//!
//! Tests run in order, public ones first, up to the first that a program fails. Nothing is selected
//! and nothing recorded here.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use futures_util::{StreamExt, stream};
use riddle_problems::{
    Expectation, LoadError, LoadOptions, Outcome, Problem, Submission, Task, Test, TestGroup,
    Verdict, score,
};
use riddle_sandbox::{Language, Limits, Program, Sandbox, SandboxError};
use serde::Serialize;

use crate::{
    EngineError, Interrupt, TimeLimitReport, Workers,
    evaluate::{TestResult, limits},
    judging::{Judges, rule},
    parts::Parts,
    python2,
    time_limit::{self, Passed},
    workers,
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
    /// The score, where the problem gives one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// Why it was not judged, or what the compiler or the judge said.
    pub message: Option<String>,
    /// Whether the backstop ended its compilation or one of its executions.
    #[serde(skip)]
    pub met_backstop: bool,
}

impl Judged {
    /// Returns whether the verdict is the promised one; `None` where there is no promise or no verdict.
    pub fn label_met(&self) -> Option<bool> {
        Some(self.expectation.as_ref()?.is_met_by(self.verdict?))
    }

    /// Takes what the program did, test by test, where it was run.
    fn ran(&mut self, court: &Court<'_>, results: &[Option<TestResult>]) {
        let tests = court.tests;
        let grade = score::grade(court.groups, |name| court.outcome(results, name));
        self.verdict = Some(grade.verdict);
        self.score = grade.score;
        self.message = grade.first_fault().map(str::to_owned);
        let mut pairs = tests.iter().zip(results);
        let failed = pairs.find_map(|(test, result)| {
            let result = result.as_ref()?;
            (result.verdict != Verdict::Ac).then_some((test, result))
        });
        if let Some((test, result)) = failed {
            self.failed_test = Some(test.name.clone());
            self.message = self.message.take().or_else(|| result.message.clone());
        }
        let ran = || results.iter().flatten();
        self.tests_run = ran().count();
        self.met_backstop = ran().any(TestResult::met_backstop);
        let most = |value: fn(&TestResult) -> u64| ran().map(value).max().unwrap_or(0);
        self.fuel = most(|it| it.record.fuel);
        self.memory_bytes = most(|it| it.record.memory_bytes);
        let slowest = ran().map(|it| it.cpu_time).max();
        self.run_ms = milliseconds(slowest.unwrap_or_default());
    }
}

/// One problem, judged.
#[derive(Clone, Debug)]
pub struct JudgedProblem {
    /// The problem's id.
    pub problem: String,
    /// The time limit that programs ran under.
    pub time_limit: TimeLimitReport,
    /// What outputs were judged by: the checker, or the kind of programs.
    pub checker: String,
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
    /// Whether every test is run, also those that cannot change the verdict. Default: false.
    pub all_tests: bool,
}

impl Default for JudgeOptions {
    fn default() -> Self {
        Self {
            load: LoadOptions::default(),
            submissions: Vec::new(),
            default_time_limit: crate::SearchConfig::default().default_time_limit,
            all_tests: false,
        }
    }
}

/// Judges programs on one problem, in parallel. `each` sees every result in order, as soon as it and
/// those before it are there. An interrupt leaves out the programs not yet begun. Programs that ran on
/// every test to derive the time limit are not run again where that limit could not change what they did.
///
/// # Errors
///
/// Returns an error if the problem or a given file cannot be read, if an interrupt came before the time
/// limit was derived, or on a fault of ours.
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
        groups,
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
    let (task, groups) = (Arc::new(task), Arc::new(groups));
    let judges = Arc::new(Judges::prepare(sandbox, &task)?);
    if let Some(reason) = judges.unusable().next() {
        return Err(EngineError::Judge {
            problem: task.id.clone(),
            reason,
        });
    }
    workers::block_on(async {
        let time_limit = time_limit::resolve(
            &judges,
            workers,
            interrupt,
            &private,
            Some(folder),
            options.default_time_limit,
        )
        .await?;
        let Some(time_limit) = time_limit else {
            return Err(EngineError::Interrupted);
        };
        let tests: Arc<[Test]> = task
            .public_tests
            .iter()
            .chain(private.open_for_scoring())
            .cloned()
            .collect();
        let places = tests.iter().enumerate();
        let places = places.map(|(place, it)| (it.name.clone(), place));
        let places: Arc<HashMap<_, _>> = Arc::new(places.collect());
        let mut judged = stream::iter(submissions)
            .take_while(|_| std::future::ready(!interrupt.is_set()))
            .map(|submission| {
                let (sandbox, task, tests) =
                    (Arc::clone(sandbox), Arc::clone(&task), Arc::clone(&tests));
                let (judges, groups) = (Arc::clone(&judges), Arc::clone(&groups));
                let places = Arc::clone(&places);
                let all_tests = options.all_tests;
                let limit = time_limit.limit;
                // A file that was named may have the path of one of the package's by chance.
                let is_own = options.submissions.is_empty();
                let passed = is_own.then(|| time_limit.passed.get(&submission.path).cloned());
                workers.run(submission.path.clone(), move || {
                    let passed = passed.flatten();
                    let court = Court {
                        sandbox: &sandbox,
                        task: &task,
                        judges: &judges,
                        tests: &tests,
                        places: &places,
                        groups: &groups,
                        time_limit: limit,
                        all_tests,
                    };
                    court.judge(&submission, passed.as_deref())
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
        let mut warnings = warnings;
        warnings.extend(backstop_warnings(&time_limit.backstops, &results));
        Ok(JudgedProblem {
            problem: task.id.clone(),
            time_limit: time_limit.report(),
            checker: rule(&task),
            warnings,
            submissions: results,
        })
    })?
}

/// Names the programs that the backstop ended, whose verdicts, or the limit that follows from them, may
/// be others the next time.
fn backstop_warnings<'a>(
    derivation: &'a [String],
    judged: &'a [Judged],
) -> impl Iterator<Item = String> {
    let derivation = derivation.iter().map(|it| {
        format!("the backstop ended `{it}` while the time limit was derived: it may be another one")
    });
    let judged = judged.iter().filter(|it| it.met_backstop);
    derivation.chain(judged.map(|it| {
        let it = &it.submission;
        format!("the backstop ended `{it}`: another run may give another verdict")
    }))
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

/// What programs are judged by.
struct Court<'a> {
    sandbox: &'a Sandbox,
    task: &'a Task,
    judges: &'a Judges,
    tests: &'a [Test],
    /// Where each test is, by its name.
    places: &'a HashMap<String, usize>,
    groups: &'a TestGroup,
    time_limit: Duration,
    all_tests: bool,
}

impl Court<'_> {
    fn judge(
        &self,
        submission: &Submission,
        passed: Option<&Passed>,
    ) -> Result<Judged, SandboxError> {
        let mut judged = Judged {
            problem: self.task.id.clone(),
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
            score: None,
            message: None,
            met_backstop: false,
        };
        let parts = match Parts::of(submission, self.task) {
            Ok(parts) => parts,
            Err(reason) => {
                judged.message = Some(reason);
                return Ok(judged);
            }
        };
        judged.language = Some(parts.language);
        let source_bytes = self.task.limits.source_bytes;
        if parts.n_bytes > source_bytes {
            judged.verdict = Some(Verdict::Ce);
            let n_bytes = parts.n_bytes;
            judged.message = Some(format!(
                "source has {n_bytes} bytes: the limit is {source_bytes}"
            ));
            return Ok(judged);
        }
        let limits = limits(self.task, self.time_limit, parts.language);
        if let Some(passed) = passed.filter(|it| it.holds_for(&limits)) {
            judged.compile_ms = milliseconds(passed.compile_cpu_time);
            let results: Vec<_> = passed.results.iter().cloned().map(Some).collect();
            judged.ran(self, &results);
            return Ok(judged);
        }
        let compiled = match parts.compile(self.sandbox) {
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
                if let Some(sign) = python2::sign_of_message(&failure.text) {
                    judged.language = None;
                    judged.message = Some(format!("this is Python 2: {sign}"));
                    return Ok(judged);
                }
                judged.met_backstop = !failure.is_deterministic();
                judged.verdict = Some(if failure.is_deterministic() {
                    Verdict::Ce
                } else {
                    Verdict::Je
                });
                judged.message = Some(failure.text);
                return Ok(judged);
            }
        };
        let results = self.run(&program, &limits)?;
        judged.ran(self, &results);
        Ok(judged)
    }

    fn outcome(&self, results: &[Option<TestResult>], name: &str) -> Option<Outcome> {
        let result = results[*self.places.get(name)?].as_ref();
        result.map(TestResult::outcome)
    }

    /// Runs the tests that can change the verdict, in the order of the groups, or all.
    fn run(
        &self,
        program: &Program,
        limits: &Limits,
    ) -> Result<Vec<Option<TestResult>>, SandboxError> {
        let mut results: Vec<Option<TestResult>> = self.tests.iter().map(|_| None).collect();
        let n_asked_for = if self.all_tests { self.tests.len() } else { 0 };
        let mut left: Vec<usize> = (0..n_asked_for).rev().collect();
        loop {
            let next = left.pop().or_else(|| {
                let name = score::next_test(self.groups, |name| self.outcome(&results, name))?;
                self.places.get(name).copied()
            });
            match next {
                None => return Ok(results),
                Some(place) => {
                    let test = &self.tests[place];
                    results[place] = Some(self.judges.run_test(program, limits, test)?);
                }
            }
        }
    }
}

fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}
