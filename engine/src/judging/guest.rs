//! One program of a package that judges: compiled, called by its protocol, and its answer read.
//!
//! Knows the two protocols (Kattis and testlib); not what the verdict on a submission comes to.

use std::sync::Arc;

use riddle_problems::{JudgeLimits, JudgeProgram, Protocol, Verdict};
use riddle_sandbox::{
    Calibration, Ending, Execution, Files, Language, Limits, Program, Sandbox, SandboxError,
};

use super::{
    build::{Built, build},
    opinion::Opinion,
    validators::Validity,
};

/// Where a judge's program finds what it is given, and leaves what it says.
pub(super) const INPUT: &str = "/test/input";
pub(super) const ANSWER: &str = "/test/answer";
pub(super) const OUTPUT: &str = "/test/output";
pub(super) const FEEDBACK: &str = "/feedback/";

/// The files in the folder for feedback that mean something (Kattis problem package format, "Output
/// Validator").
const MESSAGE: &str = "feedback/judgemessage.txt";
const SCORE: &str = "feedback/score.txt";
const MULTIPLIER: &str = "feedback/score_multiplier.txt";

/// What the text of a trap has in it when C or C++ aborts, which then has said why.
const ABORT: &str = "`unreachable`";

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
        match self.protocol {
            Protocol::Kattis => self.kattis(execution, files),
            Protocol::Testlib => self.testlib(execution),
        }
    }

    fn kattis(&self, execution: &Execution, files: &Files) -> Opinion {
        let verdict = match execution.ending {
            Ending::Exit(42) => Verdict::Ac,
            Ending::Exit(43) => Verdict::Wa,
            _ => return self.fault(execution),
        };
        let number = |path| files.get(path).map(finite).transpose();
        let (Ok(score), Ok(multiplier)) = (number(SCORE), number(MULTIPLIER)) else {
            let name = &self.name;
            return Opinion::fault(format!(
                "judge's program `{name}` wrote a score that is no number"
            ));
        };
        Opinion {
            score,
            multiplier,
            message: files.get(MESSAGE).and_then(Opinion::message),
            ..Opinion::of(verdict)
        }
    }

    /// The exit codes of testlib: 0 right; 1 wrong, 2 presentation, 4 too much, 8 too little; 3 its own failure; 5
    /// and 7 points. What is right in part has its hundredths for a code, which only the message tells from these.
    fn testlib(&self, execution: &Execution) -> Opinion {
        let opinion = Opinion {
            message: Opinion::message(&execution.stderr),
            ..Opinion::of(Verdict::Ac)
        };
        let code = execution.ending.exit_code();
        if let Some(hundredths) = partly(&execution.stderr).filter(|it| code == Some(*it)) {
            return Opinion {
                multiplier: Some((f64::from(hundredths) / 100.0).min(1.0)),
                ..opinion
            };
        }
        match execution.ending {
            Ending::Ok => opinion,
            Ending::Exit(1 | 2 | 4 | 8) => Opinion {
                verdict: Verdict::Wa,
                ..opinion
            },
            Ending::Exit(5 | 7) => match points(&execution.stderr) {
                None => self.fault(execution),
                score => Opinion { score, ..opinion },
            },
            _ => self.fault(execution),
        }
    }

    /// Reads what it says of an input: one code accepts, others refuse.
    ///
    /// An assertion or exception that nothing catches is how a short validator in C or C++ refuses. What ends it in any
    /// other way says nothing of the input; nor does code 0 where that is not the one which accepts: a program that
    /// merely comes to its end has it.
    pub(super) fn validity(&self, execution: &Execution) -> Validity {
        let accepts = match self.protocol {
            Protocol::Kattis => 42,
            Protocol::Testlib => 0,
        };
        let refuses = match &execution.ending {
            ending if ending.exit_code() == Some(accepts) => return Validity::Valid,
            Ending::Exit(_) => true,
            Ending::Trap(text) => text.contains(ABORT) && execution.n_stderr_bytes > 0,
            _ => false,
        };
        if !refuses {
            return Validity::Fault {
                message: self.fault_text(execution),
            };
        }
        let said = Opinion::message(&execution.stderr);
        Validity::Invalid {
            validator: self.name.clone(),
            message: said.or_else(|| Opinion::message(&execution.stdout)),
        }
    }

    /// The program's own fault: nothing is said of the output.
    fn fault(&self, execution: &Execution) -> Opinion {
        Opinion::fault(self.fault_text(execution))
    }

    fn fault_text(&self, execution: &Execution) -> String {
        let how = match &execution.ending {
            Ending::Ok => "exited with code 0".to_owned(),
            Ending::Exit(code) => format!("exited with code {code}"),
            Ending::Trap(text) => format!("was ended: {text}"),
            Ending::Fuel => "took too long".to_owned(),
            Ending::Memory => "took too much memory".to_owned(),
            Ending::Output => "wrote too much".to_owned(),
            ending => format!("came to no end ({})", ending.name()),
        };
        let said =
            Opinion::message(&execution.stderr).map_or_else(String::new, |it| format!(": {it}"));
        format!("judge's program `{}` {how}{said}", self.name)
    }
}

fn finite(text: &[u8]) -> Result<f64, ()> {
    let text = std::str::from_utf8(text).map_err(|_| ())?;
    let number = text.trim().parse().ok();
    number.filter(|it: &f64| it.is_finite()).ok_or(())
}

/// Returns the hundredths of a message of testlib's about what is right in part: `partially correct (30) most`.
fn partly(stderr: &[u8]) -> Option<i32> {
    let text = String::from_utf8_lossy(stderr);
    let (_, rest) = text.split_once("partially correct (")?;
    rest.split_once(')')?.0.parse().ok()
}

/// Returns the first number of a message of testlib's that gives points: `points 12.5 well done`.
fn points(stderr: &[u8]) -> Option<f64> {
    let text = String::from_utf8_lossy(stderr);
    text.split_whitespace()
        .find_map(|it| it.parse().ok())
        .filter(|it: &f64| it.is_finite())
}
