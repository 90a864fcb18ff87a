//! What judges a problem's outputs, ready to be asked: the built-in checker, or programs of the package.
//!
//! A package's programs are hostile like any candidate and run in the same sandbox, under limits of their own;
//! what they may see is the test, the output and their own feedback. Their faults are judge errors, never
//! wrong answers. Knows no order of tests but the given one, and no grades.

mod answer;
mod build;
mod grader;
mod guest;
mod opinion;
mod source;
mod validators;

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use riddle_problems::{Checker, FileIo, Interaction, Judge, SourceFile, Task, Test, Verdict};
use riddle_sandbox::{
    Cancel, Conversation, Ending, Execution, Files, Limits, Program, Request, Sandbox, SandboxError,
};

pub(crate) use self::grader::{CustomGrader, Grading};
pub use self::{
    answer::{read_judgement, read_validity},
    validators::{Subject, Validators, Validity},
};
use self::{
    guest::{ANSWER, FEEDBACK, INPUT, JudgeGuest, OUTPUT},
    opinion::Opinion,
};
use crate::{evaluate::TestResult, record::ExecutionRecord, verdict::failure};

/// Where a validator leaves the input of the next pass.
const NEXT_PASS: &str = "feedback/nextpass.in";

/// What a judge may say to a program, in bytes: no format bounds it.
const MAX_SAID_BYTES: u64 = 256 << 20;

/// The judges of one problem.
pub(crate) struct Judges {
    sandbox: Arc<Sandbox>,
    task: Arc<Task>,
    /// The programs that must all accept, in order.
    validators: Vec<JudgeGuest>,
    interactor: Option<JudgeGuest>,
    /// The program that judges sources.
    static_validator: Option<JudgeGuest>,
}

impl Judges {
    /// Compiles the problem's programs that judge. One that cannot be used is no error here: what it should
    /// have judged is a judge error that says why.
    ///
    /// # Errors
    ///
    /// Returns an error on a fault of ours.
    pub(crate) fn prepare(sandbox: &Arc<Sandbox>, task: &Arc<Task>) -> Result<Self, SandboxError> {
        let judging = &task.judging;
        let prepare = |it| JudgeGuest::prepare(sandbox, it, &judging.limits);
        let validators = match &judging.judge {
            Judge::Checker => Vec::new(),
            Judge::Programs(programs) => programs.iter().map(prepare).collect::<Result<_, _>>()?,
            Judge::Standard { program, .. } => {
                program.iter().map(prepare).collect::<Result<_, _>>()?
            }
        };
        let interactor = match &judging.interaction {
            Interaction::Interactor(program) => Some(prepare(program)?),
            Interaction::None | Interaction::Judge => None,
        };
        let static_validator = judging.static_validator.as_ref();
        Ok(Self {
            sandbox: Arc::clone(sandbox),
            task: Arc::clone(task),
            validators,
            interactor,
            static_validator: static_validator.map(prepare).transpose()?,
        })
    }

    pub(crate) fn sandbox(&self) -> &Arc<Sandbox> {
        &self.sandbox
    }

    pub(crate) fn task(&self) -> &Arc<Task> {
        &self.task
    }

    /// Returns the programs that cannot be used, each with the reason.
    pub(crate) fn unusable(&self) -> impl Iterator<Item = String> {
        let all = self.validators.iter().chain(&self.interactor);
        let all = all.chain(&self.static_validator);
        all.filter_map(JudgeGuest::unusable)
    }

