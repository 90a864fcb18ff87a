//! The inputs on which survivors are told apart: made from what the search may see, and judged by what programs do.
//!
//! How an input is made is `riddle_problems`' to know; here it is decided which ways are used, and which inputs have
//! a say.

mod generator;
pub(crate) mod growth;
mod part;
pub mod split;
mod suspects;
mod tests_of;

use std::sync::Arc;

use riddle_clustering::Observation;
use riddle_problems::{
    Interaction, Task,
    inputs::{
        blend::{Origin, blended_inputs},
        grammar::Grammar,
        mutate::mutated_inputs,
    },
};
use riddle_sandbox::Execution;
use serde::{Deserialize, Serialize};

pub use self::{
    generator::Generator,
    tests_of::{LeftOut, MadeTest, Oracle, TestSet, TestSource, make_tests},
};
pub(crate) use self::{
    part::{Parted, part},
    suspects::voting,
};
use crate::{SearchConfig, record::ExecutionRecord};

/// How inputs are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum InputWay {
    /// By a grammar inferred from the public inputs and the statement, and by mutations; by these alone where no
    /// grammar fits.
    #[default]
    Inferred,
    /// By mutations of the public inputs alone, as AlphaCode made them.
    Mutations,
}

impl InputWay {
    /// What runs were made with before there was a choice.
    pub(crate) fn of_old() -> Self {
        Self::Mutations
    }
}

/// When two outputs on a generated input are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SameOutput {
    /// When their forms by the problem's checker are: white space, and whatever else the checker does not look at, is no
    /// behaviour.
    #[default]
    Form,
    /// When their bytes are.
    Bytes,
}

impl SameOutput {
    /// What runs were made with before there was a choice.
    pub(crate) fn of_old() -> Self {
        Self::Bytes
    }
}

/// A generated input.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    pub(crate) content: Arc<[u8]>,
    pub(crate) origin: Origin,
}

/// The inputs of a problem.
#[derive(Debug)]
pub(crate) struct Inputs {
    pub(crate) all: Vec<Input>,
    /// The grammar that was inferred, or why there is none.
    pub(crate) grammar: Result<Box<Grammar>, String>,
}

impl Inputs {
    /// Makes the inputs of a problem; none where a program does not behave on an input alone.
    pub(crate) fn of(task: &Task, config: &SearchConfig) -> Self {
        if !behave_alone(task) {
            return Self {
                all: Vec::new(),
                grammar: Err("programs are not run on an input alone".to_owned()),
            };
        }
        let public: Vec<&[u8]> = task.public_tests.iter().map(|it| &*it.input).collect();
        let seed = config.seed_of("inputs", &task.id);
        if config.inputs == InputWay::Mutations {
            let inputs = mutated_inputs(&public, config.n_inputs, seed);
            let inputs = inputs.into_iter().map(|bytes| Input {
                content: bytes.into(),
                origin: Origin::Mutation,
            });
            return Self {
                all: inputs.collect(),
                grammar: Err("none was asked for".to_owned()),
            };
        }
        let grammar = Grammar::infer(&public, task.statement.as_deref().unwrap_or_default());
        let inputs = blended_inputs(grammar.as_ref(), &public, config.n_inputs, seed);
        let inputs = inputs.into_iter().map(|it| Input {
            content: it.bytes.into(),
            origin: it.origin,
        });
        Self {
            all: inputs.collect(),
            grammar: grammar.map(Box::new).map_err(|it| it.to_string()),
        }
    }

    /// Takes inputs that were looked for by what programs did on these.
    pub(crate) fn extend(&mut self, parted: &Parted) {
        let found = parted.inputs.iter().map(|(content, origin, _)| Input {
            content: Arc::clone(content),
            origin: *origin,
        });
        self.all.extend(found);
    }

    /// Returns what programs read.
    pub(crate) fn contents(&self) -> Vec<Arc<[u8]>> {
        self.all.iter().map(|it| Arc::clone(&it.content)).collect()
    }
}

/// Whether a program's behaviour is seen on an input alone, with nobody to talk to and in one pass.
pub(crate) fn behave_alone(task: &Task) -> bool {
    let judging = &task.judging;
    judging.interaction == Interaction::None && judging.max_passes.get() == 1
}

/// Returns what an execution on a generated input did, as the matrix sees it.
pub fn observe(execution: &Execution, task: &Task, same_output: SameOutput) -> Observation {
    ExecutionRecord::of_behaviour(execution, task, same_output).observation()
}
