//! The programs of a package that check its inputs, or its answers, ready to be asked.
//!
//! They run in the sandbox like any candidate. What is wrong with one of them is never a word on an input or answer: only
//! a validator that refuses makes it invalid. Scripts of checktestdata are interpreted, which is as safe. Knows nothing of
//! submissions and outputs.

use std::sync::Arc;

use riddle_problems::{
    Checktestdata, CtdFailure, JudgeLanguage, JudgeLimits, JudgeProgram, Test, Validation,
};
use riddle_sandbox::{Cancel, Files, Request, Sandbox, SandboxError};
use serde::Serialize;

use super::{
    guest::{INPUT, JudgeGuest},
    put,
};

/// What a package's validators say of an input, or of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Validity {
    /// All of them accept it.
    Valid,
    /// One refuses it.
    Invalid {
        /// Its name.
        validator: String,
        /// What it wrote, on one line.
        message: Option<String>,
    },
    /// None refuses it, and one cannot be run, or failed: nothing is known.
    Fault {
        /// Which one, and what is wrong with it.
        message: String,
    },
}

/// What validators are asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A test's input, which they read from standard input.
    Input,
    /// A test's answer, which they read from standard input; the input is a file, named by their first argument.
    Answer,
}

/// The input validators of one problem, or its answer validators, compiled once.
///
/// A problem may have none, and then all is valid: see [`is_empty`](Self::is_empty).
pub struct Validators {
    sandbox: Arc<Sandbox>,
    subject: Subject,
    all: Vec<Validator>,
}

/// One of them.
enum Validator {
    Program(JudgeGuest),
    Script {
        name: String,
        script: Result<Checktestdata, String>,
    },
}

impl Validators {
    /// Compiles a problem's input validators. One that cannot be used is no error here: see
    /// [`unusable`](Self::unusable).
    ///
    /// `limits` are those of programs that judge, which each run of a validator has to keep.
    ///
    /// # Errors
    ///
    /// Returns an error on a fault of ours.
    pub fn prepare(
        sandbox: &Arc<Sandbox>,
        validation: &Validation,
        limits: &JudgeLimits,
    ) -> Result<Self, SandboxError> {
        let programs = &validation.input_validators;
        Self::of(sandbox, Subject::Input, programs, limits)
    }

    /// Compiles a problem's answer validators, likewise.
    ///
    /// # Errors
    ///
    /// As [`prepare`](Self::prepare).
    pub fn prepare_for_answers(
        sandbox: &Arc<Sandbox>,
        validation: &Validation,
        limits: &JudgeLimits,
    ) -> Result<Self, SandboxError> {
        let programs = &validation.answer_validators;
        Self::of(sandbox, Subject::Answer, programs, limits)
    }

    fn of(
        sandbox: &Arc<Sandbox>,
        subject: Subject,
        programs: &[JudgeProgram],
        limits: &JudgeLimits,
    ) -> Result<Self, SandboxError> {
        let all = (programs.iter()).map(|it| Validator::prepare(sandbox, it, limits));
        Ok(Self {
            sandbox: Arc::clone(sandbox),
            subject,
            all: all.collect::<Result<_, _>>()?,
        })
    }

    /// Returns what they are asked about.
    pub fn subject(&self) -> Subject {
        self.subject
    }

    /// Returns true if the problem has no validator.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Returns the number of validators, those that cannot be used included.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Returns the validators that cannot be used, each with the reason.
    pub fn unusable(&self) -> impl Iterator<Item = String> {
        self.all.iter().filter_map(Validator::unusable)
    }

    /// Asks all validators about an input that belongs to no test; answer validators about its answer, an empty one.
    ///
    /// # Errors
    ///
    /// Returns an error on a fault of ours; what a validator does wrong is a [`Validity::Fault`].
    pub fn validate(&self, input: &[u8]) -> Result<Validity, SandboxError> {
        self.validate_test(&Test {
            input: input.into(),
            ..Test::default()
        })
    }

