//! `validate`: what a package's own validators say of its inputs and answers, or of other inputs.
//!
//! Runs no submission, and judges no output. Each input and each answer is asked about once, in parallel; results come
//! in order.

use std::{path::Path, sync::Arc};

use futures_util::{StreamExt, stream};
use riddle_problems::{JudgeProgram, LoadOptions, Problem, Test, Validation};
use riddle_sandbox::Sandbox;
use serde::Serialize;

use crate::{
    EngineError, Interrupt, Workers,
    judging::{Subject, Validators, Validity},
    workers,
};

/// What validators say of one input or answer, in the shape of a line of `validate --format jsonl`.
#[derive(Clone, Debug, Serialize)]
pub struct Validated {
    /// The problem's id.
    pub problem: String,
    /// The test's name, or the file as it was given.
    pub input: String,
    /// What of it they were asked about.
    pub subject: Subject,
    /// Whether the package says that it is valid; `None` for a file that was given.
    pub expected: Option<Said>,
    /// What the validators say; `None` where they could not.
    pub says: Option<Said>,
    /// The validator that refuses it.
    pub validator: Option<String>,
    /// What that wrote, or why nothing can be said.
    pub message: Option<String>,
}

/// Whether an input or answer is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// It is.
    Valid,
    /// It is not.
    Invalid,
}

impl Validated {
    /// Returns true if it is as the package says, or valid where that says nothing.
    pub fn is_as_expected(&self) -> bool {
        self.says == Some(self.expected.unwrap_or(Said::Valid))
    }
}

/// One problem's inputs and answers, validated.
#[derive(Clone, Debug)]
pub struct ValidatedProblem {
    /// The problem's id.
    pub problem: String,
    /// The input validators, by name.
    pub validators: Vec<String>,
    /// The answer validators, by name; none where only given files were asked about.
    pub answer_validators: Vec<String>,
    /// Validators that cannot be run, each with the reason: what the others accept is then not known to be valid.
    pub unusable: Vec<String>,
    /// What the loader warned of.
    pub warnings: Vec<String>,
    /// Each input: the tests in order, then the package's other data, or the files that were given.
    pub inputs: Vec<Validated>,
    /// The answers of tests and other data, likewise; none where the package has no answer validators.
    pub answers: Vec<Validated>,
}

/// Asks a problem's validators about the inputs and answers of all its tests and of the data that it has to try them on,
/// or its input validators about `inputs` (a name and a text each) in their place. `each` sees every result in order, as
/// soon as it is there. An interrupt leaves out what is not yet begun.
///
/// # Errors
///
/// Returns an error if the problem cannot be read or has no validators, or on a fault of ours.
pub fn validate(
    sandbox: &Arc<Sandbox>,
    workers: &Workers,
    folder: &Path,
    load: &LoadOptions,
    inputs: &[(String, Arc<[u8]>)],
    interrupt: &Interrupt,
    mut each: impl FnMut(&Validated),
) -> Result<ValidatedProblem, EngineError> {
    let problem = riddle_problems::load(folder, load)?;
    let id = problem.task.id.clone();
    let (validation, limits) = (&problem.validation, &problem.task.judging.limits);
    let of_inputs = Validators::prepare(sandbox, validation, limits)?;
    let of_answers = Validators::prepare_for_answers(sandbox, validation, limits)?;
    let asks_answers = inputs.is_empty() && !of_answers.is_empty();
    if of_inputs.is_empty() && !asks_answers {
        return Err(EngineError::NoValidators { problem: id });
    }
    let unusable = |it: &Validators| it.unusable().collect::<Vec<_>>();
    let mut all_unusable = unusable(&of_inputs);
    if asks_answers {
        all_unusable.extend(unusable(&of_answers));
    }
    let (of_inputs, of_answers) = (Arc::new(of_inputs), Arc::new(of_answers));
    let mut asked: Vec<(Arc<Validators>, Case)> = Vec::new();
    let cases = match inputs {
        [] if of_inputs.is_empty() => Vec::new(),
        [] => inputs_of(&problem),
        given => given.iter().map(given_input).collect(),
    };
    asked.extend(cases.into_iter().map(|it| (Arc::clone(&of_inputs), it)));
    if asks_answers {
        let cases = answers_of(&problem).into_iter();
        asked.extend(cases.map(|it| (Arc::clone(&of_answers), it)));
    }
    let all = workers::block_on(async {
        let mut asked = stream::iter(asked)
            .take_while(|_| std::future::ready(!interrupt.is_set()))
            .map(|(validators, (test, expected))| {
                let problem = id.clone();
                workers.run(test.name.clone(), move || {
                    let validity = validators.validate_test(&test)?;
                    let subject = validators.subject();
                    let (input, said) = (test.name, (expected, validity));
                    Ok::<_, EngineError>(Validated::of(problem, input, subject, said))
                })
            })
            .buffered(workers.capacity());
        let mut all = Vec::new();
        while let Some(validated) = asked.next().await {
            let validated = validated??;
            each(&validated);
            all.push(validated);
        }
        Ok::<_, EngineError>(all)
    })??;
    let (inputs, answers) = all.into_iter().partition(|it| it.subject == Subject::Input);
    let names = |all: &[JudgeProgram]| all.iter().map(|it| it.name.clone()).collect();
    Ok(ValidatedProblem {
        problem: id,
        validators: names(&validation.input_validators),
        answer_validators: if asks_answers {
            names(&validation.answer_validators)
        } else {
            Vec::new()
        },
        unusable: all_unusable,
        warnings: problem.warnings,
        inputs,
        answers,
    })
}