    /// Runs tests in order up to the first that fails, that one included.
    pub(crate) fn run_tests<'a>(
        &self,
        program: &Program,
        limits: &Limits,
        tests: impl Iterator<Item = &'a Test>,
    ) -> Result<Vec<TestResult>, SandboxError> {
        let mut results = Vec::new();
        for test in tests {
            let result = self.run_test(program, limits, test)?;
            let failed = result.verdict != Verdict::Ac;
            results.push(result);
            if failed {
                break;
            }
        }
        Ok(results)
    }

    /// Runs one test: as many passes as the judge asks for, or up to the first that fails.
    pub(crate) fn run_test(
        &self,
        program: &Program,
        limits: &Limits,
        test: &Test,
    ) -> Result<TestResult, SandboxError> {
        let max_passes = self.task.judging.max_passes;
        let mut input = Arc::clone(&test.input);
        let mut files = Files::new();
        let mut whole: Option<TestResult> = None;
        for pass in 1..=max_passes.get() {
            let (execution, opinion) = self.run_pass(program, limits, test, &input, &mut files)?;
            let mut result = TestResult::of(&execution, opinion);
            let next = files
                .take(NEXT_PASS)
                .filter(|_| max_passes > NonZeroU32::MIN);
            let goes_on = result.verdict == Verdict::Ac && next.is_some();
            if goes_on && pass == max_passes.get() {
                result.verdict = Verdict::Je;
                result.message = Some(format!("the judge asks for more than {pass} passes"));
            }
            whole = Some(match whole {
                Some(before) => before.then(result),
                None => result,
            });
            match next {
                Some(next) if goes_on => input = next,
                _ => break,
            }
        }
        Ok(whole.expect("there is at least one pass"))
    }

    /// Judges an answer to a test that no program gave.
    pub(crate) fn judge_answer(
        &self,
        test: &Test,
        answer: &[u8],
    ) -> Result<TestResult, SandboxError> {
        let opinion = self.decide(test, &test.input, answer, &mut Files::new())?;
        Ok(TestResult::of(&no_execution(), opinion))
    }

    fn run_pass(
        &self,
        program: &Program,
        limits: &Limits,
        test: &Test,
        input: &Arc<[u8]>,
        files: &mut Files,
    ) -> Result<(Execution, Opinion), SandboxError> {
        match &self.task.judging.interaction {
            Interaction::None => {
                let request = request(&self.task, test, Arc::clone(input));
                let execution = execute(&self.sandbox, &self.task, program, request, limits)?;
                let opinion = match failure(&execution.ending) {
                    Some(verdict) => Opinion::of(verdict),
                    None => self.decide(test, input, &execution.stdout, files)?,
                };
                Ok((execution, opinion))
            }
            Interaction::Judge => {
                let [judge] = &self.validators[..] else {
                    return Ok(never("an interactive problem has one judge"));
                };
                let arguments = judge.arguments(&test.judge_args);
                let talk = self.talk(program, limits, test, judge, arguments, input, files)?;
                let Some(talk) = talk else {
                    return Ok(never(&judge.unusable().unwrap_or_default()));
                };
                let said = judge.opinion(&talk.executions[0], files);
                let opinion = said.after_talk(&talk);
                let [_, execution] = talk.executions;
                Ok((execution, opinion))
            }
            Interaction::Interactor(_) => {
                let Some(interactor) = &self.interactor else {
                    return Ok(never("the interactor is gone"));
                };
                let arguments = interactor.arguments(&[]);
                let talk = self.talk(program, limits, test, interactor, arguments, input, files)?;
                let Some(talk) = talk else {
                    return Ok(never(&interactor.unusable().unwrap_or_default()));
                };
                let said = interactor.opinion(&talk.executions[0], files);
                let mut opinion = said.after_talk(&talk);
                if opinion.verdict == Verdict::Ac {
                    let output = files.take(OUTPUT).unwrap_or_default();
                    opinion = self.decide(test, input, &output, files)?;
                }
                let [_, execution] = talk.executions;
                Ok((execution, opinion))
            }
        }
    }

    /// Lets a judge and a program talk; `None` if the judge cannot be used.
    #[expect(
        clippy::too_many_arguments,
        reason = "two programs with all that they are given"
    )]
    fn talk(
        &self,
        program: &Program,
        limits: &Limits,
        test: &Test,
        judge: &JudgeGuest,
        arguments: Vec<String>,
        input: &Arc<[u8]>,
        files: &mut Files,
    ) -> Result<Option<Conversation>, SandboxError> {
        let Ok(judge_program) = &judge.program else {
            return Ok(None);
        };
        let given = with_test(std::mem::take(files), test, input);
        let judges = Request {
            input: Arc::default(),
            arguments: arguments.into(),
            files: Some(given),
        };
        let requests = [judges, request(&self.task, test, Arc::default())];
        let judge_limits = Limits {
            stdout_bytes: MAX_SAID_BYTES,
            ..judge.limits()
        };
        let mut talk = self.sandbox.converse(
            [judge_program, program],
            requests,
            [&judge_limits, limits],
            &Cancel::new(),
        )?;
        *files = std::mem::take(&mut talk.files[0]);
        Ok(Some(talk))
    }

    /// Decides on an output: the checker, or all programs.
    fn decide(
        &self,
        test: &Test,
        input: &Arc<[u8]>,
        output: &[u8],
        files: &mut Files,
    ) -> Result<Opinion, SandboxError> {
        let checker = test.checker.as_ref().unwrap_or(&self.task.checker);
        match &self.task.judging.judge {
            Judge::Checker => Ok(check(checker, &test.answer, output)),
            Judge::Standard {
                program: None,
                name,
            } => Ok(match Checker::of_testlib(name) {
                Some(checker) => check(&checker, &test.answer, output),
                None => Opinion::fault(format!("no checker `{name}` is here")),
            }),
            Judge::Programs(_) | Judge::Standard { .. } => {
                let output: Arc<[u8]> = output.into();
                let mut all = Opinion::of(Verdict::Ac);
                for validator in &self.validators {
                    let said = self.ask(validator, test, input, &output, files)?;
                    let refused = said.verdict != Verdict::Ac;
                    all = said.or_scores_of(&all);
                    if refused {
                        break;
                    }
                }
                Ok(all)
            }
        }
    }

    /// Runs a validator on an output.
    fn ask(
        &self,
        validator: &JudgeGuest,
        test: &Test,
        input: &Arc<[u8]>,
        output: &Arc<[u8]>,
        files: &mut Files,
    ) -> Result<Opinion, SandboxError> {
        let Ok(program) = &validator.program else {
            return Ok(Opinion::fault(validator.unusable().unwrap_or_default()));
        };
        let mut given = with_test(std::mem::take(files), test, input);
        put(&mut given, OUTPUT, Arc::clone(output));
        let request = Request {
            input: Arc::clone(output),
            arguments: validator.arguments(&test.judge_args).into(),
            files: Some(given),
        };
        let limits = validator.limits();
        let (execution, after) =
            (self.sandbox).execute_with(program, request, &limits, &Cancel::new())?;
        *files = after;
        Ok(self.wrong_if_partial(validator.opinion(&execution, files)))
    }

    /// Where nothing has a score, what is right in part is wrong.
    fn wrong_if_partial(&self, said: Opinion) -> Opinion {
        let is_partial = said.multiplier.is_some_and(|it| it < 1.0);
        match said.verdict {
            Verdict::Ac if is_partial && self.task.objective.is_none() => Opinion {
                verdict: Verdict::Wa,
                ..said
            },
            _ => said,
        }
    }
}

