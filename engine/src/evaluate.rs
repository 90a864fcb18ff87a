//! One candidate through compiler, public tests and generated inputs: the work of one job.
//!
//! Knows no private test, no other candidate but by the artifact that they share, and no order.

use std::{
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use dashmap::DashMap;
use riddle_clustering::EndingClass;
use riddle_problems::{Checker, Task, Test, Verdict};
use riddle_sandbox::{
    Calibration, Cancel, CompileFailure, Digest, Language, Limits, Program, Sandbox, SandboxError,
};

use crate::{record::ExecutionRecord, verdict::verdict};

/// The backstop is this many times the expected time of an execution that uses up its fuel …
const BACKSTOP_FACTOR: u32 = 4;
/// … and never below this.
const MIN_BACKSTOP: Duration = Duration::from_secs(30);

/// What every candidate of one problem is put through.
pub(crate) struct Trials {
    sandbox: Arc<Sandbox>,
    task: Arc<Task>,
    time_limit: Duration,
    inputs: Vec<Arc<[u8]>>,
    /// Trials of artifacts seen so far: a candidate that comes out as the same program waits for the
    /// first one's result. One entry an artifact.
    seen: DashMap<Digest, Arc<OnceLock<Arc<Trial>>>>,
}

/// What came of one candidate.
pub(crate) struct Evaluation {
    pub(crate) outcome: Outcome,
    pub(crate) compile_cpu_time: Duration,
    pub(crate) was_stored: bool,
}

/// How far a candidate came.
pub(crate) enum Outcome {
    /// It did not compile.
    NotCompiled(CompileFailure),
    /// There is no toolchain for its language here; the text says why.
    NoToolchain(String),
    /// It was tried.
    Tried(Arc<Trial>),
}

/// What one program did.
pub(crate) struct Trial {
    pub(crate) artifact: Digest,
    pub(crate) public: Vec<TestResult>,
    /// What it did on the generated inputs; empty unless it passed the public tests.
    pub(crate) behaviours: Vec<ExecutionRecord>,
    pub(crate) execute_cpu_time: Duration,
    /// Whether the shared runtime could not serve it.
    pub(crate) is_static: bool,
}

impl Trial {
    /// Returns the verdict on the public tests: of the first that failed, or `AC`.
    pub(crate) fn verdict(&self) -> Verdict {
        self.public.last().map_or(Verdict::Ac, |it| it.verdict)
    }

    /// Returns true if the wall clock ended one of its executions.
    pub(crate) fn met_backstop(&self) -> bool {
        let records = self.public.iter().map(|it| &it.record);
        records
            .chain(&self.behaviours)
            .any(|it| it.ending == EndingClass::Unknown)
    }

    /// Returns one digest of all that it did on the generated inputs; equal for one cluster.
    pub(crate) fn behaviour(&self) -> Digest {
        let parts: Vec<Vec<u8>> = self
            .behaviours
            .iter()
            .map(|it| match it.ending {
                EndingClass::Ok => it.output.0.to_vec(),
                ending => vec![ending as u8],
            })
            .collect();
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        Digest::of_parts("riddle 2026-11-24 behaviour", &parts)
    }

    pub(crate) fn records(&self) -> impl Iterator<Item = &ExecutionRecord> {
        self.public
            .iter()
            .map(|it| &it.record)
            .chain(&self.behaviours)
    }
}

/// What a program did on one test.
pub(crate) struct TestResult {
    pub(crate) verdict: Verdict,
    pub(crate) record: ExecutionRecord,
    pub(crate) cpu_time: Duration,
}

impl Trials {
    pub(crate) fn new(
        sandbox: Arc<Sandbox>,
        task: Arc<Task>,
        time_limit: Duration,
        inputs: Vec<Arc<[u8]>>,
    ) -> Self {
        Self {
            sandbox,
            task,
            time_limit,
            inputs,
            seen: DashMap::new(),
        }
    }

    /// Compiles a candidate and tries it, unless an equal program was tried already.
    pub(crate) fn evaluate(
        &self,
        language: Language,
        source: &[u8],
    ) -> Result<Evaluation, SandboxError> {
        let compiled = match self.sandbox.compile(language, source) {
            Ok(compiled) => compiled,
            Err(error @ SandboxError::NoToolchain { .. }) => {
                return Ok(Evaluation {
                    outcome: Outcome::NoToolchain(error.to_string()),
                    compile_cpu_time: Duration::ZERO,
                    was_stored: false,
                });
            }
            Err(error) => return Err(error),
        };
        let outcome = match compiled.outcome {
            Err(failure) => Outcome::NotCompiled(failure),
            Ok(program) => Outcome::Tried(self.try_once(&program)?),
        };
        Ok(Evaluation {
            outcome,
            compile_cpu_time: compiled.cpu_time,
            was_stored: compiled.was_stored,
        })
    }

    fn try_once(&self, program: &Program) -> Result<Arc<Trial>, SandboxError> {
        let cell = Arc::clone(&self.seen.entry(program.digest()).or_default());
        let fault = Mutex::new(None);
        let trial = cell.get_or_init(|| match self.try_program(program) {
            Ok(trial) => Arc::new(trial),
            Err(error) => {
                *fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                // Never used: the fault ends the search.
                Arc::new(Trial {
                    artifact: program.digest(),
                    public: Vec::new(),
                    behaviours: Vec::new(),
                    execute_cpu_time: Duration::ZERO,
                    is_static: false,
                })
            }
        });
        match fault.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(error) => Err(error),
            None => Ok(Arc::clone(trial)),
        }
    }

    fn try_program(&self, program: &Program) -> Result<Trial, SandboxError> {
        let limits = limits(&self.task, self.time_limit, program.language());
        let public = run_tests(
            &self.sandbox,
            program,
            &limits,
            &self.task.checker,
            self.task.public_tests.iter(),
        )?;
        let mut trial = Trial {
            artifact: program.digest(),
            execute_cpu_time: public.iter().map(|it| it.cpu_time).sum(),
            public,
            behaviours: Vec::new(),
            is_static: program.static_reason().is_some(),
        };
        if trial.verdict() == Verdict::Ac {
            for input in &self.inputs {
                let execution =
                    self.sandbox
                        .execute(program, Arc::clone(input), &limits, &Cancel::new())?;
                trial.execute_cpu_time += execution.cpu_time;
                trial.behaviours.push(ExecutionRecord::of(&execution));
            }
        }
        Ok(trial)
    }
}

