//! What a package has to check its own tests with. Judging a submission needs none of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::{JudgeProgram, Test};

/// Validators of inputs and answers, and the data that they are tried on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Validation {
    /// Programs that must all accept every input, in byte order of name.
    pub input_validators: Vec<JudgeProgram>,
    /// Programs that must all accept every answer, likewise. Only BAPCtools has them.
    pub answer_validators: Vec<JudgeProgram>,
    /// Inputs that some input validator must refuse; their answers are empty.
    pub invalid_inputs: Vec<Test>,
    /// Answers that some answer validator must refuse. Only BAPCtools has them.
    pub invalid_answers: Vec<Test>,
    /// Outputs that the judge must refuse.
    pub invalid_outputs: Vec<OutputCase>,
    /// Outputs that the judge must accept.
    pub valid_outputs: Vec<OutputCase>,
}

/// An output whose judgement is known.
#[derive(Clone, Debug, PartialEq)]
pub struct OutputCase {
    /// The input and the answer.
    pub test: Test,
    /// The output.
    pub output: Arc<[u8]>,
}

/// The arguments of input validators, or of answer validators, for one test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValidatorArgs {
    /// Every validator gets these.
    All(Arc<[String]>),
    /// Those named get theirs, the others none.
    ByName(Arc<BTreeMap<String, Vec<String>>>),
}

impl ValidatorArgs {
    /// Returns the arguments of the validator of a name.
    pub fn of(&self, validator: &str) -> &[String] {
        match self {
            Self::All(args) => args,
            Self::ByName(args) => args.get(validator).map_or(&[], Vec::as_slice),
        }
    }
}

impl Default for ValidatorArgs {
    fn default() -> Self {
        Self::All(Arc::default())
    }
}