/// Names what a problem's outputs are judged by: the checker, or the kind of programs.
pub(crate) fn rule(task: &Task) -> String {
    match &task.judging {
        judging if judging.is_built_in() => task.checker.to_string(),
        judging => judging.to_string(),
    }
}

/// Judges an output by a built-in checker.
fn check(checker: &Checker, answer: &[u8], output: &[u8]) -> Opinion {
    let judgement = checker.judge(answer, output);
    // A checker that refuses the answer says nothing of the output.
    let verdict = match (judgement.answer_is_at_fault(), judgement.accepted) {
        (true, _) => Verdict::Je,
        (false, true) => Verdict::Ac,
        (false, false) => Verdict::Wa,
    };
    Opinion {
        message: judgement.difference.map(|it| it.to_string()),
        ..Opinion::of(verdict)
    }
}

/// Runs a program on an input that belongs to no test.
pub(crate) fn run_input(
    sandbox: &Sandbox,
    task: &Task,
    program: &Program,
    limits: &Limits,
    input: Arc<[u8]>,
) -> Result<Execution, SandboxError> {
    let request = request(task, &Test::default(), input);
    execute(sandbox, task, program, request, limits)
}

/// Runs a program; what it printed is in the file that the problem names, if it names one.
fn execute(
    sandbox: &Sandbox,
    task: &Task,
    program: &Program,
    request: Request,
    limits: &Limits,
) -> Result<Execution, SandboxError> {
    let (mut execution, files) = sandbox.execute_with(program, request, limits, &Cancel::new())?;
    if let Some(FileIo {
        output: Some(name), ..
    }) = &task.file_io
    {
        execution.stdout = files.get(name).unwrap_or_default().to_vec();
    }
    Ok(execution)
}

