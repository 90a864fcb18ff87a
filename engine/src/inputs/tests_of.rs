//! Test sets for people: generated inputs, and the answers of a program that is trusted.

use std::sync::Arc;

use riddle_problems::{Task, TimeLimit, Verdict};
use riddle_sandbox::{Ending, Language, Sandbox};

use super::{Inputs, behave_alone};
use crate::{
    EngineError, SearchConfig,
    evaluate::limits,
    judging::{Judges, run_input},
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

/// Generated inputs of one problem.
#[derive(Clone, Debug)]
pub struct TestSet {
    /// The grammar that was inferred, as it explains itself, or why there is none.
    pub grammar: Result<String, String>,
    /// The inputs, the most telling first.
    pub tests: Vec<MadeTest>,
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

/// Makes inputs by what `config` says, and takes the oracle's answers where there is one. `sandbox` is opened only for
/// an oracle.
///
/// # Errors
///
/// Returns an error if the problem's programs do not behave on an input alone, if the oracle does not compile or does not
/// pass the public tests, or on a fault of ours.
pub fn make_tests(
    task: &Arc<Task>,
    config: &SearchConfig,
    oracle: Option<(&Arc<Sandbox>, Oracle<'_>)>,
) -> Result<TestSet, EngineError> {
    if !behave_alone(task) {
        let reason = format!(
            "no inputs are generated for a problem with {}",
            task.judging
        );
        return Err(EngineError::Config(reason));
    }
    let inputs = Inputs::of(task, config);
    let tests = inputs.all.into_iter().map(|it| MadeTest {
        input: it.content,
        origin: it.origin.to_string(),
        answer: None,
    });
    let mut set = TestSet {
        grammar: inputs.grammar.map(|it| it.to_string()),
        tests: tests.collect(),
        unanswered: Vec::new(),
    };
    if let Some((sandbox, oracle)) = oracle {
        answer(&mut set, task, config, sandbox, oracle)?;
    }
    Ok(set)
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
