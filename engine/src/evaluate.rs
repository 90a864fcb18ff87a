//! One candidate through compiler, public tests and generated inputs: the work of one job.
//!
//! Knows no private test, no other candidate but by the artifact that they share, and no order.

use std::{
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use dashmap::DashMap;
use riddle_clustering::EndingClass;
use riddle_problems::{Task, Verdict};
use riddle_sandbox::{
    Calibration, CompileFailure, Digest, Language, Limits, Program, SandboxError,
};

use crate::{
    SameOutput,
    judging::{Judges, run_input},
    record::ExecutionRecord,
};

/// What every candidate of one problem is put through.
pub(crate) struct Trials {
    judges: Arc<Judges>,
    time_limit: Duration,
    inputs: Vec<Arc<[u8]>>,
    same_output: SameOutput,
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
    /// Public tests that were not run, since it had failed before.
    pub(crate) n_cancelled: u64,
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

    /// Returns true if the backstop ended one of its executions.
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
#[derive(Clone, Debug)]
pub(crate) struct TestResult {
    pub(crate) verdict: Verdict,
    /// The score that the judge gave.
    pub(crate) score: Option<f64>,
    /// The part of the test's most possible score that the judge gave, from 0 to 1.
    pub(crate) multiplier: Option<f64>,
    /// What the judge said.
    pub(crate) message: Option<String>,
    pub(crate) record: ExecutionRecord,
    pub(crate) cpu_time: Duration,
}

impl TestResult {
    /// Returns true if the backstop ended the execution.
    pub(crate) fn met_backstop(&self) -> bool {
        self.record.ending == EndingClass::Unknown && self.verdict == Verdict::Je
    }

    pub(crate) fn outcome(&self) -> riddle_problems::Outcome {
        riddle_problems::Outcome {
            verdict: self.verdict,
            score: self.score,
            multiplier: self.multiplier,
        }
    }
}

impl Trials {
    pub(crate) fn new(
        judges: Arc<Judges>,
        time_limit: Duration,
        inputs: Vec<Arc<[u8]>>,
        same_output: SameOutput,
    ) -> Self {
        Self {
            judges,
            time_limit,
            inputs,
            same_output,
            seen: DashMap::new(),
        }
    }

    /// Compiles a candidate and tries it, unless an equal program was tried already.
    pub(crate) fn evaluate(
        &self,
        language: Language,
        source: &[u8],
    ) -> Result<Evaluation, SandboxError> {
        let compiled = match self.judges.sandbox().compile(language, source) {
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
                    n_cancelled: 0,
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
        let task = self.judges.task();
        let limits = limits(task, self.time_limit, program.language());
        let public = (self.judges).run_tests(program, &limits, task.public_tests.iter())?;
        let mut trial = Trial {
            artifact: program.digest(),
            execute_cpu_time: public.iter().map(|it| it.cpu_time).sum(),
            n_cancelled: (task.public_tests.len() - public.len()) as u64,
            public,
            behaviours: Vec::new(),
            is_static: program.static_reason().is_some(),
        };
        if trial.verdict() == Verdict::Ac {
            for input in &self.inputs {
                let input = Arc::clone(input);
                let execution = run_input(self.judges.sandbox(), task, program, &limits, input)?;
                trial.execute_cpu_time += execution.cpu_time;
                let record = ExecutionRecord::of_behaviour(&execution, task, self.same_output);
                trial.behaviours.push(record);
            }
        }
        Ok(trial)
    }
}

/// Turns a task's limits into those of one execution.
pub(crate) fn limits(task: &Task, time_limit: Duration, language: Language) -> Limits {
    Limits {
        fuel: Calibration::of(language).fuel_of(time_limit),
        memory_bytes: task.limits.memory_bytes,
        stdout_bytes: task.limits.output_bytes,
        backstop: Limits::backstop_of(time_limit),
        ..Limits::default()
    }
}
