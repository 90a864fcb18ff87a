//! One submission judged: its answers, or its source and then what it does on the tests that can change the verdict.
//!
//! Compiles and runs through the problem's judges; loads nothing, and sees one submission at a time.

use std::{collections::HashMap, time::Duration};

use riddle_problems::{Outcome, Submission, Test, TestGroup, Verdict, score};
use riddle_sandbox::SandboxError;

use crate::{
    Judged,
    answers::Answers,
    evaluate::{TestResult, limits},
    judge::milliseconds,
    judging::{CustomGrader, Grading, Judges},
    parts::Parts,
    python2,
    time_limit::Passed,
};

/// A check of the source text that some group of tests has.
pub(crate) struct SourceTest {
    /// The name that its outcome is asked for by.
    pub(crate) name: String,
    args: Vec<String>,
}

impl SourceTest {
    pub(crate) fn all(groups: &TestGroup) -> Vec<Self> {
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
pub(crate) struct Court<'a> {
    pub(crate) judges: &'a Judges,
    pub(crate) tests: &'a [Test],
    pub(crate) n_public: usize,
    pub(crate) sources: &'a [SourceTest],
    /// Where the result of each test is, and after them those of the checks of sources, by their names.
    pub(crate) places: &'a HashMap<String, usize>,
    pub(crate) groups: &'a TestGroup,
    pub(crate) grader: Option<&'a CustomGrader>,
    pub(crate) time_limit: Duration,
    pub(crate) all_tests: bool,
}

impl Court<'_> {
    pub(crate) fn judge(
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
        let grading = Grading::new(self.grader);
        let parts = Parts::of(submission, task);
        if let Some(answers) = self.answers(submission, parts.is_ok()) {
            let results = self.run(&grading, Vec::new(), |place, test| match answers.0[place] {
                Some(answer) => self.judges.judge_answer(test, answer),
                None => Ok(TestResult::unanswered()),
            })?;
            judged.ran(self, &grading, &results)?;
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
            judged.ran(self, &grading, &results)?;
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
        let results = self.run(&grading, self.of_sources(&parts)?, |_, test| {
            self.judges.run_test(&program, &limits, test)
        })?;
        judged.ran(self, &grading, &results)?;
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

    pub(crate) fn outcome(&self, results: &[Option<TestResult>], name: &str) -> Option<Outcome> {
        let result = results.get(*self.places.get(name)?)?.as_ref();
        result.map(TestResult::outcome)
    }

    /// Runs the tests that can change the verdict, in the order of the groups, or all.
    fn run(
        &self,
        grading: &Grading<'_>,
        of_sources: Vec<Option<TestResult>>,
        run_test: impl Fn(usize, &Test) -> Result<TestResult, SandboxError>,
    ) -> Result<Vec<Option<TestResult>>, SandboxError> {
        let mut results: Vec<Option<TestResult>> = self.tests.iter().map(|_| None).collect();
        results.extend(of_sources);
        let n_asked_for = if self.all_tests { self.tests.len() } else { 0 };
        let mut left: Vec<usize> = (0..n_asked_for).rev().collect();
        loop {
            let next = left.pop().or_else(|| {
                let outcome_of = |name: &str| self.outcome(&results, name);
                let ask = |flags: &[String], input: &str| grading.ask(flags, input);
                let name = score::next_test_with(self.groups, outcome_of, ask)?;
                self.places.get(name).copied()
            });
            grading.check()?;
            match next {
                None => return Ok(results),
                Some(place) => results[place] = Some(run_test(place, &self.tests[place])?),
            }
        }
    }
}
