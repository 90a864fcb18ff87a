//! What a program that judges or validates has said: by its exit code, and by what it wrote.
//!
//! Knows the two protocols (Kattis and testlib); not what the verdict on a submission comes to. All of it is hostile.

use riddle_problems::{Outcome, Protocol, Verdict};
use riddle_sandbox::{Ending, Execution, Files};

use super::{opinion::Opinion, validators::Validity};

/// The files in the folder for feedback that mean something (Kattis problem package format, "Output
/// Validator").
const MESSAGE: &str = "feedback/judgemessage.txt";
const SCORE: &str = "feedback/score.txt";
const MULTIPLIER: &str = "feedback/score_multiplier.txt";

/// What the text of a trap has in it when C or C++ aborts, which then has said why.
const ABORT: &str = "`unreachable`";

/// What one program did, to be read by its protocol.
pub(super) struct Answer<'a> {
    pub(super) name: &'a str,
    pub(super) protocol: Protocol,
    pub(super) execution: &'a Execution,
}

impl Answer<'_> {
    /// Reads what it says of an output.
    pub(super) fn opinion(&self, files: &Files) -> Opinion {
        match self.protocol {
            Protocol::Kattis => self.kattis(files),
            Protocol::Testlib => self.testlib(),
        }
    }

    fn kattis(&self, files: &Files) -> Opinion {
        let verdict = match self.execution.ending {
            Ending::Exit(42) => Verdict::Ac,
            Ending::Exit(43) => Verdict::Wa,
            _ => return self.fault(),
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
    fn testlib(&self) -> Opinion {
        let opinion = Opinion {
            message: Opinion::message(&self.execution.stderr),
            ..Opinion::of(Verdict::Ac)
        };
        let code = self.execution.ending.exit_code();
        if let Some(hundredths) = partly(&self.execution.stderr).filter(|it| code == Some(*it)) {
            return Opinion {
                multiplier: Some((f64::from(hundredths) / 100.0).min(1.0)),
                ..opinion
            };
        }
        match self.execution.ending {
            Ending::Ok => opinion,
            Ending::Exit(1 | 2 | 4 | 8) => Opinion {
                verdict: Verdict::Wa,
                ..opinion
            },
            Ending::Exit(5 | 7) => match points(&self.execution.stderr) {
                None => self.fault(),
                score => Opinion { score, ..opinion },
            },
            _ => self.fault(),
        }
    }

    /// Reads what it says of an input: one code accepts, others refuse.
    ///
    /// An assertion or exception that nothing catches is how a short validator in C or C++ refuses. What ends it in any
    /// other way says nothing of the input; nor does code 0 where that is not the one which accepts: a program that
    /// merely comes to its end has it.
    pub(super) fn validity(&self) -> Validity {
        let accepts = match self.protocol {
            Protocol::Kattis => 42,
            Protocol::Testlib => 0,
        };
        let refuses = match &self.execution.ending {
            ending if ending.exit_code() == Some(accepts) => return Validity::Valid,
            Ending::Exit(_) => true,
            Ending::Trap(text) => text.contains(ABORT) && self.execution.n_stderr_bytes > 0,
            _ => false,
        };
        if !refuses {
            return Validity::Fault {
                message: self.fault_text(),
            };
        }
        let said = Opinion::message(&self.execution.stderr);
        Validity::Invalid {
            validator: self.name.to_owned(),
            message: said.or_else(|| Opinion::message(&self.execution.stdout)),
        }
    }

    /// The program's own fault: nothing is said of the output.
    fn fault(&self) -> Opinion {
        Opinion::fault(self.fault_text())
    }

    pub(super) fn fault_text(&self) -> String {
        let how = match &self.execution.ending {
            Ending::Ok => "exited with code 0".to_owned(),
            Ending::Exit(code) => format!("exited with code {code}"),
            Ending::Trap(text) => format!("was ended: {text}"),
            Ending::Fuel => "took too long".to_owned(),
            Ending::Memory => "took too much memory".to_owned(),
            Ending::Output => "wrote too much".to_owned(),
            ending => format!("came to no end ({})", ending.name()),
        };
        let said = Opinion::message(&self.execution.stderr)
            .map_or_else(String::new, |it| format!(": {it}"));
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

/// Reads what a program that judges has said, as if it had just run: verdict, score, part of the most possible score, and
/// message. For the fuzz target of the protocols.
#[doc(hidden)]
pub fn read_judgement(
    protocol: Protocol,
    execution: &Execution,
    files: &Files,
) -> (Outcome, Option<String>) {
    let answer = Answer {
        name: "judge",
        protocol,
        execution,
    };
    let opinion = answer.opinion(files);
    let outcome = Outcome {
        verdict: opinion.verdict,
        score: opinion.score,
        multiplier: opinion.multiplier,
    };
    (outcome, opinion.message)
}

/// Reads what an input validator has said, likewise.
#[doc(hidden)]
pub fn read_validity(protocol: Protocol, execution: &Execution) -> Validity {
    let answer = Answer {
        name: "validator",
        protocol,
        execution,
    };
    answer.validity()
}
