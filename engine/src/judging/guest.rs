//! One program of a package that judges or validates: compiled, and called by its protocol.
//!
//! What its answer means is read in [`answer`](super::answer).

use riddle_problems::{JudgeLimits, JudgeProgram, Protocol};
use riddle_sandbox::{
    Calibration, Execution, Files, Language, Limits, Program, Sandbox, SandboxError,
};

use super::{answer::Answer, build::build, opinion::Opinion, validators::Validity};

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
}

impl JudgeGuest {
    pub(super) fn prepare(
        sandbox: &Sandbox,
        program: &JudgeProgram,
        limits: &JudgeLimits,
    ) -> Result<Self, SandboxError> {
        Ok(Self {
            name: program.name.clone(),
            protocol: program.protocol,
            limits: *limits,
            program: build(sandbox, program)?,
        })
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

    /// Returns what it did wrong, its name first.
    pub(super) fn fault_text(&self, execution: &Execution) -> String {
        self.answer(execution).fault_text()
    }

    fn answer<'a>(&'a self, execution: &'a Execution) -> Answer<'a> {
        Answer {
            name: &self.name,
            protocol: self.protocol,
            execution,
        }
    }
}
