//! A problem in memory: the task that every stage may see, and the private tests that only the
//! scorer opens.
//!
//! Nothing here knows where a problem came from or what a program is.

use std::fmt;
use std::sync::Arc;

use crate::{
    Checker, Format, GroupRule, Interaction, Judge, JudgeProgram, Judging, SourceFile, TaskLimits,
    TestGroup, Validation, ValidatorArgs,
};

/// What [`crate::load`] returns.
#[derive(Clone, Debug)]
pub struct Problem {
    /// All that sampling, filtering, clustering and selection may see.
    pub task: Task,
    /// The tests that decide whether a submission is right.
    pub private: PrivateTests,
    /// The groups that public and private tests are in, and how they are graded.
    pub groups: TestGroup,
    /// What the package has to check its own tests with.
    pub validation: Validation,
    /// What was missing or odd and did not stop the load: one fragment each, in a fixed order.
    pub warnings: Vec<String>,
}

/// A problem without its private tests.
#[derive(Clone, Debug, Default)]
pub struct Task {
    /// The name of the problem's folder.
    pub id: String,
    /// The title people know it by.
    pub title: Option<String>,
    /// The statement as the problem has it: Markdown, LaTeX or plain text.
    pub statement: Option<String>,
    /// The format it was read from.
    pub format: Format,
    /// The limits that a right program must keep.
    pub limits: TaskLimits,
    /// The built-in checker. Decides alone where [`Judging::is_built_in`].
    pub checker: Checker,
    /// What else takes part in judging.
    pub judging: Judging,
    /// What a score is for; `None` where submissions are only right or wrong.
    pub objective: Option<Objective>,
    /// The files that the program reads and writes in the place of standard input and output.
    pub file_io: Option<FileIo>,
    /// Files to be put beside every submission before it is compiled, in byte order of language.
    pub includes: Vec<Include>,
    /// The languages that submissions may be in, by the codes of the format; `None` for all.
    pub languages: Option<Vec<String>>,
    /// The tests shown in the statement. Empty only for a package that has no sample data.
    pub public_tests: Vec<Test>,
    /// Topics, for example `dp` or `greedy`.
    pub tags: Vec<String>,
    /// Difficulty on the Codeforces scale.
    pub rating: Option<u32>,
}

/// What a score is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objective {
    /// The greatest score is the best.
    Max,
    /// The least is.
    Min,
}

/// The files that a program reads and writes; `None` is standard input or output.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileIo {
    /// What it reads.
    pub input: Option<String>,
    /// What it writes.
    pub output: Option<String>,
}

/// Files to be put beside every submission in one language, in the place of its own of the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Include {
    /// The language's code in the package's format; `default` is for those that have none of their own.
    pub language: String,
    /// The files, in byte order of name.
    pub files: Vec<SourceFile>,
}

impl Problem {
    /// Returns what judging this problem needs that is not built: `None` where it can be judged, if its programs
    /// can be run.
    pub fn needs(&self) -> Option<String> {
        let Self { task, groups, .. } = self;
        let judging = &task.judging;
        match &judging.judge {
            Judge::Standard {
                name,
                program: None,
            } if Checker::of_testlib(name).is_none() => {
                return Some(format!("testlib's checker `{name}`"));
            }
            // Without any, nobody would refuse an output.
            Judge::Programs(programs) if programs.is_empty() => {
                return Some(format!("{judging} by a program that is not there"));
            }
            Judge::Programs(programs)
                if judging.interaction == Interaction::Judge && programs.len() > 1 =>
            {
                return Some(format!("{judging} by {} programs", programs.len()));
            }
            _ => {}
        }
        groups.groups().into_iter().find_map(|group| {
            let by_program = matches!(&group.rule, GroupRule::Legacy(rule) if rule.custom);
            let what = match (&group.static_validation, by_program) {
                // Without a program, nobody would refuse a source; and an answer is none.
                (Some(_), _) if judging.submit_answer => "static validation of answers",
                (Some(_), _) if judging.static_validator.is_none() => {
                    "static validation by a program that is not there"
                }
                (_, true) if task.objective.is_none() => {
                    "grading by a program, though nothing has a score"
                }
                (_, true) if judging.grader.is_none() => "grading by a program that is not there",
                _ => return None,
            };
            Some(format!("{what} (in `{}`)", group.name))
        })
    }