/// Runs tests in order up to the first that fails, that one included.
pub(crate) fn run_tests<'a>(
    sandbox: &Sandbox,
    program: &Program,
    limits: &Limits,
    checker: &Checker,
    tests: impl Iterator<Item = &'a Test>,
) -> Result<Vec<TestResult>, SandboxError> {
    let mut results = Vec::new();
    for test in tests {
        let execution =
            sandbox.execute(program, Arc::clone(&test.input), limits, &Cancel::new())?;
        let result = TestResult {
            verdict: verdict(
                &execution,
                test.checker.as_ref().unwrap_or(checker),
                &test.answer,
            ),
            record: ExecutionRecord::of(&execution),
            cpu_time: execution.cpu_time,
        };
        let failed = result.verdict != Verdict::Ac;
        results.push(result);
        if failed {
            break;
        }
    }
    Ok(results)
}

/// Turns a task's limits into those of one execution.
pub(crate) fn limits(task: &Task, time_limit: Duration, language: Language) -> Limits {
    Limits {
        fuel: Calibration::of(language).fuel_of(time_limit),
        memory_bytes: task.limits.memory_bytes,
        stdout_bytes: task.limits.output_bytes,
        wall_time: (time_limit * BACKSTOP_FACTOR).max(MIN_BACKSTOP),
        ..Limits::default()
    }
}