/// A test, and what the package says of what is asked about.
type Case = (Test, Option<Said>);

impl Validated {
    fn of(
        problem: String,
        input: String,
        subject: Subject,
        (expected, validity): (Option<Said>, Validity),
    ) -> Self {
        let (says, validator, message) = match validity {
            Validity::Valid => (Some(Said::Valid), None, None),
            Validity::Invalid { validator, message } => {
                (Some(Said::Invalid), Some(validator), message)
            }
            Validity::Fault { message } => (None, None, Some(message)),
        };
        Self {
            problem,
            input,
            subject,
            expected,
            says,
            validator,
            message,
        }
    }
}

/// Every input that a package has, with what it says of it. Data for other validators is valid input too.
fn inputs_of(problem: &Problem) -> Vec<Case> {
    let invalid_answers = problem.validation.invalid_answers.iter();
    let all = with_valid_answers(problem).chain(invalid_answers);
    let invalid = &problem.validation.invalid_inputs;
    cases(all, invalid)
}

/// Every answer that a package has, likewise.
fn answers_of(problem: &Problem) -> Vec<Case> {
    let invalid = &problem.validation.invalid_answers;
    cases(with_valid_answers(problem), invalid)
}

/// The tests, and the data for the validators of outputs: their inputs and their answers are valid.
fn with_valid_answers(problem: &Problem) -> impl Iterator<Item = &Test> {
    let Validation {
        invalid_outputs,
        valid_outputs,
        ..
    } = &problem.validation;
    let outputs = invalid_outputs.iter().chain(valid_outputs);
    (problem.task.public_tests.iter())
        .chain(problem.private.open_for_scoring())
        .chain(outputs.map(|it| &it.test))
}

fn cases<'a>(valid: impl Iterator<Item = &'a Test>, invalid: &[Test]) -> Vec<Case> {
    let valid = valid.map(|it| (it.clone(), Some(Said::Valid)));
    let invalid = invalid.iter();
    let invalid = invalid.map(|it| (it.clone(), Some(Said::Invalid)));
    valid.chain(invalid).collect()
}

fn given_input((name, bytes): &(String, Arc<[u8]>)) -> Case {
    let test = Test {
        name: name.clone(),
        input: Arc::clone(bytes),
        ..Test::default()
    };
    (test, None)
}