/// What a program under test is given.
fn request(task: &Task, test: &Test, input: Arc<[u8]>) -> Request {
    let arguments = match &*test.args {
        [] => Vec::new(),
        args => [&["main".to_owned()], args].concat(),
    };
    let mut files = Files::new();
    for SourceFile { name, bytes } in &*test.files {
        put(&mut files, name, bytes.as_slice().into());
    }
    let file_io = task.file_io.as_ref();
    let input = match file_io.and_then(|it| it.input.as_ref()) {
        Some(name) => {
            put(&mut files, name, input);
            Arc::default()
        }
        None => input,
    };
    Request {
        input,
        arguments: arguments.into(),
        files: (file_io.is_some() || !test.files.is_empty()).then_some(files),
    }
}

/// Puts a test where a judge's program finds it, and makes the folder for its feedback.
fn with_test(mut files: Files, test: &Test, input: &Arc<[u8]>) -> Files {
    put(&mut files, INPUT, Arc::clone(input));
    put(&mut files, ANSWER, Arc::clone(&test.answer));
    // A tree that has no room left fails the program that filled it, and not us.
    files.add_folder(FEEDBACK).ok();
    files
}

fn put(files: &mut Files, path: &str, bytes: Arc<[u8]>) {
    // As above: what is not there, the program misses.
    files.add(path, bytes).ok();
}

/// An execution that was none, and why.
fn never(reason: &str) -> (Execution, Opinion) {
    (no_execution(), Opinion::fault(reason.to_owned()))
}

/// What stands in the place of an execution where there was none.
fn no_execution() -> Execution {
    Execution {
        ending: Ending::Ok,
        stdout: Vec::new(),
        stderr: Vec::new(),
        n_stderr_bytes: 0,
        fuel: 0,
        memory_bytes: 0,
        cpu_time: Duration::ZERO,
    }
}

impl TestResult {
    /// Returns the verdict on a test to which a submission has no answer.
    pub(crate) fn unanswered() -> Self {
        let opinion = Opinion {
            message: Some("there is no answer to this test".to_owned()),
            ..Opinion::of(Verdict::Wa)
        };
        Self::of(&no_execution(), opinion)
    }

    fn of(execution: &Execution, opinion: Opinion) -> Self {
        Self {
            verdict: opinion.verdict,
            score: opinion.score,
            multiplier: opinion.multiplier,
            message: opinion.message,
            record: ExecutionRecord::of(execution),
            cpu_time: execution.cpu_time,
        }
    }

    /// Joins a pass with the next: the last one decides, the most expensive one counts.
    fn then(self, next: Self) -> Self {
        Self {
            record: ExecutionRecord {
                fuel: self.record.fuel.max(next.record.fuel),
                memory_bytes: self.record.memory_bytes.max(next.record.memory_bytes),
                ..next.record
            },
            cpu_time: self.cpu_time.max(next.cpu_time),
            ..next
        }
    }
}
