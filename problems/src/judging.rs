//! How an output is judged where the built-in checker is not enough: programs that come with the
//! problem, and who talks to whom.
//!
//! Only what there is to run. How a program runs, and what its exit code means in the end, is known
//! where there is a sandbox.

use std::fmt;
use std::num::NonZeroU32;
use std::time::Duration;

use crate::SourceFile;

/// What decides whether an output is right.
///
/// Default: the task's [`Checker`](crate::Checker), once, on what the program printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judging {
    /// Who decides.
    pub judge: Judge,
    /// Who talks to the program while it runs.
    pub interaction: Interaction,
    /// How often the program may run on one test, each time on what the judge wrote for it. 1 where
    /// the problem is not multi-pass.
    pub max_passes: NonZeroU32,
    /// Whether a submission is the answers themselves and not a program.
    pub submit_answer: bool,
    /// The program that judges a submission's text before it runs.
    pub static_validator: Option<JudgeProgram>,
    /// The program that grades the groups that say so.
    pub grader: Option<JudgeProgram>,
    /// What a judge program may use.
    pub limits: JudgeLimits,
}

/// Who decides whether an output is right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Judge {
    /// The built-in checker of the task, or of the single test where that has its own.
    #[default]
    Checker,
    /// Programs of the package, which must all accept. None where the package says that it has one
    /// and does not.
    Programs(Vec<JudgeProgram>),
    /// One of testlib's standard checkers by its name, for example `ncmp`. The program is the
    /// package's copy of it, where there is one.
    Standard {
        /// The name, without path and ending.
        name: String,
        /// The package's copy.
        program: Option<JudgeProgram>,
    },
}

/// Who talks to the program while it runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Interaction {
    /// Nobody: the input is there from the start.
    #[default]
    None,
    /// The judge itself, which decides at the end.
    Judge,
    /// A program of its own, whose log the judge then reads as the output.
    Interactor(JudgeProgram),
}

/// What a judge program may use on one output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JudgeLimits {
    /// Time. Default: 60 s.
    pub time: Duration,
    /// Memory, in bytes. Default: 2,048 MiB.
    pub memory_bytes: u64,
    /// All that it writes, in bytes. Default: 8 MiB.
    pub output_bytes: u64,
}

/// A program of the package that judges, validates or grades.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JudgeProgram {
    /// Its file's or folder's name, by which the package refers to it.
    pub name: String,
    /// What it is written in, as far as the endings tell.
    pub language: JudgeLanguage,
    /// How it is called and how it answers.
    pub protocol: Protocol,
    /// Where it starts, where one file stands out: a name among `files`.
    pub entry: Option<String>,
    /// Its files, headers included: at least one, in byte order of name.
    pub files: Vec<SourceFile>,
}

/// What a judge program is written in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JudgeLanguage {
    /// C.
    C,
    /// C++.
    Cpp,
    /// Python 3.
    Python,
    /// A shell script `build` or `run` makes or is the program.
    Script,
    /// DOMjudge's language for the format of an input (`.ctd`).
    Checktestdata,
    /// David Van Brackle's language for the same (`.viva`).
    Viva,
    /// Anything else, or several at once: codes of the format's table, joined by `, `.
    Other(String),
}

/// How a judge program is called and how it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// `validator input answer feedback/ args… < output`, and `validator args… < input` for inputs;
    /// exit code 42 accepts, 43 refuses.
    Kattis,
    /// `checker input output answer`, `interactor input output`, `validator < input`; exit code 0
    /// accepts, others refuse as testlib has them.
    Testlib,
}

impl Judging {
    /// Returns true if the built-in checker decides alone on what one run printed.
    pub fn is_built_in(&self) -> bool {
        self.judge == Judge::Checker
            && self.interaction == Interaction::None
            && self.max_passes == NonZeroU32::MIN
            && !self.submit_answer
    }

    /// Returns the programs that take part, the interactor last.
    pub fn programs(&self) -> impl Iterator<Item = &JudgeProgram> {
        let judges: &[JudgeProgram] = match &self.judge {
            Judge::Checker => &[],
            Judge::Programs(programs) => programs,
            Judge::Standard { program, .. } => program.as_slice(),
        };
        let interactor = match &self.interaction {
            Interaction::Interactor(program) => Some(program),
            Interaction::None | Interaction::Judge => None,
        };
        judges.iter().chain(interactor)
    }
}

impl Default for Judging {
    fn default() -> Self {
        Self {
            judge: Judge::Checker,
            interaction: Interaction::None,
            max_passes: NonZeroU32::MIN,
            submit_answer: false,
            static_validator: None,
            grader: None,
            limits: JudgeLimits::default(),
        }
    }
}

impl Default for JudgeLimits {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(60),
            memory_bytes: 2048 << 20,
            output_bytes: 8 << 20,
        }
    }
}

impl fmt::Display for Judging {
    /// Writes the kind in a few words: `interactive multi-pass output validation`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.submit_answer {
            f.write_str("submit-answer ")?;
        }
        if self.interaction != Interaction::None {
            f.write_str("interactive ")?;
        }
        if self.max_passes > NonZeroU32::MIN {
            f.write_str("multi-pass ")?;
        }
        match &self.judge {
            Judge::Checker => f.write_str("default output validation"),
            Judge::Programs(_) => f.write_str("custom output validation"),
            Judge::Standard { name, .. } => write!(f, "output validation by testlib's `{name}`"),
        }
    }
}

impl fmt::Display for JudgeLanguage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::C => "C",
            Self::Cpp => "C++",
            Self::Python => "Python",
            Self::Script => "shell script",
            Self::Checktestdata => "Checktestdata",
            Self::Viva => "VIVA",
            Self::Other(codes) => codes,
        })
    }
}