    /// Returns what a search for programs that solve this problem needs that is not built, as [`needs`](Self::needs).
    pub fn needs_of_search(&self) -> Option<String> {
        let of_search = || {
            if self.task.judging.submit_answer {
                return Some("searching for answers, and not for programs".to_owned());
            }
            let groups = self.groups.groups();
            let mut validated = groups.iter().filter(|it| it.static_validation.is_some());
            let group = validated.next()?;
            Some(format!(
                "searching with static validation (in `{}`)",
                group.name
            ))
        };
        self.needs().or_else(of_search)
    }

    /// Returns every program of the package that judges or validates.
    pub fn programs(&self) -> impl Iterator<Item = &JudgeProgram> {
        let Validation {
            input_validators,
            answer_validators,
            ..
        } = &self.validation;
        let judging = &self.task.judging;
        (judging.programs())
            .chain(&judging.static_validator)
            .chain(&judging.grader)
            .chain(input_validators)
            .chain(answer_validators)
    }
}

/// The private tests of a problem.
///
/// A type of its own, so that no stage before the scorer can read them by accident: the content
/// comes out by [`PrivateTests::open_for_scoring`] alone, and `Debug` prints a count.
#[derive(Clone, Default)]
pub struct PrivateTests(Vec<Test>);

impl PrivateTests {
    /// Closes a list of tests.
    pub fn new(tests: Vec<Test>) -> Self {
        Self(tests)
    }

    /// Returns true if the problem has no private tests.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the number of private tests.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Opens the tests. Only the final scorer and `judge` call this.
    pub fn open_for_scoring(&self) -> &[Test] {
        &self.0
    }
}

impl fmt::Debug for PrivateTests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateTests({} tests)", self.0.len())
    }
}

/// One input and the answer expected to it.
#[derive(Clone, Default, PartialEq)]
pub struct Test {
    /// Path below the folder of tests, without extension: `sample/1`, `secret/01`, or `001`.
    pub name: String,
    /// What the program reads.
    pub input: Arc<[u8]>,
    /// What a right program prints; the checker says how closely.
    pub answer: Arc<[u8]>,
    /// The built-in checker of this test, where it is not the task's.
    pub checker: Option<Checker>,
    /// The arguments of a judge program.
    pub judge_args: Arc<[String]>,
    /// The arguments of the input validators.
    pub validator_args: ValidatorArgs,
    /// The arguments of the answer validators.
    pub answer_validator_args: ValidatorArgs,
    /// The program's command line arguments, without its own name.
    pub args: Arc<[String]>,
    /// Files that the program finds in its working folder.
    pub files: Arc<[SourceFile]>,
    /// What the test is for; not for the eyes of those who solve the problem.
    pub description: Option<String>,
    /// What may be told to someone whose program fails it.
    pub hint: Option<String>,
}

impl fmt::Debug for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, input, answer) = (&self.name, self.input.len(), self.answer.len());
        write!(f, "Test({name:?}: {input} bytes in, {answer} bytes out)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_tests_do_not_show_in_debug_output() {
        let secret: Arc<[u8]> = Arc::from(&b"hidden"[..]);
        let test = Test {
            name: "secret/1".into(),
            input: secret.clone(),
            answer: secret,
            ..Test::default()
        };
        let private = PrivateTests::new(vec![test]);
        assert_eq!(format!("{private:?}"), "PrivateTests(1 tests)");
        let opened = format!("{:?}", private.open_for_scoring());
        assert_eq!(opened, r#"[Test("secret/1": 6 bytes in, 6 bytes out)]"#);
    }
}
