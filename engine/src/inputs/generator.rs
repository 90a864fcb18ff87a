//! Inputs made by a program: a package's generator, or one's own; one run an input.
//!
//! It runs in the sandbox like any candidate, and all that it may do wrong is data: a run that fails makes no input and is
//! counted. Knows nothing of what the inputs are for, nor whether they are valid.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use riddle_problems::{JudgeLimits, Submission, Task};
use riddle_sandbox::{
    Calibration, Cancel, Digest, Ending, Execution, Files, Limits, Program, Request, Sandbox,
};

use super::{MadeTest, tests_of::LeftOut};
use crate::{EngineError, parts::Parts};

/// The time of one run: generators print, and do not search.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// The most bytes of one input.
const MAX_INPUT_BYTES: u64 = 64 << 20;

/// The most bytes of all inputs of a problem.
const MAX_ALL_INPUTS_BYTES: u64 = 1 << 30;

/// What is replaced by a seed in the arguments of a generator.
const SEED: &str = "{seed}";

/// The most characters of what a failing run says.
const MAX_SAID_CHARACTERS: usize = 200;

/// A program that prints an input.
#[derive(Clone, Copy, Debug)]
pub struct Generator<'a> {
    /// Its files, and its name for messages.
    pub program: &'a Submission,
    /// Arguments, parted by white space, one text a run in turn. `{seed}` in them is replaced by a number that belongs to
    /// the run; where none of them has it, the number is one more argument of each, since testlib's generators take all
    /// their choices from what their arguments are.
    pub arguments: &'a [String],
}

/// What came of all runs of a generator.
#[derive(Debug, Default)]
pub(super) struct Generated {
    pub(super) tests: Vec<MadeTest>,
    pub(super) failed: LeftOut,
    /// Inputs that an earlier run had made.
    pub(super) n_duplicates: u64,
}

/// Runs a generator `n_runs` times; what is made depends on the program, its arguments and `seed` alone.
pub(super) fn generate(
    sandbox: &Sandbox,
    generator: Generator<'_>,
    n_runs: usize,
    seed: u64,
) -> Result<Generated, EngineError> {
    let Generator { program, arguments } = generator;
    // Where the program lies is nothing that it should know, or inputs depend on.
    let name = program.path.trim_end_matches('/').rsplit('/').next();
    let name = name.unwrap_or_default();
    let cannot = |reason: String| EngineError::Config(format!("generator `{name}` {reason}"));
    let parts = Parts::of(program, &Task::default())
        .map_err(|reason| cannot(format!("cannot be run: {reason}")))?;
    let compiled = match parts.compile(sandbox)?.outcome {
        Ok(compiled) => compiled,
        Err(failure) => return Err(cannot(format!("does not compile: {}", failure.text))),
    };
    let limits = Limits {
        fuel: Calibration::of(parts.language).fuel_of(TIME_LIMIT),
        memory_bytes: JudgeLimits::default().memory_bytes,
        stdout_bytes: MAX_INPUT_BYTES,
        backstop: Limits::backstop_of(TIME_LIMIT),
        ..Limits::default()
    };
    let mut generated = Generated::default();
    let mut seen = BTreeSet::new();
    let mut n_bytes = 0;
    for run in 0..n_runs {
        let arguments = arguments_of(arguments, run, seed_of(seed, run));
        let origin = [&[name.to_owned()], &arguments[..]].concat().join(" ");
        let execution = execute(sandbox, &compiled, name, arguments, &limits)?;
        if let Some(reason) = failure(&execution) {
            generated.failed.add(|| format!("`{origin}` {reason}"));
            continue;
        }
        if !seen.insert(Digest::of(&execution.stdout)) {
            generated.n_duplicates += 1;
            continue;
        }
        n_bytes += execution.stdout.len() as u64;
        if n_bytes > MAX_ALL_INPUTS_BYTES {
            return Err(cannot(format!(
                "has made inputs of {n_bytes} bytes: the limit is {MAX_ALL_INPUTS_BYTES}"
            )));
        }
        generated.tests.push(MadeTest {
            input: execution.stdout.into(),
            origin,
            answer: None,
        });
    }
    Ok(generated)
}

fn execute(
    sandbox: &Sandbox,
    program: &Program,
    name: &str,
    arguments: Vec<String>,
    limits: &Limits,
) -> Result<Execution, EngineError> {
    let request = Request {
        input: Arc::default(),
        arguments: [vec![name.to_owned()], arguments].concat().into(),
        files: Some(Files::new()),
    };
    let (execution, _) = sandbox.execute_with(program, request, limits, &Cancel::new())?;
    Ok(execution)
}

/// Returns why a run made no input.
fn failure(execution: &Execution) -> Option<String> {
    let how = match &execution.ending {
        Ending::Ok if execution.stdout.is_empty() => "printed nothing".to_owned(),
        Ending::Ok => return None,
        Ending::Output => format!("printed more than {MAX_INPUT_BYTES} bytes"),
        Ending::Exit(code) => format!("exited with code {code}"),
        ending => format!("ended with `{}`", ending.name()),
    };
    let said = String::from_utf8_lossy(&execution.stderr);
    let said: String = said.trim().chars().take(MAX_SAID_CHARACTERS).collect();
    let said = said.replace(char::is_control, " ");
    Some(match said.as_str() {
        "" => how,
        said => format!("{how}: {said}"),
    })
}

/// Returns the seed of one run, which fits into an `int` of every language and is not negative.
fn seed_of(seed: u64, run: usize) -> u32 {
    let parts: [&[u8]; 2] = [&seed.to_le_bytes(), &(run as u64).to_le_bytes()];
    let digest = Digest::of_parts("riddle 2026-11-25 generator run", &parts);
    u32::from_le_bytes(std::array::from_fn(|index| digest.0[index])) >> 1
}

/// Returns the arguments of one run.
fn arguments_of(templates: &[String], run: usize, seed: u32) -> Vec<String> {
    let seed = seed.to_string();
    let template = match templates.len() {
        0 => "",
        n => &templates[run % n],
    };
    let words = template.split_whitespace();
    let mut arguments: Vec<String> = words.map(|it| it.replace(SEED, &seed)).collect();
    if !templates.iter().any(|it| it.contains(SEED)) {
        arguments.push(seed);
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(templates: &[&str], expected: [&str; 3]) {
        let templates: Vec<String> = templates.iter().map(|it| (*it).to_owned()).collect();
        let of = |run| arguments_of(&templates, run, 7).join(" ");
        assert_eq!([0, 1, 2].map(of), expected);
    }

    #[test]
    fn arguments_are_used_in_turn_and_have_a_seed() {
        check(&[], ["7", "7", "7"]);
        check(&["5  x"], ["5 x 7", "5 x 7", "5 x 7"]);
        check(&["5", "-n 9"], ["5 7", "-n 9 7", "5 7"]);
        check(
            &["5 --seed={seed}x", "1"],
            ["5 --seed=7x", "1", "5 --seed=7x"],
        );
    }

    #[test]
    fn seeds_differ_between_runs_and_are_ints() {
        let seeds: BTreeSet<u32> = (0..100).map(|run| seed_of(1, run)).collect();
        assert_eq!(seeds.len(), 100);
        assert!(seeds.iter().all(|it| i32::try_from(*it).is_ok()));
        assert_ne!(seed_of(1, 0), seed_of(2, 0));
    }
}
