//! `validate`: what a package's own validators say of its inputs, or of others.
//!
//! Runs no submission and looks at no answer. Each input is asked about once, in parallel; results come in order.

use std::{path::Path, sync::Arc};

use futures_util::{StreamExt, stream};
use riddle_problems::{LoadOptions, Problem, Test, Validation};
use riddle_sandbox::Sandbox;
use serde::Serialize;

use crate::{
    EngineError, Interrupt, Workers,
    judging::{Validators, Validity},
    workers,
};

/// What validators say of one input, in the shape of a line of `validate --format jsonl`.
#[derive(Clone, Debug, Serialize)]
pub struct Validated {
    /// The problem's id.
    pub problem: String,
    /// The test's name, or the file as it was given.
    pub input: String,
    /// Whether the package says that it is valid; `None` for a file that was given.
    pub expected: Option<Said>,
    /// What the validators say; `None` where they could not.
    pub says: Option<Said>,
    /// The validator that refuses it.
    pub validator: Option<String>,
    /// What that wrote, or why nothing can be said.
    pub message: Option<String>,
}

/// Whether an input is valid.
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

/// One problem's inputs, validated.
#[derive(Clone, Debug)]
pub struct ValidatedProblem {
    /// The problem's id.
    pub problem: String,
    /// The validators, by name.
    pub validators: Vec<String>,
    /// Validators that cannot be run, each with the reason: what the others accept is then not known to be valid.
    pub unusable: Vec<String>,
    /// What the loader warned of.
    pub warnings: Vec<String>,
    /// Each input: the tests in order, then the package's other data, or the files that were given.
    pub inputs: Vec<Validated>,
}

/// Asks a problem's validators about the inputs of all its tests and of the data that it has to try them on, or about
/// `inputs` (a name and a text each) in their place. `each` sees every result in order, as soon as it is there. An
/// interrupt leaves out the inputs not yet begun.
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
    if problem.validation.input_validators.is_empty() {
        return Err(EngineError::NoValidators { problem: id });
    }
    let limits = &problem.task.judging.limits;
    let validators = Validators::prepare(sandbox, &problem.validation, limits)?;
    let validators = Arc::new(validators);
    let asked = if inputs.is_empty() {
        of_package(&problem)
    } else {
        inputs.iter().map(given).collect()
    };
    let inputs = workers::block_on(async {
        let mut asked = stream::iter(asked)
            .take_while(|_| std::future::ready(!interrupt.is_set()))
            .map(|(test, expected)| {
                let (validators, problem) = (Arc::clone(&validators), id.clone());
                workers.run(test.name.clone(), move || {
                    let validity = validators.validate_test(&test)?;
                    Ok::<_, EngineError>(Validated::of(problem, test.name, expected, validity))
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
    let names = problem.validation.input_validators.iter();
    Ok(ValidatedProblem {
        problem: id,
        validators: names.map(|it| it.name.clone()).collect(),
        unusable: validators.unusable().collect(),
        warnings: problem.warnings,
        inputs,
    })
}

impl Validated {
    fn of(problem: String, input: String, expected: Option<Said>, validity: Validity) -> Self {
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
            expected,
            says,
            validator,
            message,
        }
    }
}

/// Every input that a package has, with what it says of it. Data for output validators is valid input too.
fn of_package(problem: &Problem) -> Vec<(Test, Option<Said>)> {
    let Problem {
        task,
        private,
        validation,
        ..
    } = problem;
    let Validation {
        invalid_inputs,
        invalid_answers,
        invalid_outputs,
        valid_outputs,
        input_validators: _,
        answer_validators: _,
    } = validation;
    let outputs = invalid_outputs.iter().chain(valid_outputs);
    let valid = (task.public_tests.iter())
        .chain(private.open_for_scoring())
        .chain(invalid_answers)
        .chain(outputs.map(|it| &it.test));
    let valid = valid.map(|it| (it.clone(), Some(Said::Valid)));
    let invalid = invalid_inputs.iter();
    let invalid = invalid.map(|it| (it.clone(), Some(Said::Invalid)));
    valid.chain(invalid).collect()
}

fn given((name, bytes): &(String, Arc<[u8]>)) -> (Test, Option<Said>) {
    let test = Test {
        name: name.clone(),
        input: Arc::clone(bytes),
        ..Test::default()
    };
    (test, None)
}
