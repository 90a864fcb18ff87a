//! Test sets for people: generated inputs that the problem's validators accept, and the answers of a program that is
//! trusted.

use std::sync::Arc;

use riddle_problems::{Task, TimeLimit, Verdict};
use riddle_sandbox::{Ending, Language, Sandbox};

use super::{
    Inputs, behave_alone,
    generator::{Generated, Generator, generate},
};
use crate::{
    EngineError, SearchConfig,
    evaluate::limits,
    judging::{Judges, Validators, Validity, run_input},
};

/// A program that is trusted.
#[derive(Clone, Copy, Debug)]
pub struct Oracle<'a> {
    /// Its name, for messages.
    pub name: &'a str,
    /// Its language.
    pub language: Language,
    /// Its text.
    pub source: &'a [u8],
}

/// Where inputs come from, and what is asked about them.
#[derive(Clone, Copy, Default)]
pub struct TestSource<'a> {
    /// What runs the programs below.
    pub sandbox: Option<&'a Arc<Sandbox>>,
    /// A program that makes the inputs, in the place of grammar and mutations.
    pub generator: Option<Generator<'a>>,
    /// Who must accept each input.
    pub validators: Option<&'a Validators>,
    /// Whose answers are taken.
    pub oracle: Option<Oracle<'a>>,
}

/// What was left out for one reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// How much.
    pub n: u64,
    /// What was said of the first.
    pub first: Option<String>,
}

impl LeftOut {
    pub(super) fn add(&mut self, message: impl FnOnce() -> String) {
        self.n += 1;
        self.first.get_or_insert_with(message);
    }
}

/// Generated inputs of one problem.
#[derive(Clone, Debug)]
pub struct TestSet {
    /// The grammar that was inferred, as it explains itself, or why there is none.
    pub grammar: Result<String, String>,
    /// The inputs, the most telling first, or in the order of the generator's runs.
    pub tests: Vec<MadeTest>,
    /// Runs of the generator that failed.
    pub failed: LeftOut,
    /// Runs of the generator that made what an earlier one had made.
    pub n_duplicates: u64,
    /// Inputs that a validator refuses.
    pub refused: LeftOut,
    /// Inputs that none refuses, while a validator failed or cannot be run.
    pub unknown: LeftOut,
    /// Inputs that the oracle did not answer, and how it ended on them.
    pub unanswered: Vec<(MadeTest, &'static str)>,
}

/// A generated input.
#[derive(Clone, Debug)]
pub struct MadeTest {
    /// The input.
    pub input: Arc<[u8]>,
    /// How it was made.
    pub origin: String,
    /// What the oracle prints.
    pub answer: Option<Vec<u8>>,
}

/// Makes `config.n_inputs` inputs at most, by a generator or by what `config` says, leaves out those that a validator does
/// not accept, and takes the oracle's answers where there is one.
///
/// # Errors
///
/// Returns an error if the problem's programs do not behave on an input alone and the inputs are not a generator's, if the
/// generator or the oracle does not compile, if the oracle does not pass the public tests, or on a fault of ours.
///
/// # Panics
///
/// Panics if there is a generator or an oracle, and no sandbox.
pub fn make_tests(
    task: &Arc<Task>,
    config: &SearchConfig,
    source: &TestSource<'_>,
) -> Result<TestSet, EngineError> {
    let sandbox = || source.sandbox.expect("programs need a sandbox");
    if !behave_alone(task) && (source.generator.is_none() || source.oracle.is_some()) {
        let reason = format!(
            "no inputs are generated for a problem with {}",
            task.judging
        );
        return Err(EngineError::Config(reason));
    }
    let mut set = match source.generator {
        Some(generator) => {
            let seed = config.seed_of("generator", &task.id);
            TestSet::generated(generate(sandbox(), generator, config.n_inputs, seed)?)
        }
        None => TestSet::inferred(task, config),
    };
    if let Some(validators) = source.validators {
        validate(&mut set, validators)?;
    }
    if let Some(oracle) = source.oracle {
        answer(&mut set, task, config, sandbox(), oracle)?;
    }
    Ok(set)
}

impl TestSet {
    fn inferred(task: &Task, config: &SearchConfig) -> Self {
        let inputs = Inputs::of(task, config);
        let tests = inputs.all.into_iter().map(|it| MadeTest {
            input: it.content,
            origin: it.origin.to_string(),
            answer: None,
        });
        Self {
            grammar: inputs.grammar.map(|it| it.to_string()),
            ..Self::of(tests.collect())
        }
    }

    fn generated(generated: Generated) -> Self {
        Self {
            failed: generated.failed,
            n_duplicates: generated.n_duplicates,
            ..Self::of(generated.tests)
        }
    }

    fn of(tests: Vec<MadeTest>) -> Self {
        Self {
            grammar: Err("a program makes the inputs".to_owned()),
            tests,
            failed: LeftOut::default(),
            n_duplicates: 0,
            refused: LeftOut::default(),
            unknown: LeftOut::default(),
            unanswered: Vec::new(),
        }
    }
}

/// Leaves out the inputs that the validators do not accept.
fn validate(set: &mut TestSet, validators: &Validators) -> Result<(), EngineError> {
    for test in std::mem::take(&mut set.tests) {
        match validators.validate(&test.input)? {
            Validity::Valid => set.tests.push(test),
            Validity::Invalid { validator, message } => set.refused.add(|| {
                let message = message.map_or_else(String::new, |it| format!(": {it}"));
                format!("{validator}{message}")
            }),
            Validity::Fault { message } => set.unknown.add(|| message),
        }
    }
    Ok(())
}

/// Takes the oracle's answers; inputs that it does not answer are set aside.
fn answer(
    set: &mut TestSet,
    task: &Arc<Task>,
    config: &SearchConfig,
    sandbox: &Arc<Sandbox>,
    oracle: Oracle<'_>,
) -> Result<(), EngineError> {
    let Oracle {
        name,
        language,
        source,
    } = oracle;
    let cannot = |reason: String| EngineError::Config(format!("oracle `{name}` {reason}"));
    let program = match sandbox.compile(language, source)?.outcome {
        Ok(program) => program,
        Err(failure) => return Err(cannot(format!("does not compile: {}", failure.text))),
    };
    let time_limit = match task.limits.time {
        TimeLimit::Declared(limit) => limit,
        TimeLimit::FromAccepted { .. } | TimeLimit::Unstated => config.default_time_limit,
    };
    let limits = limits(task, time_limit, language);
    let judges = Judges::prepare(sandbox, task)?;
    if let Some(reason) = judges.unusable().next() {
        return Err(cannot(format!(
            "cannot be tried on the public tests: {reason}"
        )));
    }
    let results = judges.run_tests(&program, &limits, task.public_tests.iter())?;
    let failed = results.iter().zip(&task.public_tests);
    if let Some((result, test)) = failed.clone().find(|it| it.0.verdict != Verdict::Ac) {
        let (test, verdict) = (&test.name, result.verdict);
        return Err(cannot(format!(
            "does not pass the public test `{test}`: {verdict}"
        )));
    }
    for mut test in std::mem::take(&mut set.tests) {
        let input = Arc::clone(&test.input);
        let execution = run_input(sandbox, task, &program, &limits, input)?;
        if execution.ending == Ending::Ok {
            test.answer = Some(execution.stdout);
            set.tests.push(test);
        } else {
            set.unanswered.push((test, execution.ending.name()));
        }
    }
    Ok(())
}