    /// Asks all validators about a test's input, or its answer, each with the arguments that the test has for it, and
    /// with the test's files.
    ///
    /// # Errors
    ///
    /// As [`validate`](Self::validate).
    pub fn validate_test(&self, test: &Test) -> Result<Validity, SandboxError> {
        let mut all = Validity::Valid;
        for validator in &self.all {
            let said = match validator {
                Validator::Program(guest) => self.ask(guest, test)?,
                Validator::Script { name, script } => match script {
                    Ok(script) => checked(name, script, self.text(test)),
                    Err(_) => Validity::Fault {
                        message: validator.unusable().unwrap_or_default(),
                    },
                },
            };
            match said {
                Validity::Valid => {}
                refusal @ Validity::Invalid { .. } => return Ok(refusal),
                fault @ Validity::Fault { .. } if all == Validity::Valid => all = fault,
                Validity::Fault { .. } => {}
            }
        }
        Ok(all)
    }

    fn ask(&self, validator: &JudgeGuest, test: &Test) -> Result<Validity, SandboxError> {
        let Ok(program) = &validator.program else {
            return Ok(Validity::Fault {
                message: validator.unusable().unwrap_or_default(),
            });
        };
        let mut files = Files::new();
        for file in &*test.files {
            put(&mut files, &file.name, file.bytes.as_slice().into());
        }
        let mut arguments = vec![validator.name.clone()];
        match self.subject {
            Subject::Input => {
                arguments.extend_from_slice(test.validator_args.of(&validator.name));
                arguments.extend_from_slice(&test.args);
            }
            Subject::Answer => {
                put(&mut files, INPUT, Arc::clone(&test.input));
                arguments.push(INPUT.to_owned());
                arguments.extend_from_slice(test.answer_validator_args.of(&validator.name));
            }
        }
        let request = Request {
            input: Arc::clone(self.text(test)),
            arguments: arguments.into(),
            files: Some(files),
        };
        let limits = validator.limits();
        let (execution, _) =
            (self.sandbox).execute_with(program, request, &limits, &Cancel::new())?;
        Ok(validator.validity(&execution))
    }

    /// Returns what they read of a test.
    fn text<'t>(&self, test: &'t Test) -> &'t Arc<[u8]> {
        match self.subject {
            Subject::Input => &test.input,
            Subject::Answer => &test.answer,
        }
    }
}

impl Validator {
    fn prepare(
        sandbox: &Sandbox,
        program: &JudgeProgram,
        limits: &JudgeLimits,
    ) -> Result<Self, SandboxError> {
        if program.language != JudgeLanguage::Checktestdata {
            return JudgeGuest::prepare(sandbox, program, limits).map(Self::Program);
        }
        let name = program.name.clone();
        let entry = program.entry.as_ref();
        let text = program.files.iter().find(|it| Some(&it.name) == entry);
        let script = match text {
            Some(text) => Checktestdata::parse(&text.bytes).map_err(|it| it.to_string()),
            None => Err("it is of several scripts".to_owned()),
        };
        Ok(Self::Script { name, script })
    }

    fn unusable(&self) -> Option<String> {
        match self {
            Self::Program(guest) => guest.unusable(),
            Self::Script { name, script } => {
                let reason = script.as_ref().err()?;
                Some(format!("script `{name}` is not usable: {reason}"))
            }
        }
    }
}

fn checked(name: &str, script: &Checktestdata, text: &[u8]) -> Validity {
    match script.check(text) {
        Ok(()) => Validity::Valid,
        Err(refusal @ CtdFailure::Refused { .. }) => Validity::Invalid {
            validator: name.to_owned(),
            message: Some(refusal.to_string()),
        },
        Err(fault @ CtdFailure::Fault { .. }) => Validity::Fault {
            message: format!("script `{name}` failed: {fault}"),
        },
    }
}
