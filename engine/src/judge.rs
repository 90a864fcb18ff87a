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
use riddle_problems::{
    Expectation, LoadError, LoadOptions, Outcome, Problem, SourceFile, Submission, Test, TestGroup,
    Verdict, score,
};
use riddle_sandbox::{Language, Sandbox, SandboxError};
use serde::Serialize;

use crate::{
    EngineError, Interrupt, TimeLimitReport, Workers,
    answers::Answers,
    evaluate::{TestResult, limits},
    judging::{Judges, rule},
    parts::Parts,
    python2,
    time_limit::{self, Passed},
    workers,
};

/// Files that a folder may have which was named as a submission.
const MAX_GIVEN_FILES: usize = 10_000;

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
                let places = Arc::clone(&places);
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

/// Makes a submission of a file that the user named, or of a folder of answers.
fn given(path: &Path) -> Result<Submission, EngineError> {
    let read = |path: &Path| {
        fs_err::read(path).map_err(|error| EngineError::io("read the submission", error))
    };
    let name = path.to_string_lossy().into_owned();
    let mut files = Vec::new();
    if path.is_dir() {
        for below in files_below(path)? {
            let name = below.strip_prefix(path).unwrap_or(&below);
            files.push(SourceFile {
                name: name.to_string_lossy().into_owned(),
                bytes: read(&below)?,
            });
        }
    } else {
        files.push(SourceFile {
            name: name.clone(),
            bytes: read(path)?,
        });
    }
    Ok(Submission {
        path: name,
        expected: None,
        language: None,
        entry: None,
        files,
    })
}

/// Returns the plain files below a folder of the user's, in byte order; links are not followed.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>, EngineError> {
    let fault = |error| EngineError::io("read the submission", error);
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs_err::read_dir(folder).map_err(fault)? {
            let entry = entry.map_err(fault)?;
            let kind = entry.file_type().map_err(fault)?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            }
        }
        if files.len() > MAX_GIVEN_FILES {
            let message = format!("folder has more than {MAX_GIVEN_FILES} files");
            return Err(fault(std::io::Error::other(message)));
        }
    }
    files.sort_unstable();
    Ok(files)
}

/// A check of the source text that some group of tests has.
struct SourceTest {
    /// The name that its outcome is asked for by.
    name: String,
    args: Vec<String>,
}

impl SourceTest {
    fn all(groups: &TestGroup) -> Vec<Self> {
        let of_group = |group: &TestGroup| {
            Some(Self {
                name: group.static_test()?.into_owned(),
                args: group.static_validation.as_ref()?.args.clone(),
            })
        };
        groups.groups().into_iter().filter_map(of_group).collect()
    }
}

/// What programs are judged by.
struct Court<'a> {
    judges: &'a Judges,
    tests: &'a [Test],
    n_public: usize,
    sources: &'a [SourceTest],
    /// Where the result of each test is, and after them those of the checks of sources, by their names.
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
        let task = self.judges.task();
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
            score: None,
            message: None,
            met_backstop: false,
        };
        let parts = Parts::of(submission, task);
        if let Some(answers) = self.answers(submission, parts.is_ok()) {
            let results = self.run(Vec::new(), |place, test| match answers.0[place] {
                Some(answer) => self.judges.judge_answer(test, answer),
                None => Ok(TestResult::unanswered()),
            })?;
            judged.ran(self, &results);
            return Ok(judged);
        }
        let parts = match parts {
            Ok(parts) => parts,
            Err(_) if task.judging.submit_answer => {
                judged.message = Some("no file of it is named after a test".to_owned());
                return Ok(judged);
            }
            Err(reason) => {
                judged.message = Some(reason);
                return Ok(judged);
            }
        };
        judged.language = Some(parts.language);
        let source_bytes = task.limits.source_bytes;
        if parts.n_bytes > source_bytes {
            judged.verdict = Some(Verdict::Ce);
            let n_bytes = parts.n_bytes;
            judged.message = Some(format!(
                "source has {n_bytes} bytes: the limit is {source_bytes}"
            ));
            return Ok(judged);
        }
        let limits = limits(task, self.time_limit, parts.language);
        if let Some(passed) = passed.filter(|it| it.holds_for(&limits)) {
            judged.compile_ms = milliseconds(passed.compile_cpu_time);
            let mut results: Vec<_> = passed.results.iter().cloned().map(Some).collect();
            results.extend(self.of_sources(&parts)?);
            judged.ran(self, &results);
            return Ok(judged);
        }
        let compiled = match parts.compile(self.judges.sandbox()) {
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
        let results = self.run(self.of_sources(&parts)?, |_, test| {
            self.judges.run_test(&program, &limits, test)
        })?;
        judged.ran(self, &results);
        Ok(judged)
    }

    /// Returns a submission's answers where it consists of such. Packages also have programs that print them.
    fn answers<'s>(&self, submission: &'s Submission, is_program: bool) -> Option<Answers<'s>> {
        if !self.judges.task().judging.submit_answer {
            return None;
        }
        let (public, private) = self.tests.split_at(self.n_public);
        let only = || Answers::only(submission, self.tests.len());
        Answers::of(submission, public, private).or_else(|| only().filter(|_| !is_program))
    }

    /// Checks a source for each group that wants it.
    fn of_sources(&self, parts: &Parts<'_>) -> Result<Vec<Option<TestResult>>, SandboxError> {
        let sources = self.sources.iter();
        let judged = sources.map(|it| self.judges.judge_source(parts, &it.args).map(Some));
        judged.collect()
    }

    fn outcome(&self, results: &[Option<TestResult>], name: &str) -> Option<Outcome> {
        let result = results.get(*self.places.get(name)?)?.as_ref();
        result.map(TestResult::outcome)
    }

    /// Runs the tests that can change the verdict, in the order of the groups, or all.
    fn run(
        &self,
        of_sources: Vec<Option<TestResult>>,
        run_test: impl Fn(usize, &Test) -> Result<TestResult, SandboxError>,
    ) -> Result<Vec<Option<TestResult>>, SandboxError> {
        let mut results: Vec<Option<TestResult>> = self.tests.iter().map(|_| None).collect();
        results.extend(of_sources);
        let n_asked_for = if self.all_tests { self.tests.len() } else { 0 };
        let mut left: Vec<usize> = (0..n_asked_for).rev().collect();
        loop {
            let next = left.pop().or_else(|| {
                let name = score::next_test(self.groups, |name| self.outcome(&results, name))?;
                self.places.get(name).copied()
            });
            match next {
                None => return Ok(results),
                Some(place) => results[place] = Some(run_test(place, &self.tests[place])?),
            }
        }
    }
}

fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}
