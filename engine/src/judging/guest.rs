//! One program of a package that judges or validates: compiled, and called by its protocol.
//!
//! What its answer means is read in [`answer`](super::answer).

use std::sync::Arc;

use riddle_problems::{JudgeLimits, JudgeProgram, Protocol};
use riddle_sandbox::{
    Calibration, Execution, Files, Language, Limits, Program, Sandbox, SandboxError,
};

use super::{
    answer::Answer,
    build::{Built, build},
    opinion::Opinion,
    validators::Validity,
};

/// Where a judge's program finds what it is given, and leaves what it says.
pub(super) const INPUT: &str = "/test/input";
pub(super) const ANSWER: &str = "/test/answer";
pub(super) const OUTPUT: &str = "/test/output";
pub(super) const FEEDBACK: &str = "/feedback/";

/// A judge's program that is ready, or the reason why it is not.
pub(super) struct JudgeGuest {
    pub(super) name: String,
    protocol: Protocol,
    limits: JudgeLimits,
    pub(super) program: Result<Program, String>,
    /// What it reads of its own while it runs, by path.
    own_files: Vec<(String, Arc<[u8]>)>,
}

impl JudgeGuest {
    pub(super) fn prepare(
        sandbox: &Sandbox,
        program: &JudgeProgram,
        limits: &JudgeLimits,
    ) -> Result<Self, SandboxError> {
        let (program_built, own_files) = match build(sandbox, program)? {
            Ok(Built { program, own_files }) => (Ok(program), own_files),
            Err(reason) => (Err(reason), Vec::new()),
        };
        Ok(Self {
            name: program.name.clone(),
            protocol: program.protocol,
            limits: *limits,
            program: program_built,
            own_files,
        })
    }

    /// Puts what it reads of its own among its files.
    pub(super) fn give_own_files(&self, files: &mut Files) {
        for (path, bytes) in &self.own_files {
            super::put(files, path, Arc::clone(bytes));
        }
    }

    /// Returns why it cannot be used, its name first.
    pub(super) fn unusable(&self) -> Option<String> {
        let reason = self.program.as_ref().err()?;
        Some(format!(
            "judge's program `{}` is not usable: {reason}",
            self.name
        ))
    }

    /// Returns the arguments that it judges an output with, its own name first.
    pub(super) fn arguments(&self, flags: &[String]) -> Vec<String> {
        let fixed: &[&str] = match self.protocol {
            Protocol::Kattis => &[INPUT, ANSWER, FEEDBACK],
            Protocol::Testlib => &[INPUT, OUTPUT, ANSWER],
        };
        let fixed = fixed.iter().map(|it| (*it).to_owned());
        let name = std::iter::once(self.name.clone());
        name.chain(fixed).chain(flags.iter().cloned()).collect()
    }

    pub(super) fn limits(&self) -> Limits {
        let language = self
            .program
            .as_ref()
            .map_or(Language::Cpp, Program::language);
        Limits {
            fuel: Calibration::of(language).fuel_of(self.limits.time),
            memory_bytes: self.limits.memory_bytes,
            stdout_bytes: self.limits.output_bytes,
            backstop: Limits::backstop_of(self.limits.time),
            ..Limits::default()
        }
    }

    /// Reads what it says of an output.
    pub(super) fn opinion(&self, execution: &Execution, files: &Files) -> Opinion {
        self.answer(execution).opinion(files)
    }

    /// Reads what it says of an input.
    pub(super) fn validity(&self, execution: &Execution) -> Validity {
        self.answer(execution).validity()
    }

    fn answer<'a>(&'a self, execution: &'a Execution) -> Answer<'a> {
        Answer {
            name: &self.name,
            protocol: self.protocol,
            execution,
        }
    }
}
