//! The program of a package that grades groups of tests, in the place of the default grader.
//!
//! It runs in the sandbox like any candidate, under the limits of programs that judge; its faults are judge errors that
//! name it. Knows how it is called, as problemtools calls it: flags as arguments, results on standard input, exit code 0.
//! What its lines mean is `riddle_problems::score`'s to know.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    sync::Arc,
};

use riddle_problems::{
    GroupRule, Task, TestGroup,
    score::{GraderAnswer, read_grader_answer},
};
use riddle_sandbox::{Cancel, Ending, Files, Request, Sandbox, SandboxError};

use super::guest::JudgeGuest;

/// A problem's own grader, compiled once.
pub(crate) struct CustomGrader {
    sandbox: Arc<Sandbox>,
    guest: JudgeGuest,
}

impl CustomGrader {
    /// Compiles the grader of a problem; `None` where no group is graded by a program, whether there is one or not.
    pub(crate) fn prepare(
        sandbox: &Arc<Sandbox>,
        task: &Task,
        groups: &TestGroup,
    ) -> Result<Option<Self>, SandboxError> {
        let by_program =
            |it: &&TestGroup| matches!(&it.rule, GroupRule::Legacy(rule) if rule.custom);
        let judging = &task.judging;
        let (Some(program), Some(_)) = (
            &judging.grader,
            groups.groups().iter().find(|it| by_program(it)),
        ) else {
            return Ok(None);
        };
        Ok(Some(Self {
            sandbox: Arc::clone(sandbox),
            guest: JudgeGuest::prepare(sandbox, program, &judging.limits)?,
        }))
    }

    /// Returns why it cannot be used, its name first.
    pub(crate) fn unusable(&self) -> Option<String> {
        self.guest.unusable()
    }

    fn run(&self, flags: &[String], input: &str) -> Result<Run, SandboxError> {
        let Ok(program) = &self.guest.program else {
            return Ok(Run::fault(self.unusable().unwrap_or_default()));
        };
        let name = std::iter::once(&self.guest.name);
        let request = Request {
            input: input.as_bytes().into(),
            arguments: name.chain(flags).cloned().collect(),
            files: Some(Files::new()),
        };
        let limits = self.guest.limits();
        let (execution, _) =
            (self.sandbox).execute_with(program, request, &limits, &Cancel::new())?;
        let answer = match execution.ending {
            Ending::Ok => read_grader_answer(&execution.stdout)
                .map_err(|it| format!("judge's program `{}` {it}", self.guest.name)),
            _ => Err(self.guest.fault_text(&execution)),
        };
        Ok(Run {
            answer,
            met_backstop: execution.ending == Ending::Backstop,
        })
    }
}

/// What came of one run of a grader.
struct Run {
    answer: Result<GraderAnswer, String>,
    met_backstop: bool,
}

impl Run {
    fn fault(message: String) -> Self {
        Self {
            answer: Err(message),
            met_backstop: false,
        }
    }
}

/// The flags that a grader is given, and its input.
type Question = (Vec<String>, String);

/// What the grader said of the groups of one submission: it is asked once about the same results.
///
/// Kept are at most as many answers as there are groups, since a group is asked about when its tests have run.
pub(crate) struct Grading<'a> {
    grader: Option<&'a CustomGrader>,
    answers: RefCell<HashMap<Question, Result<GraderAnswer, String>>>,
    met_backstop: Cell<bool>,
    failure: RefCell<Option<SandboxError>>,
}

impl<'a> Grading<'a> {
    pub(crate) fn new(grader: Option<&'a CustomGrader>) -> Self {
        Self {
            grader,
            answers: RefCell::default(),
            met_backstop: Cell::new(false),
            failure: RefCell::new(None),
        }
    }

    /// Asks the grader; `Err` says why there is no answer. A fault of ours is one too, and [`check`](Self::check) tells.
    pub(crate) fn ask(&self, flags: &[String], input: &str) -> Result<GraderAnswer, String> {
        let key = (flags.to_vec(), input.to_owned());
        if let Some(known) = self.answers.borrow().get(&key) {
            return known.clone();
        }
        let run = match self.grader.map(|it| it.run(flags, input)) {
            Some(Ok(run)) => run,
            Some(Err(error)) => {
                let message = error.to_string();
                self.failure.borrow_mut().get_or_insert(error);
                Run::fault(message)
            }
            None => Run::fault("no grader is here".to_owned()),
        };
        self.met_backstop
            .set(self.met_backstop.get() || run.met_backstop);
        let known = &mut *self.answers.borrow_mut();
        known.entry(key).or_insert(run.answer).clone()
    }

    /// Returns whether the backstop ended the grader, which may then say something else the next time.
    ///
    /// # Errors
    ///
    /// Returns the first fault of ours that was met.
    pub(crate) fn check(&self) -> Result<bool, SandboxError> {
        match self.failure.borrow_mut().take() {
            Some(error) => Err(error),
            None => Ok(self.met_backstop.get()),
        }
    }
}
