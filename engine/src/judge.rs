//! `judge`: the verdicts of given programs on all of a problem's tests, or of given answers where it asks for those.
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
use riddle_problems::{Expectation, LoadError, LoadOptions, Problem, Test, Verdict, score};
use riddle_sandbox::{Language, Sandbox, SandboxError};
use serde::Serialize;

use crate::{
    EngineError, Interrupt, TimeLimitReport, Workers,
    court::{Court, SourceTest},
    evaluate::TestResult,
    given::given,
    judging::{CustomGrader, Grading, Judges, rule},
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
    /// The score, where the problem gives one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// Why it was not judged, or what the compiler or the judge said.
    pub message: Option<String>,
    /// Whether the backstop ended its compilation, one of its executions or the grader.
    #[serde(skip)]
    pub met_backstop: bool,
}

impl Judged {
    /// Returns whether the verdict is the promised one; `None` where there is no promise or no verdict.
    pub fn label_met(&self) -> Option<bool> {
        Some(self.expectation.as_ref()?.is_met_by(self.verdict?))
    }

    /// Takes what the program did, test by test, where it was run.
    pub(crate) fn ran(
        &mut self,
        court: &Court<'_>,
        grading: &Grading<'_>,
        results: &[Option<TestResult>],
    ) -> Result<(), SandboxError> {
        let tests = court.tests;
        let outcome_of = |name: &str| court.outcome(results, name);
        let ask = |flags: &[String], input: &str| grading.ask(flags, input);
        let grade = score::grade_with(court.groups, outcome_of, ask);
        let met_backstop = grading.check()?;
        self.verdict = Some(grade.verdict);
        self.score = grade.score;
        self.message = grade.first_fault().map(str::to_owned);
        // Sources are checked before anything is run.
        let (of_tests, of_sources) = results.split_at(tests.len());
        let sources = court.sources.iter().map(|it| &it.name).zip(of_sources);
        let tests = tests.iter().map(|it| &it.name).zip(of_tests);
        let failed = sources.chain(tests).find_map(|(name, result)| {
            let result = result.as_ref()?;
            (result.verdict != Verdict::Ac).then_some((name, result))
        });
        if let Some((name, result)) = failed {
            self.failed_test = Some(name.clone());
            self.message = self.message.take().or_else(|| result.message.clone());
        }
        let ran = || results.iter().flatten();
        self.tests_run = ran().count();
        self.met_backstop = met_backstop || ran().any(TestResult::met_backstop);
        let most = |value: fn(&TestResult) -> u64| ran().map(value).max().unwrap_or(0);
        self.fuel = most(|it| it.record.fuel);
        self.memory_bytes = most(|it| it.record.memory_bytes);
        let slowest = ran().map(|it| it.cpu_time).max();
        self.run_ms = milliseconds(slowest.unwrap_or_default());
        Ok(())
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
    let grader = CustomGrader::prepare(sandbox, &task, &groups)?.map(Arc::new);
    let unusable_grader = grader.as_ref().and_then(|it| it.unusable());
    if let Some(reason) = judges.unusable().chain(unusable_grader).next() {
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
        let sources: Arc<[SourceTest]> = SourceTest::all(&groups).into();
        let names = tests.iter().map(|it| &it.name);
        let names = names.chain(sources.iter().map(|it| &it.name)).enumerate();
        let places = names.map(|(place, name)| (name.clone(), place));
        let places: Arc<HashMap<_, _>> = Arc::new(places.collect());
        let n_public = task.public_tests.len();
        let mut judged = stream::iter(submissions)
            .take_while(|_| std::future::ready(!interrupt.is_set()))
            .map(|submission| {
                let (tests, sources) = (Arc::clone(&tests), Arc::clone(&sources));
                let (judges, groups) = (Arc::clone(&judges), Arc::clone(&groups));
                let (places, grader) = (Arc::clone(&places), grader.clone());
                let all_tests = options.all_tests;
                let limit = time_limit.limit;
                // A file that was named may have the path of one of the package's by chance.
                let is_own = options.submissions.is_empty();
                let passed = is_own.then(|| time_limit.passed.get(&submission.path).cloned());
                workers.run(submission.path.clone(), move || {
                    let passed = passed.flatten();
                    let court = Court {
                        judges: &judges,
                        tests: &tests,
                        n_public,
                        sources: &sources,
                        places: &places,
                        groups: &groups,
                        grader: grader.as_deref(),
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

pub(crate) fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}
