//! The programs of a package that check its inputs, ready to be asked.
//!
//! They run in the sandbox like any candidate. What is wrong with one of them is never a word on an input: only a
//! validator that refuses makes an input invalid. Knows nothing of submissions and outputs.

use std::sync::Arc;

use riddle_problems::{JudgeLimits, Test, Validation};
use riddle_sandbox::{Cancel, Files, Request, Sandbox, SandboxError};

use super::{guest::JudgeGuest, put};

/// What a package's validators say of an input.
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

/// The input validators of one problem, compiled once.
///
/// A problem may have none, and then every input is valid: see [`is_empty`](Self::is_empty).
pub struct Validators {
    sandbox: Arc<Sandbox>,
    all: Vec<JudgeGuest>,
}

impl Validators {
    /// Compiles a problem's validators. One that cannot be used is no error here: see
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
        let programs = validation.input_validators.iter();
        let all = programs.map(|it| JudgeGuest::prepare(sandbox, it, limits));
        Ok(Self {
            sandbox: Arc::clone(sandbox),
            all: all.collect::<Result<_, _>>()?,
        })
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
        self.all.iter().filter_map(JudgeGuest::unusable)
    }

    /// Asks all validators about an input that belongs to no test.
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

    /// Asks all validators about a test's input, each with the arguments that the test has for it, and with the
    /// test's files.
    ///
    /// # Errors
    ///
    /// As [`validate`](Self::validate).
    pub fn validate_test(&self, test: &Test) -> Result<Validity, SandboxError> {
        let mut all = Validity::Valid;
        for validator in &self.all {
            match self.ask(validator, test)? {
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
        validator.give_own_files(&mut files);
        for file in &*test.files {
            put(&mut files, &file.name, file.bytes.as_slice().into());
        }
        let name = std::iter::once(&validator.name);
        let args = test.validator_args.of(&validator.name);
        let request = Request {
            input: Arc::clone(&test.input),
            arguments: name.chain(args).chain(&*test.args).cloned().collect(),
            files: Some(files),
        };
        let limits = validator.limits();
        let (execution, _) =
            (self.sandbox).execute_with(program, request, &limits, &Cancel::new())?;
        Ok(validator.validity(&execution))
    }
}
